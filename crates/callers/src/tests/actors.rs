//! Agents that act for a person.

use super::world::{ISSUER, NOW, person, token, with, world};
use crate::{Caller, Denial, InvalidToken, Reason};
use serde_json::{Value, json};

/// Nests the agents, the first of them outermost.
fn act(agents: &[&str]) -> Value {
    let mut nested = Value::Null;
    for agent in agents.iter().rev() {
        nested = if nested.is_null() { json!({"sub": agent}) } else { json!({"sub": agent, "act": nested}) };
    }
    nested
}

#[tokio::test]
async fn a_person_with_known_agents_keeps_the_whole_chain() {
    let world = world();
    for agents in [vec!["supervisor"], vec!["supervisor", "planner"], vec!["supervisor", "b", "c", "d"]] {
        let claims = with(person(), &json!({"act": act(&agents), "azp": "supervisor"}));
        let caller = world.call(&token(&claims)).await.unwrap();
        let Caller::AgentForPerson(acting) = &caller else { panic!("{caller:?}") };
        assert_eq!(acting.chain().collect::<Vec<_>>(), agents);
        assert_eq!(acting.person().subject(), "auth0|ada");
        assert_eq!(caller.person(), Some(acting.person()));
        assert_eq!((caller.tenant(), caller.expires_at()), ("acme", NOW + 600));
    }
    assert!(world.call_with(json!({"act": {"sub": "supervisor", "iss": ISSUER}})).await.is_ok());
}

#[tokio::test]
async fn an_unknown_agent_and_a_chain_of_five_are_forbidden() {
    let world = world();
    let rows = [
        (act(&["eve"]), Denial::Actor),
        (act(&["planner", "supervisor"]), Denial::Actor),
        (json!({"sub": "supervisor", "iss": "https://evil.example/"}), Denial::Actor),
        (json!({"sub": "supervisor", "iss": 1}), Denial::Actor),
        (act(&["supervisor", "b", "c", "d", "e"]), Denial::ActorDepth),
        (act(&["supervisor"; 60]), Denial::ActorDepth),
    ];
    for (act, denial) in rows {
        let rejection = world.call(&token(&with(person(), &json!({"act": act})))).await.unwrap_err();
        assert_eq!(rejection.reason(), Reason::Denied(denial), "{act}");
        assert_eq!((rejection.status().as_u16(), rejection.www_authenticate()), (403, None));
    }
}

#[tokio::test]
async fn a_malformed_chain_is_no_chain() {
    let world = world();
    let rows = [
        json!("supervisor"),
        json!([]),
        json!({}),
        json!({"sub": " "}),
        json!({"sub": ["supervisor"]}),
        json!({"sub": "supervisor", "act": "planner"}),
        json!({"sub": "supervisor", "act": {}}),
    ];
    for act in rows {
        let reason = world.call_with(json!({"act": act})).await.unwrap_err();
        assert_eq!(reason, Reason::InvalidToken(InvalidToken::Actor), "{act}");
    }
}

#[tokio::test]
async fn no_agent_acts_for_an_agent() {
    let changes = json!({"gty": "client-credentials", "act": {"sub": "supervisor"}});
    assert_eq!(world().call_with(changes).await, Err(Reason::Denied(Denial::ActorWithoutPerson)));
}
