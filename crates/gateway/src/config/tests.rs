use super::*;

const ORDERS: &str = r#"
[targets.orders]
kind = "http"
url = "https://orders.example/v1"
[targets.orders.tools.get_order]
method = "GET"
path = "/orders/{order_id}"
risk = "read"
object = "order:{order_id}"
summary = "Read the order {order_id}"
verb = "Read order"
[targets.orders.tools.get_order.parameters.order_id]
in = "path"
type = "string"
"#;

const REFUND: &str = r#"
[targets.refunds]
kind = "lambda"
function = "arn:aws:lambda:eu-central-1:123456789012:function:refund"
[targets.refunds.tools.refund.parameters.cents]
type = "integer"
"#;

const CRM: &str = r#"
[targets.crm]
kind = "openapi"
url = "https://crm.example"
document = "crm.json"
only = ["find"]
[targets.crm.credential]
kind = "person"
audience = "https://crm.example"
scopes = ["read"]
"#;

#[test]
fn every_kind_of_target_is_read() {
    let config = GatewayConfig::parse(&[ORDERS, REFUND, CRM].concat()).unwrap();
    let names: Vec<_> = config.targets.keys().map(TargetName::as_str).collect();
    assert_eq!(names, ["crm", "orders", "refunds"]);
    let refunds = &config.targets[&TargetName::new("refunds").unwrap()];
    assert_eq!(refunds.url().as_str(), "https://lambda.eu-central-1.amazonaws.com/");
    let signed = Credential::SigV4 { service: "lambda".to_owned(), region: "eu-central-1".to_owned() };
    assert!(refunds.credential == signed && config.needs_aws());
    let audiences: Vec<_> = config.audiences().map(|(name, audience)| (name.provider(), audience)).collect();
    assert_eq!(audiences, [("target:crm".to_owned(), "https://crm.example")]);
    let none = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    assert!(config.clone().load(none).unwrap_err().starts_with("[targets.crm] document"));
    let yaml = config.load(|_| Ok("openapi: 3.1.0\npaths: {}\n".to_owned())).unwrap();
    let System::OpenApi { document, .. } = &yaml.targets[&TargetName::new("crm").unwrap()].system else { panic!() };
    assert_eq!(document.as_ref().unwrap()["openapi"], "3.1.0");
}

/// The text; the part that is replaced; its replacement; a part of the error.
#[test]
fn a_mistake_stops_the_start() {
    let rows: Vec<(&str, &str, String, &str)> = vec![
        (ORDERS, "verb =", "verbs =".into(), "unknown field"),
        (ORDERS, "[targets.orders]\n", "[targets.orders]\nsecret = 1\n".into(), "unknown field"),
        (ORDERS, "targets.orders]", "targets.Orders]".into(), "the name of a target"),
        (ORDERS, "\"GET\"", "\"TRACE\"".into(), "`method`"),
        (ORDERS, "\"GET\"", "\"POST\"".into(), "only a tool that calls GET or HEAD"),
        (ORDERS, "/orders/{order_id}", "/orders".into(), "`path`"),
        (ORDERS, "/orders/{order_id}", "/orders/{order_id}/{item}".into(), "`path`"),
        (ORDERS, "\"/orders", "\"orders".into(), "`path`"),
        (ORDERS, "order:{order_id}", "order:{order_id}{order_id}".into(), "`object`"),
        (ORDERS, "order:{order_id}", "order".into(), "`object`"),
        (ORDERS, "Read the order {order_id}", "Read {order".into(), "`summary`"),
        (ORDERS, "Read order", "Read the order, and then another".into(), "`verb`"),
        (ORDERS, "in = \"path\"", "in = \"cookie\"".into(), "a parameter"),
        (ORDERS, "in = \"path\"", "in = \"path\"\nrequired = false".into(), "a parameter"),
        (ORDERS, "in = \"path\"", "in = \"path\"\npattern = \"x\"".into(), "a parameter"),
        (ORDERS, "in = \"path\"", String::new(), "a parameter"),
        (ORDERS, "https://orders.example", "http://orders.example".into(), "only https"),
        (ORDERS, "https://orders.example", "https://169.254.169.254".into(), "not public"),
        (ORDERS, "https://orders.example", "https://u:p@orders.example".into(), "an address"),
        (ORDERS, "https://orders.example/v1", "https://orders.example/v1?a=1".into(), "an address"),
        (ORDERS, "https://orders.example/v1", "file:///etc/passwd".into(), "an address"),
        (ORDERS, "kind = \"http\"", "kind = \"http\"\nonly = [\"a\"]".into(), "`kind` is http"),
        (ORDERS, "kind = \"http\"", "kind = \"lambda\"".into(), "`kind` is lambda"),
        (REFUND, "function:refund", "layer:refund".into(), "`function`"),
        (REFUND, "123456789012", "12345".into(), "`function`"),
        (REFUND, "eu-central-1", "eu.evil.example/".into(), "`function`"),
        (REFUND, "type = \"integer\"", "type = \"integer\"\nin = \"query\"".into(), "`kind` is lambda"),
        (REFUND, "[targets.refunds]", "[targets.refunds]\ncredential = { kind = \"none\" }".into(), "`kind` is lambda"),
        (REFUND, "[targets.refunds]", "[targets.refunds]\nlimits = { seconds = 19 }".into(), "limits"),
        (REFUND, "[targets.refunds]", "[targets.refunds]\nlimits = { answer_bytes = 1 }".into(), "limits"),
        (CRM, "document = \"crm.json\"", String::new(), "`kind` is openapi"),
        (CRM, "audience =", "account = \"github\"\naudience =".into(), "exactly one of `audience` and `account`"),
        (CRM, "kind = \"person\"\naudience =", "kind = \"jwt_passthrough\"\naudience =".into(), "unknown variant"),
    ];
    for (text, from, to, expected) in rows {
        let changed = text.replacen(from, &to, 1);
        assert_ne!(changed, text, "{from}");
        let error = GatewayConfig::parse(&changed).unwrap_err().to_string();
        assert!(error.contains(expected), "{from} → {to}: {error}");
    }
}

