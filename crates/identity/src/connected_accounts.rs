//! The accounts that a person has connected, by Auth0's My Account API: connecting one, listing, taking one away.
//! It must never hold the person's session: whoever completes must find what was begun in the session that began it.

mod wire;

use crate::{RelyingParty, SERVICE, http};
use agent::Actor;
use agent::intent::Need;
use agent::ports::{Loan, Unavailable, Vault, VaultError};
use openidconnect::PkceCodeChallenge;
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use url::Url;
use wire::{Accounts, Begun};
pub use wire::{ConnectFault, ConnectedAccount};

/// What the need for a token of this API names as its provider.
pub const PROVIDER: &str = "my-account";

/// What is needed for everything here.
const SCOPES: [&str; 3] =
    ["create:me:connected_accounts", "read:me:connected_accounts", "delete:me:connected_accounts"];
/// The most accounts that the API gives in a page.
const PAGE: &str = "20";
/// More pages than this nobody has.
const MOST_PAGES: usize = 20;

/// The My Account API of the provider that people sign in with.
pub struct ConnectedAccounts {
    provider: Arc<RelyingParty>,
    http: reqwest::Client,
    vault: Arc<dyn Vault>,
}

/// Which account is to be connected.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The connection's name.
    pub connection: &'a str,
    /// All the scopes that it shall have: they replace those it had. At least one.
    pub scopes: &'a [String],
    /// Where the browser comes back to: one of the client's callbacks.
    pub redirect_uri: &'a str,
    /// Echoed in the callback; unguessable, and kept in the person's session.
    pub state: &'a str,
}

/// A connection that was begun: kept in the person's session, taken out once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Connecting {
    auth_session: String,
    verifier: String,
    redirect_uri: String,
}

impl fmt::Debug for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connecting { .. }")
    }
}

impl ConnectedAccounts {
    /// Manages accounts at the provider of `provider`. Access tokens of the audience that [`audience`] names are `vault`'s to
    /// lend, for [`PROVIDER`].
    ///
    /// # Errors
    /// A sentence, when no HTTP client can be made.
    pub fn new(provider: Arc<RelyingParty>, vault: Arc<dyn Vault>) -> Result<Self, String> {
        let http = http::client().map_err(|error| error.to_string())?;
        Ok(Self { provider, http, vault })
    }

    /// Begins to connect an account: where to send the browser, and what to keep until it returns.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn begin(&self, actor: &Actor, wish: Wish<'_>) -> Result<(Url, Connecting), ConnectFault> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let body = json!({
            "connection": wish.connection,
            "redirect_uri": wish.redirect_uri,
            "state": wish.state,
            "code_challenge": challenge.as_str(),
            "code_challenge_method": "S256",
            "scopes": wish.scopes,
        });
        let begun: Begun = self.post("connect", actor, &body).await?;
        let mut page = Url::parse(&begun.connect_uri).map_err(|_| failed("connect_uri is not a URL"))?;
        // The browser is sent nowhere but to the provider.
        if Url::parse(self.provider.issuer()).map_err(|_| failed("the issuer is not a URL"))?.origin() != page.origin()
        {
            return Err(failed("connect_uri is another origin's").into());
        }
        page.query_pairs_mut().append_pair("ticket", begun.connect_params.ticket.expose_secret());
        let connecting = Connecting {
            auth_session: begun.auth_session.expose_secret().to_owned(),
            verifier: verifier.secret().clone(),
            redirect_uri: wish.redirect_uri.to_owned(),
        };
        Ok((page, connecting))
    }

    /// Completes what was begun with the `connect_code` of the callback. The caller has compared `state`, and taken
    /// `connecting` out of the session.
    ///
    /// # Errors
    /// See [`ConnectFault`]; [`ConnectFault::AlreadyDone`] when it was completed before.
    pub async fn complete(
        &self,
        actor: &Actor,
        connecting: Connecting,
        connect_code: &str,
    ) -> Result<ConnectedAccount, ConnectFault> {
        let body = json!({
            "auth_session": connecting.auth_session,
            "connect_code": connect_code,
            "redirect_uri": connecting.redirect_uri,
            "code_verifier": connecting.verifier,
        });
        self.post("complete", actor, &body).await
    }

    /// All accounts of the person, or those of one connection.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn list(&self, actor: &Actor, connection: Option<&str>) -> Result<Vec<ConnectedAccount>, ConnectFault> {
        let token = self.token(actor).await?;
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = vec![("take", PAGE)];
            query.extend(connection.map(|name| ("connection", name)));
            query.extend(cursor.as_deref().map(|cursor| ("from", cursor)));
            let request = self.request(Method::GET, "accounts", &token).query(&query);
            let page: Accounts = wire::read(request.send().await, &token).await?;
            all.extend(page.accounts);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
        Err(failed("the list of accounts does not end").into())
    }

    /// Takes an account away: the provider forgets it, the third party does not. One that is not there is no matter.
    ///
    /// # Errors
    /// See [`ConnectFault`]; [`ConnectFault::Refused`] without asking when `id` is none.
    pub async fn delete(&self, actor: &Actor, id: &str) -> Result<(), ConnectFault> {
        let rest = id.strip_prefix("cac_").unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ConnectFault::Refused("this is no id of an account".to_owned()));
        }
        let token = self.token(actor).await?;
        let answer = self.request(Method::DELETE, &format!("accounts/{id}"), &token).send().await;
        match wire::check(answer, &token).await {
            Err(wire::Failure { status: Some(StatusCode::NOT_FOUND), .. }) => Ok(()),
            Err(failure) => Err(failure.fault),
            Ok(_) => Ok(()),
        }
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        actor: &Actor,
        body: &Value,
    ) -> Result<T, ConnectFault> {
        let token = self.token(actor).await?;
        wire::read(self.request(Method::POST, path, &token).json(body).send().await, &token).await
    }

    async fn token(&self, actor: &Actor) -> Result<Loan, ConnectFault> {
        let need = Need { provider: PROVIDER.to_owned(), scopes: SCOPES.map(str::to_owned).into() };
        self.vault.lend(actor, &need).await.map_err(|error| match error {
            VaultError::SignInAgain => ConnectFault::SignInAgain,
            VaultError::Unavailable(error) => error.into(),
            other => failed(&other.to_string()).into(),
        })
    }

    fn request(&self, method: Method, path: &str, token: &Loan) -> RequestBuilder {
        let url = format!("{}v1/connected-accounts/{path}", audience(self.provider.issuer()));
        self.http.request(method, url).bearer_auth(token.token().expose_secret())
    }
}

/// The API's identifier at this issuer, and the beginning of its addresses.
#[must_use]
pub fn audience(issuer: &str) -> String {
    format!("{}/me/", issuer.trim_end_matches('/'))
}

impl fmt::Debug for ConnectedAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectedAccounts").field("issuer", &self.provider.issuer()).finish_non_exhaustive()
    }
}

fn failed(cause: &str) -> Unavailable {
    Unavailable::new(SERVICE, cause)
}
