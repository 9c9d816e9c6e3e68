//! An approval cannot be constructed: outside the guard neither its type nor the stage after it can be named.
use agent::guard::stages::{Approved, ApprovedQuestion};

fn main() {
    let _ = (Approved, ApprovedQuestion);
}
