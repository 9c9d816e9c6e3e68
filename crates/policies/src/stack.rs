//! Room for work that descends deep: Cedar parses, validates, evaluates and prints recursively. The depth of a policy is
//! bounded when it is loaded (`load/scan.rs`).

const MIB: usize = 1024 * 1024;
/// Stack for parsing and printing the deepest policy without optimization. Only what is touched costs memory.
const LARGE: usize = 128 * MIB;
/// Stack for evaluating it. Cedar gives up with an error, which denies, if less than a tenth of a mebibyte is left.
const TO_EVALUATE: usize = if cfg!(debug_assertions) { 16 * MIB } else { MIB };

/// Runs the work on a large stack, which takes some microseconds to make.
pub(crate) fn with_large_stack<T>(work: impl FnOnce() -> T) -> T {
    stacker::grow(LARGE, work)
}

/// Runs an evaluation, on a stack of its own if the thread's has too little left.
pub(crate) fn with_stack_to_evaluate<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(TO_EVALUATE, 2 * TO_EVALUATE, work)
}
