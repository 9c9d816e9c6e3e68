#![expect(clippy::unwrap_used, reason = "tests")]

use super::variables::Presence;
use super::*;
use std::time::Duration;

fn good() -> Vec<(String, String)> {
    let value = |name: &str| match name {
        "FGA_STORE_ID" | "FGA_MODEL_ID" => "01JD0000000000000000000000",
        name if name.ends_with("_URL") || name == "OIDC_ISSUER" => "https://service.example/",
        _ => "x",
    };
    let required = VARIABLES.iter().filter(|variable| variable.presence == Presence::Required);
    let others =
        [("OIDC_CLIENT_SECRET", "x"), ("OKTA_BASE_URL", "https://service.example/"), ("OKTA_CONNECTION", "Okta-OIDC")];
    let all = required.map(|variable| (variable.name, value(variable.name))).chain(others);
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(crate) fn with(changes: &[(&str, &str)]) -> Result<Config, Vec<ConfigError>> {
    let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(&good().into_iter().chain(changes).collect())
}

#[test]
fn the_required_variables_are_enough() {
    let config = with(&[]).unwrap();
    assert_eq!(config.model.id, None);
    assert!(matches!(config.fga.access, FgaAccess::Open));
    assert!(config.secure());
}

#[test]
fn each_door_has_the_port_of_its_contract_unless_another_is_set() {
    let ports = [edge::doors::runtime::PORT, edge::doors::mcp::PORT];
    for (listen, expected) in
        [("", ["0.0.0.0:8080", "0.0.0.0:8000"]), ("127.0.0.1:9000", ["127.0.0.1:9000", "127.0.0.1:9000"])]
    {
        let config = with(&[("DOOR_LISTEN", listen)]).unwrap();
        assert_eq!(ports.map(|port| config.door_address(port).to_string()), expected);
    }
    let names: Vec<_> = with(&[("DOOR_LISTEN", "8000")]).unwrap_err().iter().map(|error| error.variable).collect();
    assert_eq!(names, ["DOOR_LISTEN"]);
}

#[test]
fn a_setting_of_an_earlier_version_is_named_with_its_present_name() {
    let errors = with(&[("BEDROCK_SHOW_THINKING", "on")]).unwrap_err();
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["BEDROCK_SHOW_THINKING is now called BEDROCK_SHOW_REASONING"]);
}

