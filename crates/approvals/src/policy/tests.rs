use super::*;
use agent::ToolName;
use agent::fakes::{actor, question, signed_approval};

const EXAMPLE: &str = include_str!("../../../../docs/approvals.example.toml");

fn about(tool: &str, discloses: Option<&str>) -> Question {
    Question { tool: ToolName(tool.into()), discloses: discloses.map(Into::into), ..question(1) }
}

#[test]
fn the_example_says_what_its_comments_say() {
    use Channel::{Ciba, Passkey, SecondPerson};
    let policy = Policy::parse(EXAMPLE).unwrap();
    let leavers = StandingBounds { uses: 10, longest: 480 * 60_000, permanent: false };
    for (tool, discloses, needs, device, minutes, answer) in [
        ("okta_delete_user", None, vec![Passkey, SecondPerson], AnswerDevice::Other, Some(30), Some(30)),
        ("okta_disable_user", None, vec![Passkey], AnswerDevice::Any, Some(480), None),
        ("okta_reset_password", None, vec![Ciba, SecondPerson], AnswerDevice::Any, None, None),
        ("tasks___complete_task", None, vec![Passkey], AnswerDevice::Any, None, None),
        ("tasks___find", Some("tasks"), vec![Passkey], AnswerDevice::Any, None, None),
        ("other", Some("tasks"), vec![Passkey], AnswerDevice::Any, Some(480), None),
        ("other", None, vec![Ciba], AnswerDevice::Any, None, None),
    ] {
        let rule = policy.rule(&about(tool, discloses));
        let [sign_in_age, patience] = [minutes, answer].map(|own: Option<i64>| own.map(|minutes| minutes * 60_000));
        let standing = (tool == "okta_disable_user").then_some(leavers);
        let expected = Rule { needs: Needs::All(needs), device, sign_in_age, patience, standing };
        assert_eq!(*rule, expected, "{tool} {discloses:?}");
    }
}

#[test]
fn a_policy_that_is_not_understood_is_refused() {
    for (text, expected) in [
        ("[defaults]\napprovals = [\"ciba\"]", "unknown field `defaults`"),
        ("[default]\napproval = [\"ciba\"]", "unknown field `approval`"),
        ("[default]\napprovals = [\"phone\"]", "unknown variant `phone`"),
        ("[default]\napprovals = [\"none\"]", "unknown variant `none`"),
        ("[default]", "missing field `approvals`"),
        ("[default]\napprovals = []", "default: approvals: 1 to 5"),
        ("[default]\ntool = \"x\"\napprovals = [\"ciba\"]", "default: it is for every tool"),
        ("[default]\napprovals = [\"passkey\", \"passkey\"]", "approves once by each channel"),
        ("[default]\napprovals = [\"ciba\"]\ndevice = \"other\"", "no effect on approvals by CIBA"),
        ("[default]\napprovals = [\"ciba\"]\nsign_in_minutes = 5", "no effect on approvals by CIBA"),
        ("[default]\napprovals = [\"passkey\"]\nsign_in_minutes = 0", "sign_in_minutes: 1 to 1440"),
        ("[default]\napprovals = [\"passkey\"]\nanswer_minutes = 61", "answer_minutes: 1 to 60"),
        ("[default]\napprovals = [\"ciba\"]\nanswer_minutes = 5", "no effect on approvals by CIBA"),
        ("[[rule]]\napprovals = [\"ciba\"]", "rule 1: it needs a tool or a risk"),
        ("[[rule]]\ntool = \"a*b\"\napprovals = [\"ciba\"]", "rule 1: tool: a name"),
        ("[[rule]]\ntool = \"\"\napprovals = [\"ciba\"]", "rule 1: tool: a name"),
        ("[[rule]]\nrisk = \"read\"\napprovals = [\"ciba\"]", "unknown variant `read`"),
        (
            "[[rule]]\ntool = \"x\"\nrisk = \"elevated\"\napprovals = [\"ciba\"]\ndevice = \"same\"",
            "unknown variant `same`",
        ),
    ] {
        let error = Policy::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn standing_approvals_are_bounded_and_only_for_a_tool_that_one_passkey_approves() {
    let rule = |more: &str| format!("[[rule]]\ntool = \"x\"\napprovals = [\"passkey\"]\n{more}");
    let standing = |text: &str| Policy::parse(text).map(|policy| policy.rule(&about("x", None)).standing);
    let bounds = StandingBounds { uses: 100, longest: 1_440 * 60_000, permanent: true };
    let widest = rule("standing = { most = 100, minutes = 1440, permanent = true }");
    assert_eq!(standing(&widest).unwrap(), Some(bounds));
    assert_eq!(standing(&rule("")).unwrap(), None, "off unless a rule allows them");
    let two =
        "[[rule]]\ntool = \"x\"\napprovals = [\"passkey\", \"second_person\"]\nstanding = { most = 1, minutes = 1 }";
    let phone = "[[rule]]\ntool = \"x\"\napprovals = [\"ciba\"]\nstanding = { most = 1, minutes = 1 }";
    let risk = "[[rule]]\nrisk = \"elevated\"\napprovals = [\"passkey\"]\nstanding = { most = 1, minutes = 1 }";
    let default = "[default]\napprovals = [\"passkey\"]\nstanding = { most = 1, minutes = 1 }";
    let alone = "standing: only in a rule for a tool";
    for (text, expected) in [
        (rule("standing = { most = 0, minutes = 1 }"), "standing: most is 1 to 100"),
        (rule("standing = { most = 101, minutes = 1 }"), "standing: most is 1 to 100"),
        (rule("standing = { most = 1, minutes = 0 }"), "standing: minutes is 1 to 1440"),
        (rule("standing = { most = 1, minutes = 1441 }"), "standing: minutes is 1 to 1440"),
        (rule("standing = { most = 1 }"), "missing field `minutes`"),
        (rule("standing = { most = 1, minutes = 1, for = \"x\" }"), "unknown field `for`"),
        (rule("device = \"other\"\nstanding = { most = 1, minutes = 1 }"), alone),
        (two.to_owned(), alone),
        (phone.to_owned(), alone),
        (risk.to_owned(), alone),
        (default.to_owned(), alone),
    ] {
        let error = Policy::parse(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn without_a_file_one_own_approval_suffices_whatever_its_channel() {
    let policy = Policy::parse("").unwrap();
    assert_eq!(policy, Policy::default());
    let given = |channel| SignedApproval { channel, ..signed_approval(&actor("ada"), "", 1) };
    let rule = policy.rule(&about("x", None));
    for (given, missing) in [
        (vec![], 1),
        (vec![given(Channel::Ciba)], 0),
        (vec![given(Channel::Passkey)], 0),
        (vec![given(Channel::SecondPerson)], 1),
    ] {
        assert_eq!(rule.missing(&given).len(), missing, "{given:?}");
    }
}
