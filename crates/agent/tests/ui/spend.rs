//! What is left of a permit cannot be made up either, so no entry of the ledger can be closed for a deed that was not done.
use agent::guard::permit::Spent;
use agent::ports::EntryId;

fn main() {
    let _ = Spent(EntryId(String::new()));
}
