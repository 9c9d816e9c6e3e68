//! The applications and APIs registered at the identity provider.

use sandbox_cloud::orders;
use sandbox_identity::{Audience, Client, ClientGrant, Grant, RefreshPolicy, Registration, Settings};
use sandbox_kit::{People, canary};
use sandbox_mcp::tasks;

use crate::listeners::{Addresses, browsed, called};
use crate::third_parties;

/// The scopes of the agent's application in Okta.
pub(crate) const OKTA_SCOPES: [&str; 3] = ["okta.users.read", "okta.groups.read", "okta.users.manage"];

/// The scopes by which a person's client manages their connected accounts.
const MY_ACCOUNT_SCOPES: [&str; 3] =
    ["create:me:connected_accounts", "read:me:connected_accounts", "delete:me:connected_accounts"];

/// Types of `authorization_details` in which the agent requests approval: the one that Auth0's own app displays, and
/// the product's.
const APPROVAL_TYPES: [&str; 2] =
    ["urn:auth0:schemas:authorization-details:v1:countersign-call", "urn:countersign:authorization-details:v1:call"];

/// The scopes of a person's client at the product's own API.
const API_SCOPES: [&str; 1] = ["act"];

/// The scope of a stranger's token at the product's MCP door.
pub(crate) const DOOR_SCOPE: &str = "tools";

/// The scope of a person's token at the API of the agent of another team.
const AGENT_SCOPE: &str = "ask";

/// Number of clients that can register themselves. They are forgotten with the sandbox.
const MOST_REGISTRATIONS: usize = 100;

/// The applications' ids.
pub(crate) const WEB: &str = "countersign";
pub(crate) const FGA: &str = "countersign-fga";
pub(crate) const FGA_GRANTS: &str = "countersign-fga-grants";
pub(crate) const OKTA: &str = "countersign-okta";
pub(crate) const API: &str = "countersign-api";
/// An agent of another team, which acts for people at the MCP door.
pub(crate) const AGENT: &str = "acme-agent";

/// Returns an application's secret. It is constant, so that the product's server works after a restart of the sandbox.
pub(crate) fn secret(client: &str) -> String {
    format!("{client}_{}_sandbox", canary::MARK)
}

/// Returns the `aud` of tokens for FGA, with a trailing slash like Auth0 FGA's.
pub(crate) fn fga_audience(addresses: &Addresses) -> String {
    format!("{}/", called(addresses.fga))
}

/// Returns the `aud` of tokens for the MCP server `tasks`: its endpoint, as in RFC 8707.
pub(crate) fn tasks_audience(addresses: &Addresses) -> String {
    tasks(addresses).endpoint()
}

/// Returns the `aud` of tokens for the API of orders.
pub(crate) fn orders_audience(addresses: &Addresses) -> String {
    called(addresses.orders)
}

/// Returns the `aud` of people's tokens for the product's own API, which that API's client may exchange.
pub(crate) fn api_audience(addresses: &Addresses) -> String {
    format!("{}/countersign-api", browsed(addresses.identity))
}

/// Returns the `aud` of tokens for the product's MCP door: its address.
pub(crate) fn door_audience(app_url: &str) -> String {
    format!("{app_url}/mcp")
}

/// Returns the `aud` of people's tokens for the API of [`AGENT`], which that agent may exchange.
pub(crate) fn agent_audience(addresses: &Addresses) -> String {
    format!("{}/{AGENT}", browsed(addresses.identity))
}

/// Returns the settings of the MCP server `tasks`, which accepts tokens of the product's web client.
pub(crate) fn tasks(addresses: &Addresses) -> tasks::Settings {
    tasks::Settings {
        url: called(addresses.mcp),
        issuer: format!("{}/", browsed(addresses.identity)),
        clients: vec![WEB.to_owned()],
    }
}

/// Returns the `aud` of tokens for Okta.
pub(crate) fn okta_audience(addresses: &Addresses) -> String {
    called(addresses.okta)
}