#[test]
fn a_key_has_one_place_and_one_source() {
    let parse = |text: &str| {
        let credential = format!("credential = {{ {text} }}\nurl =");
        GatewayConfig::parse(&ORDERS.replacen("url =", &credential, 1)).map_err(|error| error.to_string())
    };
    for (text, expected) in [
        ("kind = \"api_key\", header = \"X-Api-Key\", secret_env = \"KEY\"", None),
        ("kind = \"api_key\", header = \"Authorization\", prefix = \"Token \", secret_id = \"orders\"", None),
        ("kind = \"api_key\", query = \"key\", secret_env = \"KEY\"", None),
        (
            "kind = \"api_key\", query = \"key\", header = \"X-Api-Key\", secret_env = \"KEY\"",
            Some("exactly one of `header`"),
        ),
        ("kind = \"api_key\", query = \"key\", prefix = \"x\", secret_env = \"KEY\"", Some("exactly one of `header`")),
        ("kind = \"api_key\", query = \"key\"", Some("exactly one of `secret_id`")),
        (
            "kind = \"api_key\", query = \"key\", secret_id = \"a\", secret_env = \"b\"",
            Some("exactly one of `secret_id`"),
        ),
        ("kind = \"api_key\", header = \"Host\", secret_env = \"KEY\"", Some("`Host`")),
        ("kind = \"api_key\", header = \"X-Amz-Date\", secret_env = \"KEY\"", Some("`X-Amz-Date`")),
        ("kind = \"api_key\", header = \"X-Api-Key\", secret = \"hunter2\"", Some("unknown field")),
        ("kind = \"sigv4\", service = \"execute-api\", region = \"us-east-1\"", None),
        (
            "kind = \"client_credentials\", token_url = \"http://10.0.0.1/t\", client_id = \"c\", secret_env = \"S\"",
            Some("only https"),
        ),
        (
            "kind = \"client_credentials\", token_url = \"https://as.example/t\", client_id = \"c\", secret_env = \"S\"",
            None,
        ),
    ] {
        let error = parse(text).err();
        assert_eq!(error.is_some(), expected.is_some(), "{text}: {error:?}");
        assert!(error.unwrap_or_default().contains(expected.unwrap_or_default()), "{text}");
    }
}

#[test]
fn no_two_targets_look_alike_or_share_an_audience() {
    let other =
        CRM.replace("targets.crm", "targets.ledger").replace("https://crm.example\"\ndoc", "https://l.example\"\ndoc");
    let error = |text: String| GatewayConfig::parse(&text).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error([CRM, &other].concat()).contains("have different origins and the same audience"));
    assert_eq!(error([CRM, &CRM.replace("targets.crm", "targets.ledger")].concat()), "");
    assert!(error([ORDERS, &ORDERS.replace("targets.orders", "targets.0rder5")].concat()).contains("look the same"));
}

#[test]
fn an_interceptor_has_one_place_and_no_credential_of_a_person() {
    let function = "function = \"arn:aws:lambda:eu-central-1:123456789012:function:gate\"";
    let url = "url = \"https://gate.example/mcp\"";
    for (settings, expected) in [
        (url.to_owned(), None),
        (function.to_owned(), None),
        (format!("{url}\nseconds = 15\npass_request_headers = true\npass_authorization = true"), None),
        (String::new(), Some("needs `url`, or `function`")),
        (format!("{function}\ncredential = {{ kind = \"none\" }}"), Some("needs `url`, or `function`")),
        (format!("{url}\ncredential = {{ kind = \"person\", account = \"github\" }}"), Some("none, api_key or sigv4")),
        (format!("{url}\nseconds = 0"), Some("1 to 15")),
        (format!("{url}\nseconds = 16"), Some("1 to 15")),
        (format!("{url}\npass_authorization = true"), Some("needs `pass_request_headers`")),
        (format!("{url}\nother = 1"), Some("unknown field")),
        ("url = \"http://10.0.0.1/\"".to_owned(), Some("the request interceptor may not be reached")),
    ] {
        let read = GatewayConfig::parse(&format!("[interceptors.request]\n{settings}\n"));
        match (read, expected) {
            (Ok(config), None) => assert!(config.interceptors.request.is_some()),
            (Err(error), Some(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (read, expected) => panic!("{settings}: {expected:?} {read:?}"),
        }
    }
    assert!(GatewayConfig::parse(&format!("[interceptors.other]\n{url}\n")).is_err());
    let config = GatewayConfig::parse(&format!("[interceptors.response]\n{function}\n")).unwrap();
    assert!(config.needs_aws(), "a function is called with the server's own credentials");
}
