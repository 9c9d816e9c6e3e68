//! Only the guard can make a permit: its fields are private and it has no constructor.
use agent::Permit;
use agent::guard::Request;
use agent::ports::{Clock, EntryId};
use std::sync::Arc;

fn forge(request: Box<Request>, entry: EntryId, clock: Arc<dyn Clock>) -> Permit {
    Permit { request, entry, access_token: None, question: None, until: 0, clock }
}

fn main() {}
