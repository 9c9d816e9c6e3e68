//! Only the guard can make a permit: its fields are private and it has no constructor.
use agent::{Actor, Intent, Permit, ToolCall};

fn forge(actor: Actor, call: ToolCall, intent: Intent) -> Permit {
    Permit { actor, call, intent, entry: agent::ports::EntryId(String::new()), loan: None }
}

fn main() {}
