//! The connected accounts endpoints of Auth0's My Account API, with which clients manage a person's accounts.
//! Must act only for the subject of the access token.

mod bearer;
mod body;
mod complete;
mod connect;
mod error;
mod lists;

use axum::Router;
use axum::routing::{delete, get, post};
use serde_json::{Value, json};

use crate::accounts::Account;
use crate::provider::Provider;
use error::Problem;

pub(crate) fn router() -> Router<Provider> {
    Router::new()
        .route("/me/v1/connected-accounts/connect", post(connect::connect))
        .route("/me/v1/connected-accounts/complete", post(complete::complete))
        .route("/me/v1/connected-accounts/accounts", get(lists::accounts))
        .route("/me/v1/connected-accounts/accounts/{id}", delete(lists::delete))
        .route("/me/v1/connected-accounts/connections", get(lists::connections))
}

/// The scope that an endpoint requires.
#[derive(Debug, Clone, Copy)]
enum Scope {
    Create,
    Read,
    Delete,
}

impl Scope {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create:me:connected_accounts",
            Self::Read => "read:me:connected_accounts",
            Self::Delete => "delete:me:connected_accounts",
        }
    }
}

fn written(account: &Account) -> Value {
    let mut body = json!({
        "id": account.id,
        "connection": account.connection,
        "access_type": "offline",
        "scopes": account.scopes.iter().collect::<Vec<_>>(),
        "created_at": time(account.created_at),
    });
    if let Some(at) = account.expires_at {
        body["expires_at"] = json!(time(at));
    }
    body
}

/// Formats seconds since 1970 as Auth0 does.
fn time(seconds: i64) -> String {
    let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}
