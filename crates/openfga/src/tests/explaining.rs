//! The path to a permission, over levels that `Expand` shows one at a time.

use super::*;
use agent::ports::{Explanation, Link, Permissions, Subject};

/// The levels: `relation object` and its users, computed sets, and sets that are subtracted.
type Levels = &'static [(&'static str, &'static [&'static str], &'static [&'static str], Option<&'static str>)];

fn leaf(users: &[&str]) -> Value {
    json!({"name": "n", "leaf": {"users": {"users": users}}})
}

fn tree((_, users, computed, subtract): &(&str, &[&str], &[&str], Option<&str>)) -> Value {
    let computed = computed.iter().map(|set| json!({"name": "n", "leaf": {"computed": {"userset": set}}}));
    let nodes: Vec<Value> = std::iter::once(leaf(users)).chain(computed).collect();
    let base = json!({"name": "n", "union": {"nodes": nodes}});
    match subtract {
        Some(set) => json!({"name": "n", "difference": {"base": base, "subtract": leaf(&[*set])}}),
        None => base,
    }
}

/// Starts a server with these levels, this decision, and a stored condition if `granted`.
async fn explained(levels: Levels, allowed: bool, granted: bool, text: &str) -> (Explanation, usize) {
    let (config, asked) = serve(move |route, body| {
        let answer = match route {
            "check" => json!({ "allowed": allowed }),
            "read" => {
                let condition = granted.then(|| json!({"name": "non_expired_grant", "context": {}}));
                let key = json!({"user": "user:eve", "relation": "r", "object": "o:x", "condition": condition});
                json!({"tuples": [{"key": key, "timestamp": "2026-01-01T00:00:00Z"}], "continuation_token": ""})
            }
            _ => {
                let (relation, object) = (&body["tuple_key"]["relation"], &body["tuple_key"]["object"]);
                let name = format!("{} {}", relation.as_str().unwrap(), object.as_str().unwrap());
                let level = levels.iter().find(|(own, ..)| *own == name);
                level.map_or(json!({"tree": {"root": leaf(&[])}}), |level| json!({"tree": {"root": tree(level)}}))
            }
        };
        (StatusCode::OK, answer)
    })
    .await;
    let found = fga(config).explain(&actor("eve"), &permission(text)).await.unwrap();
    let expanded = asked.lock().unwrap().iter().filter(|(_, body)| body["tuple_key"].get("user").is_none()).count();
    (found, expanded)
}

fn link(subject: Option<&str>, held: &str) -> Link {
    let subject = subject.map_or(Subject::Person, |set| Subject::Set(permission(set)));
    Link { subject, permission: permission(held) }
}

#[tokio::test]
async fn a_path_leads_through_groups_and_other_relations() {
    let levels: Levels = &[
        ("read_okta okta:users", &["user:ada"], &["okta:users#manage_okta"], None),
        ("manage_okta okta:users", &["user:bob", "group:helpdesk#member"], &[], None),
        ("member group:helpdesk", &["group:night#member"], &[], None),
        ("member group:night", &["user:eve"], &[], None),
    ];
    let (found, expanded) = explained(levels, true, false, "read_okta okta:users").await;
    let path = vec![
        link(None, "member group:night"),
        link(Some("member group:night"), "member group:helpdesk"),
        link(Some("member group:helpdesk"), "manage_okta okta:users"),
        link(Some("manage_okta okta:users"), "read_okta okta:users"),
    ];
    assert_eq!((found, expanded), (Explanation::Held { path }, 4));
}

#[tokio::test]
async fn a_person_who_lacks_a_permission_learns_of_groups_and_of_no_other_person() {
    let levels: Levels =
        &[("read_okta okta:users", &["user:ada", "group:helpdesk#member"], &["okta:users#manage_okta"], None)];
    let (found, _) = explained(levels, false, false, "read_okta okta:users").await;
    let holders = ["member group:helpdesk", "manage_okta okta:users"].map(|set| Subject::Set(permission(set)));
    assert_eq!(found, Explanation::Missing { holders: holders.into(), ended: false, excluded: false });
}

/// `Expand` shows tuples whose condition does not hold, so only the check says that access has ended.
#[tokio::test]
async fn a_tuple_that_does_not_count_is_a_grant_that_ended_or_an_exclusion() {
    let levels: Levels = &[("can_call tool:x", &["user:eve"], &[], Some("user:eve"))];
    for granted in [true, false] {
        let (found, _) = explained(levels, false, granted, "can_call tool:x").await;
        assert_eq!(found, Explanation::Missing { holders: Vec::new(), ended: granted, excluded: !granted });
    }
    let everybody: Levels = &[("can_call tool:x", &["user:*"], &[], None)];
    let (found, _) = explained(everybody, true, false, "can_call tool:x").await;
    assert_eq!(found, Explanation::Held { path: vec![link(None, "can_call tool:x")] });
}

#[tokio::test]
async fn a_cycle_ends_and_a_deep_model_is_not_searched_to_its_end() {
    let cycle: Levels =
        &[("member group:a", &["group:b#member"], &[], None), ("member group:b", &["group:a#member"], &[], None)];
    let (found, expanded) = explained(cycle, false, false, "member group:a").await;
    assert!(matches!(found, Explanation::Missing { .. }), "{found:?}");
    assert_eq!(expanded, 2);
    let (config, asked) = serve(|route, body| match route {
        "check" => (StatusCode::OK, json!({"allowed": true})),
        _ => {
            let object = body["tuple_key"]["object"].as_str().unwrap().to_owned();
            (StatusCode::OK, json!({"tree": {"root": leaf(&[&format!("{object}x#member")])}}))
        }
    })
    .await;
    let found = fga(config).explain(&actor("eve"), &permission("member group:a")).await.unwrap();
    assert_eq!(found, Explanation::Unclear(Decision::Allow));
    assert_eq!(asked.lock().unwrap().len(), 17, "a check and sixteen levels");
}
