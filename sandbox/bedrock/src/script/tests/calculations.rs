//! Arithmetic, units and dates: the model leaves them to the calculator.

use serde_json::json;

use super::{answer, says, shown};

#[test]
fn a_calculation_is_left_to_the_calculator() {
    for (said, expression) in [
        ("What is 15% of 80?", "15% of 80"),
        ("What's 15 percent of 1,250?", "15% of 1250"),
        ("80 + 15%", "80 + 15% of 80"),
        ("what is (20 + 60) - 15%", "(20 + 60) - 15% of (20 + 60)"),
        ("20% off 50", "50 - 20% of 50"),
        ("How much is 1,250 * 3?", "1250 * 3"),
        ("1,250,000.50 / 2", "1250000.50 / 2"),
        ("12 times 7, please", "12 * 7"),
        ("3x4", "3 * 4"),
        ("100 divided by 8", "100 / 8"),
        ("What is the square root of 16?", "sqrt 16"),
        ("12 squared", "12^2"),
        ("2^10", "2^10"),
        ("-5 + 3", "-5 + 3"),
        ("Calculate 0.1 + 0.2", "0.1 + 0.2"),
        ("5 miles in km", "5 miles to km"),
        ("Convert 5km to miles!", "5 km to miles"),
        ("how many feet are in a mile?", "1 miles to feet"),
        ("How many km are 26.2 miles?", "26.2 miles to km"),
        ("What is 100°F in Celsius?", "100 °F to °C"),
        ("1,024 MB in GB", "1024 MB to GB"),
        ("What day is it in 3 weeks?", "@2026-11-28 + 3 weeks"),
        ("what date was it two months ago", "@2026-11-28 - 2 months"),
        ("What day is it tomorrow?", "@2026-11-28 + 1 day"),
        ("what's today's date?", "@2026-11-28"),
        ("Days until Christmas", "@2026-12-25 - @2026-11-28"),
        ("How many days until 14 February?", "@2027-02-14 - @2026-11-28"),
        ("how long until 2027-01-31", "@2027-01-31 - @2026-11-28"),
        ("How many days since Halloween?", "@2026-11-28 - @2026-10-31"),
        ("Which weekday is December 24th, 2030?", "@2030-12-24"),
    ] {
        let call = format!("calculator{}", json!({ "expression": expression }));
        assert_eq!(shown(&answer(json!([says(said)]))), [call], "{said}");
    }
}

#[test]
fn numbers_that_are_no_calculation_start_none() {
    for said in [
        "Show the 3 newest tasks",
        "What is 2026-11-28?",
        "Hello 2 you",
        "is version 1.2.3 out",
        "12 or 13, 14",
        "Disable user.1+2@acme.example",
        "groups of 4*4@acme.example",
        "when is lunch",
    ] {
        let calls = shown(&answer(json!([says(said)]))).join(" ");
        assert!(!calls.contains("calculator"), "{said}: {calls}");
    }
}

#[test]
fn each_calculation_of_a_message_is_made() {
    let said = "What is 2 + 2, and what is 3 * 4?";
    assert_eq!(shown(&answer(json!([says(said)]))), [r#"calculator{"expression":"2 + 2"}"#]);
    let result = |id: &str, result: &str| json!({ "role": "user", "content": [{ "toolResult": { "toolUseId": id, "content": [{ "json": { "result": result } }] } }] });
    let call = |id: &str, expression: &str| json!({ "role": "assistant", "content": [{ "toolUse": { "toolUseId": id, "name": "calculator", "input": { "expression": expression } } }] });
    let mut messages = vec![says(said), call("t1", "2 + 2"), result("t1", "4")];
    assert_eq!(shown(&answer(json!(messages))), [r#"calculator{"expression":"3 * 4"}"#]);
    messages.extend([call("t2", "3 * 4"), result("t2", "12")]);
    assert_eq!(shown(&answer(json!(messages))), ["`2 + 2` = **4**\n\n`3 * 4` = **12**"]);
}
