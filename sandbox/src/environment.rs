//! The environment variables by which the product's server finds every stand-in.

use crate::clients::{self, OKTA_SCOPES};
use crate::keys::{LEDGER_KEYS, SESSION_KEYS};
use crate::listeners::{Addresses, browsed, called};
use crate::third_parties;
use sandbox_mcp::tasks::SCOPES as TASKS_SCOPES;

/// The access key id that the sandbox's AWS services accept.
pub(crate) const ACCESS_KEY: &str = "AKIACOUNTERSIGN00000";
pub(crate) const REGION: &str = "us-east-1";

/// Returns the secret of [`ACCESS_KEY`].
pub(crate) fn secret_key() -> String {
    clients::secret("aws")
}

/// Returns every variable that the server needs, in the order of its documentation.
pub(crate) fn variables(addresses: &Addresses, app_url: &str, store: &str, model: &str) -> Vec<(String, String)> {
    let identity = browsed(addresses.identity);
    let rows: [(&str, String); 57] = [
        ("COUNTERSIGN_URL", app_url.to_owned()),
        ("OIDC_ISSUER", format!("{identity}/")),
        ("OIDC_PROFILE", "auth0".to_owned()),
        ("OIDC_CLIENT_ID", clients::WEB.to_owned()),
        ("OIDC_CLIENT_SECRET", clients::secret(clients::WEB)),
        ("APPROVAL_AUDIENCE", clients::okta_audience(addresses)),
        ("FGA_API_URL", called(addresses.fga)),
        ("FGA_STORE_ID", store.to_owned()),
        ("FGA_MODEL_ID", model.to_owned()),
        ("FGA_API_TOKEN_ISSUER", identity.clone()),
        ("FGA_API_AUDIENCE", clients::fga_audience(addresses)),
        ("FGA_CLIENT_ID", clients::FGA.to_owned()),
        ("FGA_CLIENT_SECRET", clients::secret(clients::FGA)),
        ("FGA_GRANTS_CLIENT_ID", clients::FGA_GRANTS.to_owned()),
        ("FGA_GRANTS_CLIENT_SECRET", clients::secret(clients::FGA_GRANTS)),
        ("OKTA_BASE_URL", called(addresses.okta)),
        ("OKTA_TOKEN_URL", format!("{identity}/oauth/token")),
        ("OKTA_AUDIENCE", clients::okta_audience(addresses)),
        ("OKTA_CLIENT_ID", clients::OKTA.to_owned()),
        ("OKTA_CLIENT_SECRET", clients::secret(clients::OKTA)),
        ("OKTA_SCOPES", OKTA_SCOPES.join(" ")),
        ("OKTA_CONNECTION", third_parties::OKTA.to_owned()),
        ("API_AUDIENCE", clients::api_audience(addresses)),
        ("API_CLIENT_ID", clients::API.to_owned()),
        ("API_CLIENT_SECRET", clients::secret(clients::API)),
        ("GITHUB_BASE_URL", browsed(addresses.github)),
        ("GITHUB_API_URL", called(addresses.github)),
        ("GITHUB_CLIENT_ID", third_parties::GITHUB_APP.to_owned()),
        ("GITHUB_CLIENT_SECRET", clients::secret(third_parties::GITHUB_APP)),
        ("GITHUB_CONNECTION", third_parties::GITHUB.to_owned()),
        ("GITHUB_CONNECTION_SCOPES", "repo".to_owned()),
        ("OPEN_METEO_URL", called(addresses.open_meteo)),
        ("OPEN_METEO_GEOCODING_URL", called(addresses.open_meteo)),
        ("MCP_TASKS_URL", clients::tasks_audience(addresses)),
        ("MCP_TASKS_AUDIENCE", clients::tasks_audience(addresses)),
        ("MCP_TASKS_SCOPES", TASKS_SCOPES[0].to_owned()),
        // For the file of doors, and for whoever tries the MCP door.
        ("MCP_DOOR_AUDIENCE", clients::door_audience(app_url)),
        ("MCP_DOOR_SCOPE", clients::DOOR_SCOPE.to_owned()),
        ("AGENT_CLIENT_ID", clients::AGENT.to_owned()),
        ("AGENT_CLIENT_SECRET", clients::secret(clients::AGENT)),
        ("AGENT_AUDIENCE", clients::agent_audience(addresses)),
        ("ORDERS_URL", called(addresses.orders)),
        ("ORDERS_AUDIENCE", clients::orders_audience(addresses)),
        ("LAMBDA_ENDPOINT_URL", called(addresses.lambda)),
        // A service on loopback: without PUSH_KEY_FILE notifications are off.
        ("PUSH_SERVICES", called(addresses.push)),
        ("PUSH_CONTACT", "mailto:it@acme.example".to_owned()),
        ("BEDROCK_ENDPOINT_URL", called(addresses.bedrock)),
        ("BEDROCK_MODEL_ID", "us.amazon.nova-pro-v1:0".to_owned()),
        ("DYNAMODB_ENDPOINT_URL", called(addresses.dynamodb)),
        ("SECRETS_MANAGER_ENDPOINT_URL", called(addresses.secrets_manager)),
        ("STS_ENDPOINT_URL", called(addresses.sts)),
        // For a client of the runtime door.
        ("AGENT_CORE_URL", called(addresses.agent_core)),
        ("SESSION_KEY_SECRET_ID", SESSION_KEYS.to_owned()),
        ("LEDGER_KEY_SECRET_ID", LEDGER_KEYS.to_owned()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", secret_key()),
    ];
    rows.map(|(name, value)| (name.to_owned(), value)).into()
}
