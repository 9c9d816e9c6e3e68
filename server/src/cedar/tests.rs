use super::*;
use agent::CallId;
use agent::Toolbox;
use agent::fakes::{FakeAction, FakeTool, actor};
use agent::intent::Risk;
use agent::ports::{Policies, Toolboxes};
use agent::tool::Tool;
use agent::via::Via;
use policies::{Catalog, PolicyFiles};
use serde_json::{Value, json};
use std::sync::Arc;

const GATEWAY: &str = "https://desk.example.com/mcp";

fn permit(id: &str, more: &str) -> String {
    format!(
        "{more}@id(\"{id}\") permit(principal is AgentCore::OAuthUser, action == AgentCore::Action::\"tasks___add\", \
         resource == AgentCore::Gateway::\"{GATEWAY}\") when {{ principal.hasTag(\"scope\") && principal.getTag(\"scope\") == \"{id}\" }};\n"
    )
}

struct World {
    policies: CedarPolicies,
    tools: KnownTools,
}

/// An engine that knows no tool yet.
fn world(policies: &str, mode: Mode) -> World {
    let engine = Engine::new(&PolicyFiles::one("test.cedar", policies), &Catalog::default(), mode).unwrap();
    let tool = |name: &str| Arc::new(FakeTool::new(name, Risk::Read, FakeAction::Hangs)) as Arc<dyn Tool>;
    let toolbox = Toolbox::new([tool("tasks___add"), tool("tasks___other")]).unwrap();
    let gateways = BTreeMap::from([("mcp".to_owned(), GATEWAY.to_owned())]);
    World { policies: CedarPolicies::new(engine.clone(), gateways), tools: KnownTools::new(Arc::new(toolbox), engine) }
}

fn caller(door: &str, scope: &str) -> Actor {
    let claims = BTreeMap::from([("scope".to_owned(), scope.to_owned())]);
    let via = Via { door: door.to_owned(), client: None, agents: vec![], claims, until: i64::MAX };
    actor("ada").through(Some(Arc::new(via)))
}

fn call(tool: &str, input: Value) -> ToolCall {
    ToolCall { id: CallId("c".to_owned()), tool: ToolName(tool.to_owned()), input }
}

fn effect(ruling: Option<Ruling>) -> Option<(PolicyEffect, Vec<String>)> {
    ruling.map(|ruling| (ruling.effect, ruling.policies))
}

#[tokio::test]
async fn tools_that_a_person_is_offered_are_known_before_their_calls_are_decided() {
    let World { policies, tools } = world(&permit("write", ""), Mode::Enforce);
    let ada = caller("mcp", "write");
    let add = call("tasks___add", json!({"id": "1"}));
    let decided = |actor: &Actor, call: &ToolCall| effect(policies.decide(actor, call, 0).unwrap().enforced);
    assert_eq!(decided(&ada, &add), Some((PolicyEffect::Deny, vec![])), "an unknown tool is denied");
    tools.toolbox(&ada).await;
    let allowed = Some((PolicyEffect::Allow, vec!["write".to_owned()]));
    for (actor, tool, expected) in [
        (caller("mcp", "write"), "tasks___add", allowed),
        (caller("mcp", "read"), "tasks___add", Some((PolicyEffect::Deny, vec![]))),
        (caller("runtime", "write"), "tasks___add", Some((PolicyEffect::Deny, vec![]))),
        (caller("mcp", "write"), "tasks___other", Some((PolicyEffect::Deny, vec![]))),
        (caller("mcp", "write"), "invented", Some((PolicyEffect::Deny, vec![]))),
    ] {
        assert_eq!(decided(&actor, &call(tool, json!({"id": "1"}))), expected, "{actor:?} {tool}");
    }
    assert!(policies.decide(&ada, &call("tasks___add", json!({"id": 1})), 0).is_err(), "a wrong type has no meaning");
    let names = BTreeSet::from(["tasks___add", "tasks___other"].map(|name| ToolName(name.to_owned())));
    assert_eq!(policies.listed(&ada, names.clone()).len(), 1);
    assert_eq!(policies.listed(&caller("mcp", "read"), names).len(), 0);
}

#[tokio::test]
async fn policies_on_trial_change_nothing_and_are_noted() {
    let trial = "@enforcementMode(\"LOG_ONLY\") ";
    let add = call("tasks___add", json!({"id": "1"}));
    let allowed = Some((PolicyEffect::Allow, vec!["write".to_owned()]));
    for (text, mode, enforced, tried) in [
        (permit("write", ""), Mode::Enforce, allowed.clone(), None),
        (permit("write", ""), Mode::LogOnly, None, allowed.clone()),
        (permit("read", ""), Mode::LogOnly, None, Some((PolicyEffect::Deny, vec![]))),
        (permit("read", "") + &permit("write", trial), Mode::Enforce, Some((PolicyEffect::Deny, vec![])), allowed),
    ] {
        let World { policies, tools } = world(&text, mode);
        let ada = caller("mcp", "write");
        tools.toolbox(&ada).await;
        let decision = policies.decide(&ada, &add, 0).unwrap();
        assert_eq!((effect(decision.enforced), effect(decision.tried)), (enforced, tried), "{text} {mode:?}");
    }
}

#[tokio::test]
async fn policies_that_do_not_load_leave_the_old_ones_in_force() {
    let directory = std::env::temp_dir().join(format!("countersign-policies-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("all.cedar");
    std::fs::write(&file, permit("write", "")).unwrap();
    let engine = Engine::open(&directory, &Catalog::default(), Mode::Enforce).unwrap();
    let World { policies, tools } = world(&permit("unused", ""), Mode::Enforce);
    let (policies, tools) = (
        CedarPolicies { engine: engine.clone(), ..policies },
        KnownTools::new(Arc::new(tools.toolbox(&actor("x")).await), engine.clone()),
    );
    let ada = caller("mcp", "write");
    tools.toolbox(&ada).await;
    let add = call("tasks___add", json!({"id": "1"}));
    let now = || policies.decide(&ada, &add, 0).unwrap().enforced.unwrap().effect;
    assert_eq!(now(), PolicyEffect::Allow);
    std::fs::write(&file, "permit(principal, action, resource);").unwrap();
    watch::reload(&engine).await;
    assert_eq!(now(), PolicyEffect::Allow, "a bare resource does not load");
    std::fs::write(&file, permit("read", "")).unwrap();
    watch::reload(&engine).await;
    assert_eq!(now(), PolicyEffect::Deny);
    std::fs::remove_dir_all(&directory).unwrap();
}
