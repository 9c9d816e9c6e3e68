//! The accounts that a person has connected, by Auth0's My Account API: connecting one, listing, taking one away.
//! It must never hold the person's session: whoever completes must find what was begun in the session that began it.

mod wire;

use crate::ciba;
use crate::jws::{self, Audience, Unverified};
use crate::{RelyingParty, SERVICE, http};
use agent::ports::Unavailable;
use openidconnect::PkceCodeChallenge;
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use wire::{Accounts, Begun, Tokens};
pub use wire::{ConnectFault, ConnectedAccount};

/// What is needed for everything here.
const SCOPES: [&str; 3] =
    ["create:me:connected_accounts", "read:me:connected_accounts", "delete:me:connected_accounts"];
/// The most accounts that the API gives in a page.
const PAGE: &str = "20";
/// More pages than this nobody has.
const MOST_PAGES: usize = 20;

/// The My Account API of the provider that people sign in with.
#[derive(Debug)]
pub struct ConnectedAccounts {
    provider: Arc<RelyingParty>,
    http: reqwest::Client,
}

/// A token with which a person's own accounts are managed, for a short while.
#[derive(Debug)]
pub struct MyAccountToken {
    token: SecretString,
    /// How long it lives; zero when the provider does not say.
    pub expires_in: Duration,
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

impl std::fmt::Debug for Connecting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connecting { .. }")
    }
}

/// The claims of the token that are looked at.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
}

impl ConnectedAccounts {
    /// Manages accounts at the provider of `provider`, by its client.
    ///
    /// # Errors
    /// A sentence, when no HTTP client can be made.
    pub fn new(provider: Arc<RelyingParty>) -> Result<Self, String> {
        let http = http::client().map_err(|error| error.to_string())?;
        Ok(Self { provider, http })
    }

    /// A token for the API by the sign-in's refresh token. A provider that does not allow this to the client gives,
    /// without a word, a token for another API or with fewer scopes (multi-resource refresh tokens), so both are checked.
    ///
    /// # Errors
    /// See [`ConnectFault`]; [`ConnectFault::SignInAgain`] when the refresh token works no more.
    pub async fn token(&self, refresh_token: &SecretString) -> Result<MyAccountToken, ConnectFault> {
        let metadata = self.provider.provider().metadata().await?;
        let url = metadata.token_endpoint().ok_or_else(|| failed("the provider has no token endpoint"))?;
        let config = self.provider.config();
        let (audience, scope) = (self.base(), SCOPES.join(" "));
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", config.client_id.as_str()),
            ("client_secret", config.client_secret.expose_secret()),
            ("refresh_token", refresh_token.expose_secret()),
            ("audience", &audience),
            ("scope", &scope),
        ];
        let answer = self.http.post(url.as_str()).form(&form).send().await;
        let answer = answer.map_err(|error| failed(&format!("refresh: {}", error.without_url())))?;
        let tokens: Tokens = match ciba::wire::read(answer).await? {
            Ok(tokens) => tokens,
            Err(refused) if refused.error == "invalid_grant" => return Err(ConnectFault::SignInAgain),
            Err(refused) => return Err(failed(&format!("refresh: {refused}")).into()),
        };
        self.check(&tokens, &audience).await?;
        let expires_in = Duration::from_secs(tokens.expires_in.unwrap_or_default());
        Ok(MyAccountToken { token: tokens.access_token, expires_in })
    }

    /// Begins to connect an account: where to send the browser, and what to keep until it returns.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn begin(&self, token: &MyAccountToken, wish: Wish<'_>) -> Result<(Url, Connecting), ConnectFault> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let body = json!({
            "connection": wish.connection,
            "redirect_uri": wish.redirect_uri,
            "state": wish.state,
            "code_challenge": challenge.as_str(),
            "code_challenge_method": "S256",
            "scopes": wish.scopes,
        });
        let begun: Begun = self.post("connect", token, &body).await?;
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
        token: &MyAccountToken,
        connecting: Connecting,
        connect_code: &str,
    ) -> Result<ConnectedAccount, ConnectFault> {
        let body = json!({
            "auth_session": connecting.auth_session,
            "connect_code": connect_code,
            "redirect_uri": connecting.redirect_uri,
            "code_verifier": connecting.verifier,
        });
        self.post("complete", token, &body).await
    }

    /// All accounts of the person, or those of one connection.
    ///
    /// # Errors
    /// See [`ConnectFault`].
    pub async fn list(
        &self,
        token: &MyAccountToken,
        connection: Option<&str>,
    ) -> Result<Vec<ConnectedAccount>, ConnectFault> {
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            let mut query = vec![("take", PAGE)];
            query.extend(connection.map(|name| ("connection", name)));
            query.extend(cursor.as_deref().map(|cursor| ("from", cursor)));
            let request = self.request(Method::GET, "accounts", token).query(&query);
            let page: Accounts = wire::read(request.send().await).await?;
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
    pub async fn delete(&self, token: &MyAccountToken, id: &str) -> Result<(), ConnectFault> {
        let rest = id.strip_prefix("cac_").unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ConnectFault::Refused("this is no id of an account".to_owned()));
        }
        let answer = self.request(Method::DELETE, &format!("accounts/{id}"), token).send().await;
        match wire::check(answer).await {
            Err(wire::Failure { status: Some(StatusCode::NOT_FOUND), .. }) => Ok(()),
            Err(failure) => Err(failure.fault),
            Ok(_) => Ok(()),
        }
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        token: &MyAccountToken,
        body: &Value,
    ) -> Result<T, ConnectFault> {
        wire::read(self.request(Method::POST, path, token).json(body).send().await).await
    }

    fn request(&self, method: Method, path: &str, token: &MyAccountToken) -> RequestBuilder {
        let url = format!("{}v1/connected-accounts/{path}", self.base());
        self.http.request(method, url).bearer_auth(token.token.expose_secret())
    }

    /// The API's identifier, and the beginning of its addresses.
    fn base(&self) -> String {
        format!("{}/me/", self.provider.issuer().trim_end_matches('/'))
    }

    async fn check(&self, tokens: &Tokens, audience: &str) -> Result<(), ConnectFault> {
        // The refresh token is used up then, and with it the sign-in.
        if tokens.refresh_token.is_some() {
            return Err(failed("the provider rotates the client's refresh tokens, which the vault cannot have").into());
        }
        let granted: Vec<&str> = tokens.scope.as_deref().unwrap_or_default().split(' ').collect();
        if SCOPES.iter().any(|scope| !granted.contains(scope)) {
            return Err(failed("the client may not manage connected accounts: scopes are missing").into());
        }
        let token = tokens.access_token.expose_secret();
        let payload = jws::verified_by(self.provider.provider(), token).await;
        let (payload, _) = payload.map_err(|error| match error {
            Unverified::Signature(error) => failed(&format!("the token's signature: {error}")),
            Unverified::Unavailable(error) => error,
        })?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| failed("the token has no audience"))?;
        if claims.iss != self.provider.issuer() || !claims.aud.names(audience) {
            return Err(failed("the client may not manage connected accounts: the token is for another API").into());
        }
        Ok(())
    }
}

fn failed(cause: &str) -> Unavailable {
    Unavailable::new(SERVICE, cause)
}