pub(crate) fn identity(addresses: &Addresses, people: People, told: &crate::Settings) -> Settings {
    let app_url = &told.app_url;
    let mut settings = Settings::new(format!("{}/", browsed(addresses.identity)), people);
    let approvals: Vec<_> = APPROVAL_TYPES.map(str::to_owned).into();
    let mut web = Client::new(WEB, secret(WEB), "Countersign");
    web.grants.extend([Grant::Ciba, Grant::TokenVault]);
    web.refresh = told.refresh;
    web.refresh_policies = vec![
        RefreshPolicy { audience: settings.my_account_audience(), scopes: MY_ACCOUNT_SCOPES.map(str::to_owned).into() },
        RefreshPolicy { audience: tasks_audience(addresses), scopes: tasks::SCOPES.map(str::to_owned).into() },
        RefreshPolicy { audience: orders_audience(addresses), scopes: orders::SCOPES.map(str::to_owned).into() },
        RefreshPolicy { audience: api_audience(addresses), scopes: API_SCOPES.map(str::to_owned).into() },
    ];
    web.details_types.clone_from(&approvals);
    web.callbacks = vec![format!("{app_url}/auth/callback"), format!("{app_url}/auth/connect/callback")];
    web.logout_urls = vec![format!("{app_url}/")];
    web.backchannel_logout_url = Some(format!("{app_url}/auth/backchannel-logout"));
    let fga = machine(FGA, "Countersign asks FGA", fga_audience(addresses), &[]);
    let grants = machine(FGA_GRANTS, "Countersign grants access", fga_audience(addresses), &[]);
    let okta = machine(OKTA, "Countersign calls Okta", okta_audience(addresses), &OKTA_SCOPES);
    let mut own = Client::new(API, secret(API), "Countersign's API");
    own.grants = vec![Grant::TokenVault];
    own.resource_server = Some(api_audience(addresses));
    let grants_of_strangers = strangers(addresses, app_url);
    settings.registration = Registration::Open { grants: grants_of_strangers, most: MOST_REGISTRATIONS };
    settings.clients = vec![web, fga, grants, okta, own, agent(addresses, app_url)];
    settings.audiences = vec![
        Audience::new(fga_audience(addresses), &[]),
        Audience::new(settings.my_account_audience(), &MY_ACCOUNT_SCOPES),
        Audience::new(tasks_audience(addresses), &tasks::SCOPES),
        Audience::new(orders_audience(addresses), &orders::SCOPES),
        Audience { details_types: approvals.clone(), ..Audience::new(api_audience(addresses), &API_SCOPES) },
        Audience {
            person_claims: ["email", "email_verified", "preferred_username"].map(str::to_owned).into(),
            ..Audience::new(door_audience(app_url), &[DOOR_SCOPE])
        },
        Audience::new(agent_audience(addresses), &[AGENT_SCOPE]),
        Audience {
            details_types: approvals,
            ..Audience::new(okta_audience(addresses), &["okta.users.read", "okta.groups.read", "okta.users.manage"])
        },
    ];
    settings.ciba = told.ciba;
    settings.connections = third_parties::connections(addresses, &settings.people, told.lent_token_s);
    settings.connected.clone_from(&told.connected);
    settings.connected.extend(settings.people.crowd().map(third_parties::manages));
    settings
}

/// Returns the APIs that strangers may call on behalf of people: the MCP door, and the agent of another team.
fn strangers(addresses: &Addresses, app_url: &str) -> Vec<ClientGrant> {
    let grant = |audience, scope: &str| ClientGrant { audience, scopes: vec![scope.to_owned()] };
    vec![grant(door_audience(app_url), DOOR_SCOPE), grant(agent_audience(addresses), AGENT_SCOPE)]
}

/// Returns the agent, which acts for people at the MCP door, and calls it as itself in vain.
fn agent(addresses: &Addresses, app_url: &str) -> Client {
    let mut client = machine(AGENT, "Acme's agent", door_audience(app_url), &[DOOR_SCOPE]);
    client.grants.push(Grant::OnBehalfOf);
    client.user_grants.clone_from(&client.client_grants);
    client.resource_server = Some(agent_audience(addresses));
    client
}

/// Returns an application that calls one API as itself (client credentials).
fn machine(id: &str, name: &str, audience: String, scopes: &[&str]) -> Client {
    let mut client = Client::new(id, secret(id), name);
    client.grants = vec![Grant::ClientCredentials];
    client.client_grants = vec![ClientGrant { audience, scopes: scopes.iter().map(ToString::to_string).collect() }];
    client
}
