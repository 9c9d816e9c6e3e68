//! Only the guard can make a permit: its fields are private and it has no constructor.
use agent::Permit;
use agent::guard::Request;
use agent::ports::EntryId;

fn forge(request: Request) -> Permit {
    Permit { request: Box::new(request), entry: EntryId(String::new()), loan: None, question: None }
}

fn main() {}
