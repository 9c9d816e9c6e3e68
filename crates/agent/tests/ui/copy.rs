//! A permit cannot be copied.
use agent::Permit;

fn copy(permit: &Permit) -> Permit {
    Clone::clone(permit)
}

fn main() {}