#[test]
fn without_peoples_own_okta_accounts_the_application_needs_its_own() {
    let names: Vec<_> = with(&[("OKTA_CONNECTION", " ")]).unwrap_err().iter().map(|error| error.variable).collect();
    assert_eq!(names, ["OKTA_CLIENT_ID", "OKTA_CLIENT_SECRET"]);
    let own =
        [("OKTA_TOKEN_URL", "https://acme.okta.com/t"), ("OKTA_CLIENT_ID", "id"), ("OKTA_CLIENT_SECRET", "hunter2")];
    let config = with(&[&[("OKTA_CONNECTION", "")], &own[..]].concat()).unwrap();
    assert!(matches!(config.okta.as_ref().unwrap().access, OktaAccess::Application(_)));
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_token_vault_for_access_tokens_needs_all_its_variables() {
    assert!(matches!(with(&[]).unwrap().lent_for, LentFor::RefreshToken));
    let all =
        [("TOKEN_VAULT_AUDIENCE", "api"), ("TOKEN_VAULT_CLIENT_ID", "id"), ("TOKEN_VAULT_CLIENT_SECRET", "hunter2")];
    let config = with(&all).unwrap();
    assert!(matches!(&config.lent_for, LentFor::AccessToken { audience, .. } if audience == "api"));
    assert!(!format!("{config:?}").contains("hunter2"));
    for one in all {
        let missing: Vec<_> = with(&[one]).unwrap_err().iter().map(|error| error.variable).collect();
        let others: Vec<_> = all.iter().map(|(name, _)| *name).filter(|name| *name != one.0).collect();
        assert_eq!(missing, others, "{} alone", one.0);
    }
}

#[test]
fn every_mistake_is_named_at_once() {
    let errors = Config::read(&Env::default()).unwrap_err();
    for variable in VARIABLES.iter().filter(|variable| variable.presence == Presence::Required) {
        assert!(errors.iter().any(|error| error.variable == variable.name), "{} is not reported", variable.name);
    }
}

#[test]
fn an_error_names_the_variable_and_hides_its_value() {
    for (name, value) in [
        ("COUNTERSIGN_URL", "http://help.acme.example"),
        ("COUNTERSIGN_URL", "help"),
        ("OIDC_ISSUER", "https://user:hunter2@idp.example/"),
        ("COUNTERSIGN_LISTEN", "hunter2"),
        ("SESSION_HOURS", "hunter2"),
        ("SESSION_HOURS", "0"),
        ("RETENTION_DAYS", "0"),
        ("RETENTION_DAYS", "never"),
        ("RETENTION_DAYS_BY_ORGANIZATION", "hunter2"),
        ("RETENTION_DAYS_BY_ORGANIZATION", "org_a=0"),
        ("RETENTION_DAYS_BY_ORGANIZATION", "org_a=3651"),
        ("RETENTION_DAYS_BY_ORGANIZATION", "=30"),
        ("RETENTION_DAYS_BY_ORGANIZATION", "org_a=hunter2"),
        ("RETENTION_DAYS_BY_ORGANIZATION", "org_a=30,org_b=365"),
        ("RETENTION_DAYS_BY_ORGANIZATION", "org_a=30 org_a=365"),
        ("FGA_STORE_ID", "hunter2"),
        ("FGA_PRINCIPAL", "hunter2"),
        ("LOG_FORMAT", "hunter2"),
        ("STYLEGUIDE", "yes"),
        ("BEDROCK_ENDPOINT_URL", "ftp://hunter2"),
    ] {
        let errors = with(&[(name, value)]).unwrap_err();
        assert!(errors.iter().all(|error| error.variable == name), "{name}={value}: {errors:?}");
        assert!(!format!("{errors:?}").contains("hunter2"));
    }
}

#[test]
fn organizations_may_have_a_time_of_retention_of_their_own() {
    assert_eq!(with(&[]).unwrap().retention, Retention::default(), "by default everything is kept");
    let own = ("RETENTION_DAYS_BY_ORGANIZATION", "org_a=30  org_b=365 org_c=keep");
    let retention = with(&[("RETENTION_DAYS", "90"), own]).unwrap().retention;
    let days = |days: u32| Some(days * Duration::from_secs(24 * 60 * 60));
    assert_eq!(retention.general, days(90));
    let expected = [("org_a", days(30)), ("org_b", days(365)), ("org_c", None)];
    assert_eq!(retention.by_organization, expected.map(|(name, time)| (name.to_owned(), time)).into());
}

#[test]
fn an_fga_issuer_needs_a_client_and_gets_the_usual_path() {
    let names: Vec<_> =
        with(&[("FGA_API_TOKEN_ISSUER", "auth.fga.dev")]).unwrap_err().iter().map(|error| error.variable).collect();
    assert_eq!(names, ["FGA_API_AUDIENCE", "FGA_CLIENT_ID", "FGA_CLIENT_SECRET"]);
    let config = with(&[
        ("FGA_API_TOKEN_ISSUER", "auth.fga.dev"),
        ("FGA_API_AUDIENCE", "https://api.us1.fga.dev/"),
        ("FGA_CLIENT_ID", "id"),
        ("FGA_CLIENT_SECRET", "hunter2"),
    ])
    .unwrap();
    let FgaAccess::Client(client) = &config.fga.access else { panic!("{:?}", config.fga) };
    assert_eq!(client.token_url.as_str(), "https://auth.fga.dev/oauth/token");
    assert!(!format!("{config:?}").contains("hunter2"), "Debug shows a secret");
}

#[test]
fn a_self_hosted_fga_server_has_a_preshared_key() {
    let config = with(&[("FGA_API_TOKEN", "hunter2")]).unwrap();
    assert!(matches!(config.fga.access, FgaAccess::Key(_)) && !format!("{config:?}").contains("hunter2"));
    let both = with(&[("FGA_API_TOKEN", "hunter2"), ("FGA_API_TOKEN_ISSUER", "auth.fga.dev")]).unwrap_err();
    assert_eq!(both.iter().map(|error| error.variable).collect::<Vec<_>>(), ["FGA_API_TOKEN"]);
}

#[test]
fn plain_http_is_allowed_only_for_loopback_and_listed_private_origins() {
    let listed = ("PRIVATE_HTTP_ORIGINS", "http://openfga:8080  http://10.0.0.7");
    for (name, value, taken) in [
        ("FGA_API_URL", "http://openfga:8080", true),
        ("FGA_API_URL", "http://openfga:8080/fga", true),
        ("OIDC_ISSUER", "http://10.0.0.7/realms/acme", true),
        ("BEDROCK_ENDPOINT_URL", "http://localhost:4000", true),
        ("FGA_API_URL", "http://openfga", false),
        ("FGA_API_URL", "http://openfga:8081", false),
        ("FGA_API_URL", "http://openfga.evil.example:8080", false),
        ("FGA_API_URL", "http://openfga@evil.example:8080", false),
        ("COUNTERSIGN_URL", "http://openfga:8080", false),
    ] {
        let names =
            with(&[listed, (name, value)]).map_err(|errors| errors.iter().map(|error| error.variable).collect());
        assert_eq!(
            names.map(|_| ()).map_err(|names: Vec<_>| names.contains(&name)),
            if taken { Ok(()) } else { Err(true) }
        );
    }
    assert!(with(&[("FGA_API_URL", "http://openfga:8080")]).is_err(), "not listed");
    for list in
        ["openfga:8080", "http://openfga/fga", "https://openfga", "http://user@openfga", "http://a,http://b", "*"]
    {
        let errors = with(&[("PRIVATE_HTTP_ORIGINS", list)]).unwrap_err();
        assert!(errors.iter().all(|error| error.variable == "PRIVATE_HTTP_ORIGINS"), "{list}: {errors:?}");
    }
}

#[test]
fn grants_need_a_credential_of_their_own() {
    let issuer = [
        ("FGA_API_TOKEN_ISSUER", "auth.fga.dev"),
        ("FGA_API_AUDIENCE", "https://api.us1.fga.dev/"),
        ("FGA_CLIENT_ID", "checks"),
        ("FGA_CLIENT_SECRET", "s"),
    ];
    let open = [("FGA_API_TOKEN_ISSUER", ""), ("FGA_API_TOKEN", "")];
    let key = [("FGA_API_TOKEN_ISSUER", ""), ("FGA_API_TOKEN", "k")];
    let client = |id: &'static str| [("FGA_GRANTS_CLIENT_ID", id), ("FGA_GRANTS_CLIENT_SECRET", "t")];
    let second = |key: &'static str| [("FGA_GRANTS_API_TOKEN", key)];
    /// Variables, and the one that is wrong.
    type Row<'a> = (Vec<(&'a str, &'a str)>, Option<&'a str>);
    let rows: [Row<'_>; 8] = [
        ([&issuer[..], &client("writes")].concat(), None),
        ([&issuer[..], &client("checks")].concat(), Some("FGA_GRANTS_CLIENT_ID")),
        ([&issuer[..], &client("writes")[..1]].concat(), Some("FGA_GRANTS_CLIENT_SECRET")),
        ([&issuer[..], &second("k2")].concat(), Some("FGA_GRANTS_API_TOKEN")),
        ([&key[..], &second("k2")].concat(), None),
        ([&key[..], &second("k")].concat(), Some("FGA_GRANTS_API_TOKEN")),
        ([&key[..], &client("writes")].concat(), Some("FGA_GRANTS_CLIENT_ID")),
        ([&open[..], &second("k2")].concat(), Some("FGA_GRANTS_API_TOKEN")),
    ];
    for (variables, expected) in rows {
        let read = with(&variables);
        let wrong: Vec<_> = read.as_ref().err().into_iter().flatten().map(|error| error.variable).collect();
        assert_eq!(wrong, expected.into_iter().collect::<Vec<_>>(), "{variables:?}");
        assert!(read.is_err() || read.unwrap().fga.grants.is_some());
    }
    assert!(with(&issuer).unwrap().fga.grants.is_none(), "by default nobody grants anything");
}

