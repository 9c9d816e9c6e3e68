//! Follow-up questions, and several steps in one message.

use serde_json::{Value, json};

use super::{answer, says, shown};

fn call(id: &str, name: &str, input: Value) -> Value {
    json!({ "role": "assistant", "content": [{ "toolUse": { "toolUseId": id, "name": name, "input": input } }] })
}

fn result(id: &str, value: Value) -> Value {
    json!({ "role": "user", "content": [{ "toolResult": { "toolUseId": id, "content": [{ "json": value }] } }] })
}

fn replies(text: &str) -> Value {
    json!({ "role": "assistant", "content": [{ "text": text }] })
}

#[test]
fn a_follow_up_asks_the_same_for_another() {
    const ASKED: &str = "Which Bob do you mean? Please give me an e-mail address.";
    for (first, reply, next, expected) in [
        ("What are my Okta groups?", "Two.", "and Bob's?", r#"okta_groups{"user":"bob@acme.example"}"#),
        ("What are my Okta groups?", "Two.", "Bob's?", r#"okta_groups{"user":"bob@acme.example"}"#),
        (
            "What are my Okta groups?",
            "Two.",
            "What about eve@acme.example?",
            r#"okta_groups{"user":"eve@acme.example"}"#,
        ),
        ("groups of eve@acme.example", "Two.", "and mine?", "okta_groups{}"),
        ("groups of eve@acme.example", "Two.", "bob@acme.example", r#"okta_groups{"user":"bob@acme.example"}"#),
        ("How is the weather in Paris?", "Fine.", "and in New York?", r#"get_weather{"city":"New York"}"#),
        ("How is the weather in paris?", "Fine.", "and Oslo?", r#"get_weather{"city":"Oslo"}"#),
        ("Reset Bob's password", ASKED, "bob@acme.example", r#"okta_reset_password{"login":"bob@acme.example"}"#),
        ("Reset the password of eve@acme.example", "Done.", "and Bob's?", ASKED),
        ("Is eve@acme.example active?", "Yes.", "Disable her", r#"okta_disable_user{"user_email":"eve@acme.example"}"#),
        // Neither thanks nor a bare address is a request to change something.
        ("Delete eve@acme.example", "Done.", "Thanks", "You're welcome."),
        ("What are my Okta groups?", "Two.", "Thanks", "You're welcome."),
    ] {
        let shown = shown(&answer(json!([says(first), replies(reply), says(next)])));
        assert_eq!(shown, [expected], "{first} {next}");
    }
    let bare = shown(&answer(json!([says("Delete eve@acme.example"), replies("Done."), says("bob@acme.example")])));
    assert!(bare[0].starts_with("I'm sorry"), "{bare:?}");
}

#[test]
fn a_condition_is_checked_before_the_step_that_depends_on_it() {
    let lookup = r#"okta_user_status{"user":"eve@acme.example"}"#;
    let disable = r#"okta_disable_user{"user_email":"eve@acme.example"}"#;
    let unmet = "The account eve@acme.example is active.\n\nThat condition isn't met for eve@acme.example, so I changed nothing.";
    for (said, status, then) in [
        ("Look up Eve, and if she is active, disable her", "ACTIVE", disable),
        ("look up eve, and if she is active, disable her", "ACTIVE", disable),
        ("Look up eve@acme.example and if she's active disable her", "ACTIVE", disable),
        ("Disable eve@acme.example if she is active", "ACTIVE", disable),
        ("If eve@acme.example is not disabled, disable her", "ACTIVE", disable),
        ("Disable eve@acme.example unless she is suspended", "ACTIVE", disable),
        ("Disable eve@acme.example if she is suspended", "ACTIVE", unmet),
        ("Look up Eve, and if she isn't active, disable her", "ACTIVE", unmet),
        ("Disable eve@acme.example unless she is active", "ACTIVE", unmet),
    ] {
        assert_eq!(shown(&answer(json!([says(said)]))), [lookup], "{said}");
        let found = json!({ "user": "eve@acme.example", "status": status });
        let input = json!({ "user": "eve@acme.example" });
        let messages = json!([says(said), call("t1", "okta_user_status", input), result("t1", found)]);
        assert_eq!(shown(&answer(messages)), [then], "{said}");
    }
}

#[test]
fn a_condition_that_cannot_be_checked_does_not_hold() {
    for said in ["Delete eve@acme.example if it rains", "If my manager agrees, delete eve@acme.example"] {
        let expected = "I can't check that condition, so I did nothing that depends on it.";
        assert_eq!(shown(&answer(json!([says(said)]))), [expected], "{said}");
    }
    let said = "Disable eve@acme.example if she is active";
    let input = json!({ "user": "eve@acme.example" });
    let messages = json!([says(said), call("t1", "okta_user_status", input), result("t1", json!({ "user": "eve" }))]);
    assert!(shown(&answer(messages))[0].ends_with("so I did nothing that depends on it."));
    let manners = "If you can, please disable eve@acme.example";
    assert_eq!(shown(&answer(json!([says(manners)]))), [r#"okta_disable_user{"user_email":"eve@acme.example"}"#]);
}

#[test]
fn steps_follow_one_another() {
    let said = "Look up Eve, then reset her password and show my tasks";
    let mut messages = vec![says(said)];
    for (id, name, input, expected) in [
        (
            "t1",
            "okta_user_status",
            json!({ "user": "eve@acme.example" }),
            r#"okta_user_status{"user":"eve@acme.example"}"#,
        ),
        (
            "t2",
            "okta_reset_password",
            json!({ "login": "eve@acme.example" }),
            r#"okta_reset_password{"login":"eve@acme.example"}"#,
        ),
        ("t3", "list_tasks", json!({}), "list_tasks{}"),
    ] {
        assert_eq!(shown(&answer(json!(messages))), [expected]);
        messages.extend([call(id, name, input), result(id, json!({ "message": "Done" }))]);
    }
    assert_eq!(shown(&answer(json!(messages))), ["Done.\n\nDone.\n\nDone."]);
}

#[test]
fn a_result_is_shown_again_as_a_table() {
    let groups =
        || vec![says("my groups"), call("t1", "okta_groups", json!({})), result("t1", json!(["Everyone", "A|B"]))];
    let mut again = groups();
    again.extend([replies("You belong to two groups."), says("Show it as a table")]);
    let table = "| Group |\n| --- |\n| Everyone |\n| A\\|B |";
    assert_eq!(shown(&answer(json!(again))), [table]);
    let mut list = groups();
    list.extend([replies(table), says("and now as a list")]);
    assert_eq!(shown(&answer(json!(list))), ["You belong to two groups:\n\n- Everyone\n- A|B"]);
    let tasks = json!({ "tasks": [{ "due_date": "today", "hours": 3 }, { "due_date": "friday", "hours": 12 }] });
    let messages = json!([says("my tasks as a table"), call("t1", "list_tasks", json!({})), result("t1", tasks)]);
    assert_eq!(shown(&answer(messages)), ["| Due date | Hours |\n| --- | ---: |\n| today | 3 |\n| friday | 12 |"]);
    let nothing = shown(&answer(json!([says("show it as a table")])));
    assert!(nothing[0].starts_with("I have nothing yet"), "{nothing:?}");
}
