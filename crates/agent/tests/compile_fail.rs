//! A permit cannot be forged, spent twice, left out or cloned: these programs must not compile.

#[test]
fn a_permit_is_made_by_the_guard_and_spent_once() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
