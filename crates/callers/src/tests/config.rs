//! Mistakes in the configuration.

use super::world::{CONFIG, world};
use crate::{ConfigError, Doors, DoorsConfig, LocalReplayMemory, Ports};
use std::sync::Arc;

#[test]
fn a_mistake_in_the_configuration_is_named() {
    let rows = [
        (r#"name = "Countersign""#, r#"colour = "red""#, "unknown field `colour`"),
        ("example.com/mcp\"", "example.com/mcp/\"", "`resource` must be"),
        ("example.com/mcp\"", "example.com/mcp?a=1\"", "`resource` must be"),
        ("example.com/mcp\"", "example.com/mcp#a\"", "`resource` must be"),
        ("https://countersign", "http://countersign", "`resource` must be"),
        ("https://countersign", "https://ada@countersign", "`resource` must be"),
        ("https://countersign", "HTTPS://Countersign", "`resource` must be"),
        ("example.com/mcp\"", "example.com:443/mcp\"", "`resource` must be"),
        (r#""api/admin"]"#, r#""api admin"]"#, "a scope is"),
        (r#""api/admin"]"#, r#""offline_access"]"#, "a scope is"),
        (r#"challenge_scopes = ["api/read"]"#, r#"challenge_scopes = ["x"]"#, "`challenge_scopes` must be"),
        (r#"raise = ["api/write", "api/admin"]"#, r#"raise = []"#, "a list is empty"),
        (r#"raise = ["api/write", "api/admin"]"#, r#"raise = ["x"]"#, "the scopes of `tool_scopes` must be"),
        (r#"raise = ["api/write", "api/admin"]"#, r#"raise = ["a b"]"#, "a scope is"),
        (r#"raise = ["api/write", "api/admin"]"#, r#"raise = "api/admin""#, "invalid type"),
        (r#"raise = ["#, "raise = [\"api/read\"]\nraise = [", "duplicate key"),
        (r#"issuer = "https://acme.us"#, r#"issuer = "http://acme.us"#, "`issuer` must be"),
        (r#"issuer = "https://acme.us"#, "tenant = \"x\"\nissuer = \"https://acme.us", "`tenant` and `organizations`"),
        ("organizations = {", "tenants = {", "unknown field `tenants`"),
        ("org_1 = \"acme\", org_2 = \"umbrella\"", "", "`tenant` and `organizations`"),
        (r#"["RS256", "ES256", "ES384", "EdDSA"]"#, r#"["HS256"]"#, "unknown variant `HS256`"),
        (r#"["RS256", "ES256", "ES384", "EdDSA"]"#, r#"["none"]"#, "unknown variant `none`"),
        (r#"["RS256", "ES256", "ES384", "EdDSA"]"#, r#"["PS256"]"#, "`algorithms` must name"),
        (r#"["RS256", "ES256", "ES384", "EdDSA"]"#, "[]", "`algorithms` must name"),
        (r#"["inspector", "supervisor"]"#, "[]", "a list is empty"),
        (r#"allowed_scopes = ["api/read", "api/write"]"#, "allowed_scopes = []", "a list is empty"),
        (r#""EQUALS", value"#, r#""CONTAINS_ANY", value"#, "a claim rule needs"),
        ("discovery_url", "jwks_url = \"https://a.example\"\ndiscovery_url", "exactly one of `discovery_url`"),
        ("discovery_url = \"https", "discovery_url = \"http", "must be an https URL"),
        (
            r#"issuer = "https://acme.okta.com/oauth2/default""#,
            r#"issuer = "https://acme.us.auth0.com/""#,
            "listed twice",
        ),
        (r#"account = "123456789012""#, r#"account = "12345""#, "twelve digits"),
        (r#"account = "123456789012""#, r#"account = "210987654321""#, "`roles` must name"),
        ("role/Supervisor", "role/*", "a role is an ARN"),
        ("\"us-east-1\"", "\"us-east-1.evil.example/\"", "`regions` must name"),
        ("\"us-east-1\"", "\"\"", "`regions` must name"),
    ];
    assert!(DoorsConfig::parse(CONFIG).is_ok());
    for (from, to, expected) in rows {
        assert!(CONFIG.contains(from), "{from}");
        let error = DoorsConfig::parse(&CONFIG.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(expected), "{from} → {to}: {error}");
    }
    let path = CONFIG.replace("regions", "roles_with_path = []\nregions");
    assert!(DoorsConfig::parse(&path).unwrap_err().to_string().contains("unknown field"));
    let (head, presigned) = CONFIG.split_once("[doors.mcp.aws_presigned]").unwrap();
    let with_path = format!("{head}[doors.mcp.aws_presigned]{}", presigned.replace("role/Sup", "role/it/Sup"));
    assert!(DoorsConfig::parse(&with_path).unwrap_err().to_string().contains("has no path"));
    let closed = "[doors.mcp]\nresource = \"https://countersign.example.com/mcp\"\n";
    assert!(DoorsConfig::parse(closed).unwrap_err().to_string().contains("nobody could enter"));
}

#[test]
fn doors_agree_about_the_keys_of_an_issuer() {
    let world = world();
    let ports = || Ports {
        clock: world.clock.clone(),
        keys: world.keys.clone(),
        sts: world.sts.clone(),
        replays: Arc::new(LocalReplayMemory::default()),
    };
    let second = CONFIG.replace("mcp", "a2a");
    let both = format!("{CONFIG}{second}");
    let doors = Doors::new(DoorsConfig::parse(&both).unwrap(), &ports()).unwrap();
    assert_eq!(doors.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["a2a", "mcp"]);
    assert!(doors.get("invocations").is_none());
    let other = format!("{CONFIG}{}", second.replace("default/v1/keys", "default/v2/keys"));
    let error = Doors::new(DoorsConfig::parse(&other).unwrap(), &ports()).unwrap_err();
    assert_eq!(error, ConfigError::ContradictoryKeys);
}
