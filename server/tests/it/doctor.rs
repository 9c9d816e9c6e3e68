//! `countersign doctor` with settings that fit the sandbox and with settings that do not.

use crate::world::mcp_door::mcp;
use crate::world::{Custom, TestApp, aws};
use countersign::config::{Config, Policies, PolicySource};
use countersign::doctor::{Report, Verdict};
use countersign::wiring::examine;

async fn report(app: &TestApp, change: impl FnOnce(&mut Config)) -> Report {
    let mut config = app.config.clone();
    change(&mut config);
    examine(&config, &aws(&app.sandbox).await).await
}

fn failing(report: &Report) -> Vec<&'static str> {
    let failed = report.findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Fails(_)));
    failed.map(|finding| finding.part).collect()
}

#[tokio::test]
async fn doctor_finds_nothing_wrong_with_a_correct_configuration_and_changes_nothing() {
    let app = TestApp::with(Custom::application()).await;
    let report = report(&app, |_| {}).await;
    assert!(report.is_well(), "{report}");
    let works: Vec<_> = report.abilities.iter().filter(|ability| ability.works).map(|ability| ability.name).collect();
    let expected =
        ["sign-in", "approvals", "refresh tokens", "tokens for MCP", "provider sign-out", "back-channel logout"];
    assert_eq!(works, expected, "{report}");
    assert!(!report.to_string().contains(app.sandbox.variable("OIDC_CLIENT_SECRET").unwrap()), "{report}");
    app.finish().await;
}

#[tokio::test]
async fn doctor_names_each_wrong_setting() {
    let app = TestApp::start().await;
    let nowhere = || url::Url::parse("http://127.0.0.1:9/").unwrap();
    let found = report(&app, |config| config.oidc.issuer = app.sandbox.issuer().trim_end_matches('/').to_owned()).await;
    assert_eq!(failing(&found), ["discovery"], "an issuer with another end: {found}");
    assert!(found.to_string().contains("character by character"), "{found}");
    let found = report(&app, |config| {
        let secret = countersign::config::CredentialSettings::Secret("wrong".into(), None);
        config.oidc.client.credential = secret;
    })
    .await;
    assert_eq!(failing(&found), ["client"], "{found}");
    // The test itself caused the protocol violation of the wrong secret.
    app.sandbox.sins().take();
    let found = report(&app, |config| config.fga.api_url = nowhere()).await;
    assert_eq!(failing(&found), ["permissions"], "{found}");
    let found = report(&app, |config| config.aws.table = "absent".to_owned()).await;
    assert_eq!(failing(&found), ["tables"], "{found}");
    let found = report(&app, |config| config.aws.ledger_key_secret_id = "absent".to_owned()).await;
    assert_eq!(failing(&found), ["ledger keys"], "{found}");
    let found = report(&app, |config| config.model.id = Some("us.amazon.absent-v1:0".to_owned())).await;
    assert_eq!(failing(&found), ["model"], "{found}");
    app.finish().await;
}

#[tokio::test]
async fn doctor_looks_at_doors_policies_and_targets() {
    let custom = Custom { doors: Box::new(mcp), targets: crate::world::targets::demo, ..Custom::application() };
    let app = TestApp::with(custom).await;
    let roles = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../authz/policies/roles"));
    let policies = |source| Some(Policies { source, mode: policies::Mode::Enforce, gateway: None });
    let found = report(&app, |config| config.policies = policies(PolicySource::Path(roles.to_owned()))).await;
    assert!(found.is_well(), "{found}");
    for part in ["mcp: the keys of http://localhost", "roles load", "tools of"] {
        assert!(found.to_string().contains(part), "{part}: {found}");
    }
    let found = report(&app, |config| config.policies = policies(PolicySource::Table)).await;
    assert_eq!(failing(&found), ["policies"], "{found}");
    let found = report(&app, |config| {
        let text = "[doors.mcp]\nresource = \"https://desk.example/mcp\"\n[[doors.mcp.issuers]]\nissuer = \"https://a.example/\"\n\
                    jwks_url = \"http://127.0.0.1:9/\"\nalgorithms = [\"RS256\"]\ntenant = \"default\"\n";
        config.doors = callers::DoorsConfig::parse(text).unwrap();
    })
    .await;
    assert_eq!(failing(&found), ["door"], "{found}");
    app.finish().await;
}
