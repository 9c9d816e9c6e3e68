//! The examples that ship decide as their files say.

use super::support::directory;
use crate::command::{self, Exit};

#[test]
fn the_examples_that_ship_are_valid_and_decide_as_their_cases_say() {
    for name in ["roles", "aws-guide"] {
        let (policies, catalog) = (directory(name), directory(name).join("catalog.json"));
        let checked = command::check(&policies, &catalog);
        assert_eq!(checked.exit, Exit::Good, "{name}: {}", checked.text);
        let tested = command::test(&policies, &policies.join("cases.toml"), &catalog);
        assert_eq!(tested.exit, Exit::Good, "{name}: {}", tested.text);
    }
}
