//! Addresses are never cut, and names become addresses only to look something up.

use serde_json::json;

use super::{answer, says, shown};
use crate::script::addresses::addresses;

#[test]
fn an_address_is_taken_whole_or_not_at_all() {
    for address in [
        "maria.eve@acme.example",
        "pat.o'neil@acme.example",
        "bob+vpn@acme.example",
        "anne-marie@it.eu.acme.example",
        "user.1+2@acme.example",
        "delete.me@acme.example",
        "reset_password@acme-corp.example",
        "größe@acme.example",
        "_eve+it!x@acme.example",
    ] {
        for frame in [
            "groups of A",
            "groups of A.",
            "Show A's groups",
            "groups of <A>",
            "groups of (A), please",
            "groups of \"A\"!",
            "A: which groups?",
            "the groups of **A**…",
            "groups of mailto:A",
        ] {
            let said = frame.replace('A', address);
            let call = format!("okta_groups{}", json!({ "user": address }));
            assert_eq!(shown(&answer(json!([says(&said)]))), [call], "{said}");
        }
    }
    for text in
        ["a@b", "@acme.example", "a@.example", "a@acme..example", "a@acme.example/b@acme.example", "a@ac_me.example"]
    {
        assert_eq!(addresses(text), [], "{text}");
    }
}

#[test]
fn a_name_alone_suffices_to_look_something_up_and_never_to_change_something() {
    for (said, expected) in [
        ("Show Bob's groups", r#"okta_groups{"user":"bob@acme.example"}"#),
        ("groups of Eve", r#"okta_groups{"user":"eve@acme.example"}"#),
        ("look up eve", r#"okta_user_status{"user":"eve@acme.example"}"#),
        ("Is Bob active?", r#"okta_user_status{"user":"bob@acme.example"}"#),
        ("I'm locked out", r#"okta_user_status{"user":"ada@acme.example"}"#),
        ("Reset her password and show my tasks", "For whom? Please give me an e-mail address."),
        ("Delete Eve", "Which Eve do you mean? Please give me an e-mail address."),
        ("Reset the password of Bob", "Which Bob do you mean? Please give me an e-mail address."),
    ] {
        assert_eq!(shown(&answer(json!([says(said)]))), [expected], "{said}");
    }
    let known = json!([says("Is bob@it.acme.example active?"), { "role": "assistant", "content": [{ "text": "Yes." }] }, says("Reset Bob's password")]);
    assert_eq!(shown(&answer(known)), [r#"okta_reset_password{"login":"bob@it.acme.example"}"#]);
}
