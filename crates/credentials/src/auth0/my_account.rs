//! Client of Auth0's My Account API, which connects, lists and deletes a person's accounts at third parties. It has no
//! access to sessions: the caller stores a [`PendingConnection`] in the session that began it and completes it from
//! there.

mod wire;

use crate::accounts::AccountError;
use crate::pkce;
use agent::Actor;
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Unavailable};
use oidc::{RelyingParty, SERVICE};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use url::Url;
pub use wire::ConnectedAccount;
use wire::{Accounts, Started};

/// Provider name in the [`Need`] for a token of this API.
pub const PROVIDER: &str = "my-account";

/// Scopes for all operations of this module.
const SCOPES: [&str; 3] =
    ["create:me:connected_accounts", "read:me:connected_accounts", "delete:me:connected_accounts"];
/// Number of accounts a page: the API's maximum.
const PAGE: &str = "20";
/// Maximum number of pages to read; more than any person has.
const MOST_PAGES: usize = 20;

/// Client of the My Account API at the provider that people sign in with.
pub struct MyAccount {
    provider: Arc<RelyingParty>,
    vault: Arc<dyn CredentialProvider>,
}

/// A request to connect an account.
#[derive(Debug, Clone, Copy)]
pub struct ConnectRequest<'a> {
    /// Name of the Auth0 connection.
    pub connection: &'a str,
    /// All scopes that the account is to have; they replace the previous ones. Empty for those of the connection.
    pub scopes: &'a [String],
    /// Callback address, which must be registered for the client.
    pub redirect_uri: &'a str,
    /// Value that the callback echoes; unguessable, and stored in the person's session.
    pub state: &'a str,
}

/// State of a pending connection. The caller stores it in the person's session and removes it when it is used.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingConnection {
    auth_session: String,
    verifier: String,
    redirect_uri: String,
}

impl fmt::Debug for PendingConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingConnection { .. }")
    }
}

impl MyAccount {
    /// Creates a client of the API at `provider`. Requests access tokens for [`PROVIDER`] from `vault`, which must have
    /// the audience that [`audience`] returns.
    #[must_use]
    pub fn new(provider: Arc<RelyingParty>, vault: Arc<dyn CredentialProvider>) -> Self {
        Self { provider, vault }
    }

    /// Begins to connect an account. Returns the address for the browser and the state to store until the callback.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn begin(
        &self,
        actor: &Actor,
        request: ConnectRequest<'_>,
    ) -> Result<(Url, PendingConnection), AccountError> {
        let verifier = pkce::verifier()?;
        let mut body = json!({
            "connection": request.connection,
            "redirect_uri": request.redirect_uri,
            "state": request.state,
            "code_challenge": pkce::challenge(&verifier),
            "code_challenge_method": "S256",
        });
        // Auth0 rejects an empty list. Without the member, it requests the connection's own scopes.
        if !request.scopes.is_empty() {
            body["scopes"] = json!(request.scopes);
        }
        let (status, body) = self.post("connect", actor, &body).await?;
        let started: Started = wire::read(status, &body)?;
        let mut page = Url::parse(&started.connect_uri).map_err(|_| failed("connect_uri is not a URL"))?;
        // Never redirect the browser to another origin than the provider's.
        if Url::parse(self.provider.issuer()).map_err(|_| failed("the issuer is not a URL"))?.origin() != page.origin()
        {
            return Err(failed("connect_uri is not at the provider's origin").into());
        }
        page.query_pairs_mut().append_pair("ticket", started.connect_params.ticket.expose_secret());
        let pending = PendingConnection {
            auth_session: started.auth_session.expose_secret().to_owned(),
            verifier,
            redirect_uri: request.redirect_uri.to_owned(),
        };
        Ok((page, pending))
    }

    /// Completes a pending connection with the `connect_code` of the callback. The caller has compared `state` and
    /// removed `pending` from the session. Returns `None` if the connection was completed before.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn complete(
        &self,
        actor: &Actor,
        pending: PendingConnection,
        connect_code: &str,
    ) -> Result<Option<ConnectedAccount>, AccountError> {
        let body = json!({
            "auth_session": pending.auth_session,
            "connect_code": connect_code,
            "redirect_uri": pending.redirect_uri,
            "code_verifier": pending.verifier,
        });
        match self.post("complete", actor, &body).await? {
            (StatusCode::CONFLICT, _) => Ok(None),
            (status, body) => wire::read(status, &body).map(Some),
        }
    }

    /// Lists all accounts of the person, or those of one connection.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn list(&self, actor: &Actor, connection: Option<&str>) -> Result<Vec<ConnectedAccount>, AccountError> {
        let token = self.token(actor).await?;
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = vec![("take", PAGE)];
            query.extend(connection.map(|name| ("connection", name)));
            query.extend(cursor.as_deref().map(|cursor| ("from", cursor)));
            let request = self.request(Method::GET, "accounts", &token).query(&query);
            let (status, body) = wire::answer(request, &token).await?;
            let page: Accounts = wire::read(status, &body)?;
            all.extend(page.accounts);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
        Err(failed("the list of accounts has too many pages").into())
    }

    /// Deletes an account at Auth0; the grant at the third party remains. Succeeds if the account does not exist.
    ///
    /// # Errors
    /// See [`AccountError`]; [`AccountError::Refused`] without a request if `id` is not an account id.
    pub async fn delete(&self, actor: &Actor, id: &str) -> Result<(), AccountError> {
        let rest = id.strip_prefix("cac_").unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(AccountError::Refused("this is not the id of an account".to_owned()));
        }
        let token = self.token(actor).await?;
        let (status, body) =
            wire::answer(self.request(Method::DELETE, &format!("accounts/{id}"), &token), &token).await?;
        let gone = status.is_success() || status == StatusCode::NOT_FOUND;
        if gone { Ok(()) } else { Err(wire::error(status, &body)) }
    }

    async fn post(&self, path: &str, actor: &Actor, body: &Value) -> Result<(StatusCode, Vec<u8>), AccountError> {
        let token = self.token(actor).await?;
        wire::answer(self.request(Method::POST, path, &token).json(body), &token).await
    }

    async fn token(&self, actor: &Actor) -> Result<AccessToken, AccountError> {
        let need = Need { provider: PROVIDER.to_owned(), scopes: SCOPES.map(str::to_owned).into() };
        self.vault.access_token(actor, &need).await.map_err(|error| match error {
            CredentialError::SignInAgain => AccountError::SignInAgain,
            CredentialError::Unavailable(error) => error.into(),
            other => failed(&other.to_string()).into(),
        })
    }

    fn request(&self, method: Method, path: &str, token: &AccessToken) -> RequestBuilder {
        let url = format!("{}v1/connected-accounts/{path}", audience(self.provider.issuer()));
        self.provider.http().request(method, url).bearer_auth(token.token().expose_secret())
    }
}

/// Returns the API's audience at this issuer, which is also the prefix of its addresses.
#[must_use]
pub fn audience(issuer: &str) -> String {
    format!("{}/me/", issuer.trim_end_matches('/'))
}

impl fmt::Debug for MyAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MyAccount").field("issuer", &self.provider.issuer()).finish_non_exhaustive()
    }
}

fn failed(cause: &str) -> Unavailable {
    Unavailable::new(SERVICE, cause)
}
