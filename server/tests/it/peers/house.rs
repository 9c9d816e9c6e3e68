//! One profile of the provider, with the people who use it.

use super::table::Row;
use super::{approval, end, person};
use crate::fail_closed::seen::outcome;
use crate::world::browser::Browser;
use crate::world::frames::said;
use crate::world::{Custom, Elsewhere, TestApp, mcp};
use countersign::wiring::StartError;
use peers::oidc::{Character, Provider};
use sandbox::Sandbox;
use serde_json::Value;
use tokio::net::TcpListener;

pub(crate) const GROUPS: &str = "What are my Okta groups?";

/// Ada's groups at the sandbox's Okta.
const OWN_GROUPS: [&str; 3] = ["Everyone", "IT Helpdesk", "VPN users"];

/// Permissions of all people, so that a refusal has another reason.
const RIGHTS: [(&str, &str); 3] =
    [("read_okta", "okta:groups"), ("read_okta", "okta:users"), ("manage_okta", "okta:users")];

/// The provider with one profile, and the server that signs people in there.
pub(crate) struct House {
    pub(crate) provider: Provider,
    pub(crate) app: TestApp,
}

/// Starts the provider and the server.
pub(crate) async fn start(character: &Character) -> Result<House, StartError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let provider = Provider::start(&character.name, &url).await.unwrap();
    let env = variables(&provider);
    // A server of tasks, which needs tokens for another API.
    let servers: fn(&Sandbox) -> String = if character.api_tokens { mcp::tasks } else { |_| String::new() };
    let custom = Custom { elsewhere: Some(Elsewhere { listener, env }), mcp: Box::new(servers), ..Custom::default() };
    let app = TestApp::try_with(custom).await?;
    for account in approval::PEOPLE {
        for (relation, object) in RIGHTS {
            app.grant(&principal(&provider, account), relation, object).await;
        }
    }
    Ok(House { provider, app })
}

/// Lets the people use the server and returns the outcomes.
pub(crate) async fn live(character: Character) -> Row {
    let mut row = Row::of(&character);
    let House { provider, app } = match start(&character).await {
        Ok(house) => house,
        Err(error) => return Row { sign_in: format!("the server does not start: {error}"), ..row },
    };
    let ada = app.browser();
    row.sign_in = enter(&app, &ada, &provider, &character).await;
    if let Ok(me) = person::known(&ada).await {
        row.named = format!("{}, {}", me.name, me.email.as_deref().unwrap_or("no address"));
        let (_, events) = ada.ask(GROUPS).await;
        let all = OWN_GROUPS.iter().all(|group| said(&events).contains(group));
        row.groups = if all { "answered".to_owned() } else { outcome(&events) };
        row.approval = approval::ask(&app, &provider, &ada).await;
        row.ended = end::by_the_provider(&app, &provider).await;
        row.sign_out = end::by_the_person(&ada).await;
        row.refresh = end::refresh_token(&provider.seen().await.unwrap(), character.api_tokens);
    }
    app.finish().await;
    row
}

/// Returns the provider's variables, without connections of a token vault, which only Auth0 has.
fn variables(provider: &Provider) -> Vec<(String, String)> {
    let without = ["OKTA_CONNECTION", "GITHUB_CONNECTION"].map(|name| (name.to_owned(), String::new()));
    without.into_iter().chain(provider.variables()).collect()
}

/// Returns a person's name in FGA, according to the provider's variables.
pub(crate) fn principal(provider: &Provider, account: &str) -> String {
    let claims = provider.person(account);
    let by = provider.variables().into_iter().find_map(|(name, value)| (name == "FGA_PRINCIPAL").then_some(value));
    let claim = match by.as_deref() {
        None | Some("sub") => "sub",
        Some(by) => by.strip_prefix("claim:").unwrap_or(by),
    };
    format!("user:{}", written_for_fga(claims[claim].as_str().unwrap()))
}

/// Percent-encodes the characters with a meaning in FGA, as in docs/permissions.md.
fn written_for_fga(principal: &str) -> String {
    let special = |c: char| matches!(c, '%' | ':' | '#' | '*' | ' ');
    principal.chars().map(|c| if special(c) { format!("%{:02X}", c as u32) } else { c.to_string() }).collect()
}

async fn enter(app: &TestApp, ada: &Browser, provider: &Provider, character: &Character) -> String {
    let page = person::sign_in(ada, "ada").await;
    if person::known(ada).await.is_err() {
        let ready = if person::ready(app).await { "" } else { "never ready; " };
        let refused = provider.seen().await.unwrap()["refused"].as_array().cloned().unwrap_or_default();
        let refused: Vec<_> =
            refused.iter().filter_map(Value::as_str).map(|it| format!("; the provider: {it}")).collect();
        return format!("{ready}{}{}", person::words(&page), refused.concat());
    }
    if !character.rotates_keys {
        let asked = provider.seen().await.unwrap()["userinfo"] != 0;
        return if asked { "works, with /userinfo".to_owned() } else { "works".to_owned() };
    }
    provider.rotate().await.unwrap();
    let page = person::sign_in(&app.browser(), "bob").await;
    if page.status == 200 { "works before and after".to_owned() } else { format!("after it: {}", person::words(&page)) }
}
