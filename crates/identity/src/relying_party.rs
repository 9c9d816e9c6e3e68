//! The relying party: authorization code flow with PKCE S256, state, nonce, and every check on what comes back.

mod verify;

use crate::provider::{Extra, Metadata, Provider};
use crate::{SERVICE, http, logout_token};
use agent::ports::Unavailable;
use openidconnect::core::{CoreAuthenticationFlow, CoreErrorResponseType};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

pub use verify::SignedIn;
use verify::{Client, claims};

/// What the relying party needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The issuer, compared exactly: at Auth0 it ends with a slash.
    pub issuer: String,
    /// The client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// Where the provider sends the person back to.
    pub redirect_url: String,
}

/// Signs people in at one provider.
#[derive(Debug)]
pub struct RelyingParty {
    provider: Provider,
    config: Config,
    redirect: RedirectUrl,
    http: reqwest::Client,
}

/// One sign-in that was begun: kept in the pre-login session, taken out once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// Echoed by the provider.
    pub state: String,
    nonce: String,
    verifier: String,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt { .. }")
    }
}

/// What the provider sent back in the query.
#[derive(Clone, Deserialize)]
pub struct Callback {
    /// The authorization code.
    pub code: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// RFC 9207.
    pub iss: Option<String>,
    /// RFC 6749 section 4.1.2.1.
    pub error: Option<String>,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback").field("error", &self.error).finish_non_exhaustive()
    }
}

/// Why a sign-in came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The person cancelled, or the provider would not let them in.
    #[error("the provider answered {0}")]
    Declined(String),
    /// What came back is not what was asked for. The reason is for the log alone.
    #[error("refused: {0}")]
    Refused(String),
    /// The provider did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl RelyingParty {
    /// A relying party; the provider is not asked yet.
    ///
    /// # Errors
    /// A sentence, when a URL is not one or no HTTP client can be made.
    pub fn new(config: Config) -> Result<Self, String> {
        let issuer = IssuerUrl::new(config.issuer.clone()).map_err(|_| "the issuer is not a URL".to_owned())?;
        let redirect =
            RedirectUrl::new(config.redirect_url.clone()).map_err(|_| "the redirect URL is not a URL".to_owned())?;
        let http = http::client().map_err(|error| error.to_string())?;
        Ok(Self { provider: Provider::new(issuer, http.clone()), config, redirect, http })
    }

    /// Begins a sign-in: where to send the person, and what to remember until they return.
    ///
    /// # Errors
    /// [`Unavailable`] when the provider's metadata cannot be had.
    pub async fn begin(&self) -> Result<(Url, Attempt), Unavailable> {
        let metadata = self.provider.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = self
            .client(&metadata)
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            // For the refresh token that the person's own accounts are borrowed by (OpenID Connect Core section 11).
            .add_scope(Scope::new("offline_access".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let attempt = Attempt {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        };
        Ok((url, attempt))
    }

    /// Completes the sign-in that `attempt` began. The caller has found the attempt by its state and taken it away.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn complete(&self, attempt: Attempt, callback: Callback) -> Result<SignedIn, SignInError> {
        let metadata = self.provider.metadata().await?;
        self.check_issuer(metadata.additional_metadata(), callback.iss.as_deref())?;
        if let Some(error) = callback.error {
            return Err(SignInError::Declined(error));
        }
        let code = callback.code.ok_or_else(|| SignInError::Refused("no code".to_owned()))?;
        let client = self.http.clone();
        let send = move |request| http::send(client.clone(), request);
        let tokens = self
            .client(&metadata)
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| SignInError::Refused(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier))
            .request_async(&send)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => match answer.error() {
                    CoreErrorResponseType::Extension(code) if code == "too_many_requests" => {
                        Unavailable::new(SERVICE, "the token endpoint throttles").into()
                    }
                    code => SignInError::Refused(format!("the token endpoint answered {}", code.as_ref())),
                },
                RequestTokenError::Request(error) => {
                    Unavailable::new(SERVICE, format!("token request: {error}")).into()
                }
                RequestTokenError::Parse(_, _) | RequestTokenError::Other(_) => {
                    Unavailable::new(SERVICE, "the token endpoint's answer cannot be read").into()
                }
            })?;
        let nonce = Nonce::new(attempt.nonce);
        match claims(&self.client(&metadata), &tokens, &nonce) {
            // The keys may have been rotated since they were fetched.
            Err(verify::Invalid::Signature) => {
                let metadata = self.provider.metadata_again().await?;
                claims(&self.client(&metadata), &tokens, &nonce)
            }
            other => other,
        }
        .map_err(|invalid| SignInError::Refused(invalid.to_string()))
    }

    /// Verifies a back-channel logout token at `now`, in seconds since 1970.
    ///
    /// # Errors
    /// See [`logout_token::InvalidLogoutToken`].
    pub async fn verify_logout(
        &self,
        token: &str,
        now: i64,
    ) -> Result<logout_token::LogoutToken, logout_token::InvalidLogoutToken> {
        logout_token::verify(&self.provider, &self.config.client_id, token, now).await
    }

    /// Where to send the person to end their session at the provider too; `None` if it offers no such place.
    ///
    /// # Errors
    /// [`Unavailable`] when the provider's metadata cannot be had.
    pub async fn end_session_url(&self, id_token: &SecretString, back_to: &str) -> Result<Option<Url>, Unavailable> {
        let metadata = self.provider.metadata().await?;
        Ok(metadata.additional_metadata().end_session_endpoint.clone().map(|mut url| {
            url.query_pairs_mut()
                .append_pair("id_token_hint", id_token.expose_secret())
                .append_pair("client_id", &self.config.client_id)
                .append_pair("post_logout_redirect_uri", back_to);
            url
        }))
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.provider
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// The issuer, exactly as in its tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.provider.issuer().as_str()
    }

    /// Whether the provider answers: for the readiness endpoint.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        self.provider.metadata().await.map(|_| ())
    }

    fn client(&self, metadata: &Metadata) -> Client {
        let id = ClientId::new(self.config.client_id.clone());
        let secret = ClientSecret::new(self.config.client_secret.expose_secret().to_owned());
        Client::from_provider_metadata(metadata.clone(), id, Some(secret)).set_redirect_uri(self.redirect.clone())
    }

    /// RFC 9207 section 2.4: an answer of another issuer is dropped before the code is sent anywhere.
    fn check_issuer(&self, extra: &Extra, iss: Option<&str>) -> Result<(), SignInError> {
        match iss {
            Some(iss) if iss != self.provider.issuer().as_str() => {
                Err(SignInError::Refused("the callback is of another issuer".to_owned()))
            }
            None if extra.authorization_response_iss_parameter_supported => {
                Err(SignInError::Refused("the callback has no iss, which the provider promises".to_owned()))
            }
            _ => Ok(()),
        }
    }
}
