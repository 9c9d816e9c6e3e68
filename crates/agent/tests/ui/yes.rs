//! A yes cannot be made up: nobody but the guard has a name for one, nor for the stage after it.
use agent::guard::stages::{Approved, Yes};

fn main() {
    let _ = (Approved, Yes);
}