#[test]
fn the_example_file_is_the_table_of_variables() {
    let example = include_str!("../../../.env.example");
    let names: Vec<_> = example
        .lines()
        .map(|line| line.trim_start_matches("# "))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name))
        .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    let expected: Vec<_> = VARIABLES.iter().map(|variable| variable.name).collect();
    assert_eq!(names, expected);
    for variable in VARIABLES {
        assert!(example.contains(variable.about), ".env.example does not describe {}", variable.name);
    }
}

#[test]
fn the_table_of_settings_is_the_code() {
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once("| variable |").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let rows = VARIABLES.iter().map(|variable| {
        let needed = match (variable.presence, variable.default) {
            (Presence::Required, _) => "yes".to_owned(),
            (Presence::Optional, None) => "no".to_owned(),
            (Presence::Optional, Some(default)) => format!("no, `{default}`"),
        };
        format!("| `{}` | {needed} | {} |\n", variable.name, variable.about.replace('<', "&lt;"))
    });
    let table: String = rows.collect();
    let fresh = format!("{before}| variable | required, default | purpose |\n| --- | --- | --- |\n{table}\n{after}");
    if Env::of_process().get("UPDATE_TABLES").is_some_and(|value| value == "1") {
        std::fs::write(PAGE, fresh).unwrap();
    } else {
        assert!(fresh == page, "the settings have changed: run this test again with UPDATE_TABLES=1");
    }
}
