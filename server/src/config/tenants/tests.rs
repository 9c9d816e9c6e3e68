use super::*;
use crate::config::{ConfigError, FgaAccess, with};
use secrecy::ExposeSecret;
use std::sync::atomic::{AtomicU32, Ordering};

const STORE: &str = "[tenants.globex]\ntools = [\"calculate\"]\n[tenants.globex.fga]\n\
    store_id = \"01JD0000000000000000000002\"\nmodel_id = \"01JD0000000000000000000003\"\n";

/// Reads the configuration with this file and these variables.
fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<ConfigError>> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("countersign-tenants-{}-{}.toml", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, text).unwrap();
    let read = with(&[variables, &[(FILE, path.to_str().unwrap())]].concat());
    std::fs::remove_file(path).unwrap();
    read
}

fn store(config: &Config) -> &Fga {
    match &config.tenants.all["globex"] {
        Tenant::Own { fga, .. } => fga,
        Tenant::Shares => panic!("it has a store of its own"),
    }
}

#[test]
fn a_mistake_in_the_tenants_stops_the_start_and_is_named() {
    let more = |line: &str| format!("{STORE}{line}\n");
    for (text, expected) in [
        (STORE.replace("01JD0000000000000000000002", "01jd"), "[tenants.globex]: store_id must be a ULID"),
        (STORE.replace("model_id", "store"), "unknown field"),
        (STORE.replace("tools = [\"calculate\"]\n", ""), "tools must name"),
        (STORE.replace("[\"calculate\"]", "[]"), "tools must name"),
        (STORE.replace("[tenants.globex]", "[tenants.globex]\nshares_store = true"), "exactly one of"),
        ("[tenants.globex]\n".to_owned(), "exactly one of"),
        ("[tenants.globex]\nshares_store = true\ntools = [\"*\"]\n".to_owned(), "shares the tools"),
        (STORE.replace("globex", "default"), "the tenant of the deployment"),
        (STORE.replace("01JD0000000000000000000002", "01JD0000000000000000000000"), "the store is another tenant's"),
        (format!("{STORE}{}", STORE.replace("globex", "initech")), "the store is another tenant's"),
        (more("api_token_env = \"ABSENT\""), "names the variable ABSENT, which is not set"),
        (more("api_token = \"hunter2\""), "line 6: unknown field"),
        (more("api_url = \"http://fga.example\""), "api_url must begin with https://"),
        (
            more("client_id = \"own\"\nclient_secret_env = \"KEY\"\napi_token_env = \"KEY\"\napi_token_issuer = \"x\""),
            "api_token cannot be set",
        ),
        (more("grants_api_token_env = \"KEY\""), "grants_api_token needs api_token"),
    ] {
        let errors = read(&text, &[("KEY", "hunter2")]).err().unwrap_or_else(|| panic!("{text}"));
        let told = errors.iter().map(ToString::to_string).collect::<String>();
        assert!(told.contains(expected) && told.contains(FILE), "{text}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_tenant_that_a_door_names_and_nobody_describes_stops_the_start() {
    let door = "[doors.runtime]\nresource = \"https://desk.example.com/invocations\"\n\
        [[doors.runtime.issuers]]\nissuer = \"https://idp.example/\"\njwks_url = \"https://idp.example/keys\"\n\
        algorithms = [\"RS256\"]\norganizations = { org_1 = \"default\", org_2 = \"globex\" }\n";
    let path = std::env::temp_dir().join(format!("countersign-tenants-door-{}.toml", std::process::id()));
    std::fs::write(&path, door).unwrap();
    let doors = ("DOORS_FILE", path.to_str().unwrap());
    let errors = with(&[doors]).unwrap_err();
    let expected = "DOORS_FILE [doors.runtime] names the tenant globex, which TENANTS_FILE does not describe";
    assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    assert!(read(STORE, &[doors]).is_ok());
    assert!(read("[tenants.globex]\nshares_store = true\n", &[doors]).is_ok());
    assert!(with(&[doors, ("COUNTERSIGN_TENANT", "globex")]).is_err(), "now nobody describes default");
    std::fs::remove_file(path).unwrap();
}

/// A credential is sent only to the server that it is for.
#[test]
fn the_deployments_credentials_are_used_at_its_own_server_alone() {
    let deployment = [("FGA_API_TOKEN", "of-acme"), ("FGA_GRANTS_API_TOKEN", "writes"), ("KEY", "of-globex")];
    for (lines, url, token, grants) in [
        ("", "https://service.example/", Some("of-acme"), Some("writes")),
        ("api_token_env = \"KEY\"", "https://service.example/", Some("of-globex"), None),
        ("api_url = \"https://fga.example/\"", "https://fga.example/", None, None),
        (
            "api_url = \"https://fga.example/\"\napi_token_env = \"KEY\"",
            "https://fga.example/",
            Some("of-globex"),
            None,
        ),
    ] {
        let config = read(&format!("{STORE}{lines}\n"), &deployment).unwrap();
        let fga = store(&config);
        let key = |access: &FgaAccess| match access {
            FgaAccess::Key(key) => Some(key.expose_secret().to_owned()),
            FgaAccess::Open | FgaAccess::Client(_) => None,
        };
        assert_eq!(fga.api_url.as_str(), url, "{lines}");
        assert_eq!(key(&fga.access).as_deref(), token, "{lines}");
        assert_eq!(fga.grants.as_ref().and_then(key).as_deref(), grants, "{lines}");
    }
}

#[test]
fn names_of_tools_end_with_a_star_or_are_whole() {
    let names = ToolNames(vec!["calculate".to_owned(), "orders___*".to_owned()]);
    let has = |name: &str| names.contains(&ToolName(name.to_owned()));
    assert_eq!(
        ["calculate", "calculate2", "orders___order", "orders", "okta_groups"].map(has),
        [true, false, true, false, false]
    );
    assert!(ToolNames(vec!["*".to_owned()]).contains(&ToolName("okta_groups".to_owned())));
}
