use super::*;
use crate::config::Secret;
use agent::fakes::actor;
use agent::{CallId, Tool, ToolCall};
use egress::SystemLookup;
use secrecy::SecretString;
use serde_json::json;

const KEY: &str = "KEY";

const SHOP: &str = r#"
[targets.shop]
kind = "openapi"
url = "https://shop.example"
document = "shop.json"
[targets.shop.tools."orders.get"]
name = "get_order"
risk = "read"
relation = "can_read"
object = "order:{order_id}"
summary = "Read the order {order_id}"
verb = "Read order"
"#;

fn document() -> String {
    let id = json!([{"name": "order_id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    json!({"openapi": "3.0.3", "paths": {
        "/orders/{order_id}": {"parameters": id, "get": {
            "operationId": "orders.get", "summary": "Reads\u{202e} \"it\"",
        }, "delete": {"operationId": "cancel"}},
        "/upload": {"post": {"operationId": "upload", "requestBody": {"content": {"image/png": {}}}}},
        "/search": {"get": {"operationId": "search", "parameters": [
            {"name": "q", "in": "query", "schema": {"type": "number"}},
        ]}},
        "/x.y": {"get": {"operationId": "x.y"}},
    }})
    .to_string()
}

fn targets(text: &str) -> Result<Targets, String> {
    let config = GatewayConfig::parse(text).unwrap().load(|_| Ok(document())).unwrap();
    let lookup = Arc::new(SystemLookup);
    let secrets = BTreeMap::from([(Secret::Variable(KEY.to_owned()), SecretString::from("k"))]);
    let connections = Connections { secrets, aws: None, lookup };
    Targets::new(&config, &connections).map_err(|error| error.to_string())
}

fn call(tool: &str, input: Value) -> ToolCall {
    ToolCall { id: CallId("call-1".to_owned()), tool: ToolName(tool.to_owned()), input }
}

#[test]
fn operations_become_tools_that_the_guard_governs() {
    let made = targets(SHOP).unwrap();
    let names: Vec<_> = made.tools.iter().map(|tool| tool.spec().name.0.as_str()).collect();
    assert_eq!(names, ["shop___get_order", "shop___cancel", "shop___search"]);
    assert_eq!(made.left_out.len(), 2, "{:?}", made.left_out);
    let [read, cancel, _] = &made.tools[..] else { panic!() };
    assert!(read.spec().description.ends_with("\"Reads 'it'\""), "{}", read.spec().description);
    let intent = read.intend(&actor("ada"), &call("shop___get_order", json!({"order_id": "A#1"}))).unwrap();
    assert_eq!(intent.object.to_string(), "order:A%231");
    assert_eq!((intent.relation.0, intent.risk, intent.verb), ("can_read", Risk::Read, "Read order"));
    assert_eq!((intent.summary.as_str(), intent.target.as_str()), ("Read the order A#1", "order:A%231 at shop"));
    assert_eq!((read.requires(), read.recipient()), (None, Some("the target shop")));
    // Nobody has said that this one only reads.
    let intent = cancel.intend(&actor("ada"), &call("shop___cancel", json!({"order_id": "1"}))).unwrap();
    assert_eq!((intent.relation.0, intent.object.to_string().as_str()), ("can_call", "tool:shop/cancel"));
    assert_eq!((intent.risk, intent.summary.as_str()), (Risk::Elevated, "Call the tool cancel of the target shop"));
}

#[test]
fn arguments_that_do_not_fit_are_no_intent() {
    let made = targets(SHOP).unwrap();
    for input in [
        json!({}),
        json!({"order_id": 1}),
        json!({"order_id": "../admin"}),
        json!({"order_id": ""}),
        json!({"order_id": "1", "Host": "evil.example"}),
        json!({"order_id": "1", "Authorization": "Bearer x"}),
        json!([]),
    ] {
        let intent = made.tools[0].intend(&actor("ada"), &call("shop___get_order", input.clone()));
        assert!(intent.is_err(), "{input}");
    }
}

#[test]
fn what_the_operator_names_must_be_there() {
    for (from, to, expected) in [
        ("[targets.shop.tools", "only = [\"orders.get\", \"nothing\"]\n[targets.shop.tools", "no operation nothing"),
        ("[targets.shop.tools", "only = [\"orders.get\", \"upload\"]\n[targets.shop.tools", "its body is not JSON"),
        ("tools.\"orders.get\"", "tools.typo", "no operation typo"),
        ("name = \"get_order\"", "", "no name of a tool"),
        ("name = \"get_order\"", "name = \"get order\"", "no name of a tool"),
        ("tools.\"orders.get\"", "tools.cancel", "only GET and HEAD"),
        ("tools.\"orders.get\"", "tools.search", "no required argument"),
        ("order:{order_id}", "order:{id}", "no required argument"),
        ("order:{order_id}", "tool:shop/{order_id}", "could be that of another tool"),
        (
            "document = ",
            "credential = { kind = \"api_key\", query = \"k\", secret_env = \"K\" }\ndocument = ",
            "secret is missing",
        ),
        (
            "[targets.shop.tools",
            "only = [\"search\", \"orders.get\"]\ncredential = { kind = \"api_key\", query = \"Q\", secret_env = \"KEY\" }\n[targets.shop.tools",
            "in the place of the key",
        ),
        (
            "document = ",
            "credential = { kind = \"sigv4\", service = \"s\", region = \"r\" }\ndocument = ",
            "no AWS credentials",
        ),
    ] {
        let text = SHOP.replacen(from, to, 1);
        assert_ne!(text, SHOP, "{from}");
        let error = targets(&text).unwrap_err();
        assert!(error.contains(expected), "{to}: {error}");
    }
}

#[test]
fn agents_may_be_offered_only_what_reads_and_uses_nobodys_token() {
    let with = |more: &str, credential: &str| {
        let target = SHOP.replace("document = \"shop.json\"\n", &format!("document = \"shop.json\"\n{credential}\n"));
        targets(&format!("{target}{more}\n"))
    };
    let offered = |made: Targets| made.tools.iter().map(Tool::is_for_agents).collect::<Vec<_>>();
    assert_eq!(with("", "").map(offered), Ok(vec![false; 3]));
    assert_eq!(with("agents = true", "").map(offered), Ok(vec![true, false, false]));
    let key = "credential = { kind = \"api_key\", secret_env = \"KEY\", header = \"X-Key\" }";
    assert_eq!(with("agents = true", key).map(offered), Ok(vec![true, false, false]));
    let person = "credential = { kind = \"person\", audience = \"https://shop.example\", scopes = [\"a\"] }";
    for (more, credential) in [("agents = true", person), ("[targets.shop.tools.cancel]\nagents = true", "")] {
        let refused = with(more, credential).err().unwrap_or_default();
        assert!(refused.contains("agents = true needs the risk read"), "{more} {credential}: {refused}");
    }
}
