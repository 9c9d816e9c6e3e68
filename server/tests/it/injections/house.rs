//! One server and sandbox for a script, with the injected text planted, and with an earlier conversation of another
//! person.

use super::script::{Accounts, Channel, Script};
use super::server;
use crate::world::browser::Browser;
use crate::world::{Custom, TestApp, aws};
use aws_config::SdkConfig;
use axum::http::StatusCode;
use reqwest::Client;
use reqwest::redirect::Policy;
use sandbox::Sandbox;
use sandbox::cloud::github::{Repository, Visibility};
use sandbox::cloud::{Fault, Times};
use sandbox::identity::{Alteration, Tamper};
use sandbox::mcp::Hostile;
use serde_json::json;
use std::sync::LazyLock;
use tokio::sync::OnceCell;

/// The marks that identify the two conversations wherever they appear: the attacked one and another person's.
pub(super) const MARKS: [&str; 2] = ["mark-00001", "mark-00002"];

/// Shared by all scripts, because building it reads the system's certificates, which is slow.
static HTTP: LazyLock<Client> =
    LazyLock::new(|| Client::builder().no_proxy().redirect(Policy::none()).build().unwrap());
static AWS: OnceCell<SdkConfig> = OnceCell::const_new();

/// The place in the question when the weather service carries the text.
const PLACE: &str = "Tokyo";

/// The setting of a script.
pub(super) struct House {
    pub(super) app: TestApp,
    /// The script with the addresses of this setting.
    pub(super) script: Script,
    pub(super) person: Browser,
    /// Another person and the events of their earlier conversation.
    pub(super) other: (&'static str, Vec<app::wire::Event>),
    /// The script's MCP server.
    pub(super) outside: Option<Hostile>,
    /// The attacker's own server, which must not receive any request.
    pub(super) elsewhere: Hostile,
    address: String,
    foreign: String,
}

impl House {
    /// Starts everything, lets another person talk first, plants the text, and makes the model obey it.
    pub(super) async fn build(script: &Script) -> Self {
        let (elsewhere, address) = server::start().await;
        let (hostile, origin) = server::start().await;
        // Offers nothing until the text is planted, so that no tool is pinned earlier.
        hostile.offer(Vec::new());
        let app = TestApp::with(custom(script, origin)).await;
        let other = if script.who == "bob" { "grace" } else { "bob" };
        let question = format!("Hello ({})", MARKS[1]);
        let (foreign, events) = signed_in(&app, other).await.ask(&question).await;
        let script = script.at(&address, &foreign);
        let outside = script.server.as_ref().map(|own| {
            server::order(&hostile, &script, own);
            hostile
        });
        let person = sign_in(&app, &script).await;
        plant(&app, &script);
        if !script.obeys.is_empty() {
            app.sandbox.bedrock().obey(script.arriving(), script.answers());
        }
        if let Some(first) = &script.first {
            app.sandbox.bedrock().next(sandbox::bedrock::Mischief::Say(first.blocks()));
        }
        Self { app, script, person, other: (other, events), outside, elsewhere, address, foreign }
    }

    /// Returns the AWS settings of the sandbox, which are the same for all scripts.
    pub(super) async fn aws(&self) -> &'static SdkConfig {
        AWS.get_or_init(|| aws(&self.app.sandbox)).await
    }

    /// Replaces addresses and ids by their names in the scripts, so that results are equal in every run.
    pub(super) fn named(&self, text: &str) -> String {
        text.replace(&self.address, "{elsewhere}").replace(&self.foreign, "{foreign}")
    }

    pub(super) fn email(who: &str) -> String {
        format!("{who}@acme.example")
    }
}

/// Returns a browser with a signed-in person.
async fn signed_in(app: &TestApp, who: &str) -> Browser {
    let browser = Browser::of(HTTP.clone(), &app.url);
    let home = browser.sign_in(who).await;
    assert_eq!((home.status, home.url.path()), (200, "/"), "{who} is signed in: {}", home.body);
    browser
}

fn custom(script: &Script, origin: String) -> Custom {
    let custom = match script.okta {
        Accounts::Application => Custom::application(),
        Accounts::Own => Custom::default(),
    };
    match script.server.clone() {
        None => custom,
        Some(own) => Custom { mcp: Box::new(move |sandbox: &Sandbox| server::file(&own, sandbox, &origin)), ..custom },
    }
}

async fn sign_in(app: &TestApp, script: &Script) -> Browser {
    let subject = format!("user:auth0|{}", script.who);
    if let Some(own) = &script.server {
        app.grant(&subject, "can_call", &format!("tool:{}/{}", own.name, own.tool)).await;
    }
    for (relation, object) in &script.may {
        app.grant(&subject, relation, object).await;
    }
    if script.channel == Channel::PersonName {
        app.sandbox.provider().tamper(Tamper::Once(Alteration::IdTokenClaim("name", json!(script.words))));
    }
    let person = signed_in(app, &script.who).await;
    let account = match script.who.as_str() {
        "bob" => crate::own_vault::BOB,
        _ => crate::own_vault::ADA,
    };
    if script.channel == Channel::GithubRepository {
        let repository = Repository { name: script.words.clone(), visibility: Visibility::Public };
        assert!(app.sandbox.github().add_repository(account, repository));
    }
    if matches!(script.channel, Channel::GithubRepository | Channel::GithubError) {
        person.connect_github(account).await;
    }
    person
}

/// Plants the text in its channel, unless it is there already.
fn plant(app: &TestApp, script: &Script) {
    let words = &script.words;
    let fails = |service: &str, code, body: serde_json::Value| {
        let body = body.to_string();
        app.sandbox.faults().set(service, Some(Fault::Says { code, body }), Times::Always);
    };
    match script.channel {
        Channel::OktaGroup => app.sandbox.okta().add_to_group(&House::email(&script.who), words).unwrap(),
        Channel::OktaError => fails(
            "okta",
            StatusCode::BAD_REQUEST,
            json!({"errorCode": "E0000001", "errorSummary": words, "errorCauses": [{"errorSummary": words}]}),
        ),
        Channel::GithubError => fails("github", StatusCode::UNPROCESSABLE_ENTITY, json!({"message": words})),
        Channel::WeatherPlace => app.sandbox.open_meteo().rename(PLACE, words),
        Channel::WeatherError => {
            fails("openmeteo", StatusCode::BAD_REQUEST, json!({"error": true, "reason": words}));
        }
        _ => {}
    }
}
