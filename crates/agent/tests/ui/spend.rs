//! A spent permit cannot be constructed, so no ledger entry can be closed for an action that was not done.
use agent::guard::permit::SpentPermit;
use agent::ports::EntryId;

fn main() {
    let _ = SpentPermit(EntryId(String::new()));
}
