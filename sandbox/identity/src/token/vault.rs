//! Exchange of one of this provider's tokens for a third party's access token (Auth0's *Token Vault*).
//! Must not narrow the granted scopes: the token is handed out as the third party granted it.

use axum::response::Response;
use serde_json::{Value, json};

use crate::accounts::NoLoan;
use crate::adversary::{Garbage, RefusalOrder};
use crate::http::Params;
use crate::provider::Provider;
use crate::settings::{Client, PollStatuses, Refresh};
use crate::token::error::TokenError;
use crate::token::families::Dead;
use crate::token::issue;

/// Parameters of the exchange. `scope` is not among them: the vault cannot narrow scopes, and Auth0's own clients do
/// not send it.
pub(super) const PARAMETERS: [&str; 5] =
    ["subject_token_type", "subject_token", "requested_token_type", "connection", "login_hint"];

const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// An identifier, not a URL to fetch; Auth0 spells it with `http`.
const LENT_TOKEN: &str = "http://auth0.com/oauth/token-type/federated-connection-access-token";

pub(super) fn exchange(provider: &Provider, client: &Client, params: &Params) -> Result<Response, TokenError> {
    let required = |name: &str| params.get(name).ok_or_else(|| TokenError::missing(name));
    let (token, kind) = (required("subject_token")?, required("subject_token_type")?);
    let connection = required("connection")?;
    if required("requested_token_type")? != LENT_TOKEN {
        return Err(TokenError::invalid_request("Unsupported requested_token_type"));
    }
    obey(provider)?;
    let sub = match kind {
        REFRESH_TOKEN => of_refresh_token(provider, client, token)?,
        ACCESS_TOKEN => of_access_token(provider, client, token)?,
        _ => return Err(TokenError::invalid_request("Unsupported subject_token_type")),
    };
    let person = provider.settings().people.by_sub(&sub).ok_or_else(TokenError::person_gone)?;
    let connection = provider.settings().connection(connection).ok_or_else(TokenError::account_not_found)?;
    let loan = provider.lend(&person.sub, connection, params.get("login_hint")).map_err(|none| match none {
        NoLoan::NotFound => TokenError::account_not_found(),
        NoLoan::UnknownHint => TokenError::unknown_account(),
        NoLoan::Several => TokenError::several_accounts(),
        NoLoan::Refused => TokenError::third_party_refused(),
    })?;
    let scope = loan.scopes.iter().collect::<Vec<_>>().join(connection.separator.text());
    let body = json!({
        "access_token": loan.token,
        "scope": scope,
        "expires_in": loan.left_s,
        "issued_token_type": LENT_TOKEN,
        "token_type": "Bearer",
    });
    let Value::Object(mut members) = body else { return Err(TokenError::server_error()) };
    match provider.adversary().alter_members(&mut members) {
        Ok(()) => Ok(issue::no_store(&Value::Object(members))),
        Err(Garbage) => Ok(issue::garbage()),
    }
}

/// Refuses a valid exchange if the adversary says so.
fn obey(provider: &Provider) -> Result<(), TokenError> {
    match provider.adversary().refusal() {
        None => Ok(()),
        Some(RefusalOrder::ServerError) => Err(TokenError::server_error()),
        Some(RefusalOrder::Throttle | RefusalOrder::SlowDown) => {
            Err(TokenError::too_many_requests(provider.now() + 1).retry_after(1))
        }
        Some(RefusalOrder::Refuse(error)) => Err(TokenError::ordered(PollStatuses::BadRequest, error)),
    }
}

/// Returns the `sub` of a refresh token. Token Vault requires rotation to be off, because rotation would use up the
/// subject token.
fn of_refresh_token(provider: &Provider, client: &Client, token: &str) -> Result<String, TokenError> {
    if client.refresh != Refresh::Fixed {
        return Err(TokenError::rotation_forbids());
    }
    let now = provider.now();
    let presented = provider.store(|store| store.families.present(token, &client.id, client.refresh, now));
    match presented {
        Ok(authorization) => Ok(authorization.sub),
        Err(Dead::Unusable | Dead::Reused) => Err(TokenError::invalid_refresh_token()),
    }
}

/// Returns the `sub` of an access token. Only the API's own client may exchange access tokens for that API.
fn of_access_token(provider: &Provider, client: &Client, token: &str) -> Result<String, TokenError> {
    let api = client.resource_server.as_deref().ok_or_else(TokenError::no_resource_server)?;
    match provider.verify_access_token(token, api) {
        Ok(claims) => Ok(claims.sub),
        Err(why) => Err(TokenError::invalid_subject_token(why)),
    }
}
