//! The relying party: authorization code flow with PKCE S256, state and nonce, and all checks of the response.

mod authorization;
mod logout;
mod sign_in;
mod support;

pub use authorization::{AuthorizationOptions, FRESH_S, PendingSignIn};
pub use sign_in::{Callback, SignInError, SignedIn};
pub use support::Support;

use crate::client_authentication::{Client, Method};
use crate::discovery::{Discovery, Metadata};
use crate::profile::{AssertionAudience, AudienceTokens, Profile};
use crate::token_endpoint::{Endpoint, TokenError, TokenResponse};
use crate::{SERVICE, http};
use agent::ports::Unavailable;
use openidconnect::IssuerUrl;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use url::Url;

/// The configuration of one relying party.
#[derive(Debug, Clone)]
pub struct Config {
    /// The issuer exactly as the provider spells it: Auth0's ends with a slash, Okta's and Google's do not.
    pub issuer: String,
    /// The client.
    pub client: Client,
    /// The URL to which the provider sends the person back.
    pub redirect_url: String,
    /// The profile of the provider.
    pub profile: &'static Profile,
    /// The scopes to request instead of those that profile and discovery suggest.
    pub scopes: Option<Vec<String>>,
    /// Audiences that an ID token may name besides the client, if `azp` is the client.
    pub other_audiences: Vec<String>,
    /// Set if the operator vouches for every e-mail address of this issuer.
    pub trust_email: bool,
    /// Further claims that identify the person elsewhere, for example Entra's `oid`.
    pub claims: BTreeSet<String>,
    /// The organization that people must sign in to (Auth0 Organizations).
    pub organization: Option<String>,
    /// The method to get an access token for another API: the configured one, or else the profile's.
    pub audience_tokens: AudienceTokens,
}

/// Signs people in at one provider.
#[derive(Debug)]
pub struct RelyingParty {
    discovery: Discovery,
    config: Config,
    http: reqwest::Client,
}

impl RelyingParty {
    /// Creates a relying party. Nothing is fetched yet.
    ///
    /// # Errors
    /// A sentence, if a URL is malformed or no HTTP client can be created.
    pub fn new(config: Config) -> Result<Self, String> {
        let issuer = IssuerUrl::new(config.issuer.clone()).map_err(|_| "the issuer is not a URL".to_owned())?;
        Url::parse(&config.redirect_url).map_err(|_| "the redirect URL is not a URL".to_owned())?;
        let http = http::client().map_err(|error| error.to_string())?;
        Ok(Self { discovery: Discovery::new(issuer, http.clone()), config, http })
    }

    /// The issuer exactly as configured.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.discovery.issuer()
    }

    /// The provider's metadata and keys.
    #[must_use]
    pub fn discovery(&self) -> &Discovery {
        &self.discovery
    }

    /// The profile of the provider.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.config.profile
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.config.client
    }

    /// The method to get an access token for another API.
    #[must_use]
    pub fn audience_tokens(&self) -> AudienceTokens {
        self.config.audience_tokens
    }

    /// Audiences that an ID token may name besides the client.
    #[must_use]
    pub fn other_audiences(&self) -> &[String] {
        &self.config.other_audiences
    }

    /// The URL to which the provider sends people back.
    #[must_use]
    pub fn redirect_url(&self) -> &str {
        &self.config.redirect_url
    }

    /// Returns the method by which the client authenticates; the profile's if the metadata cannot be fetched.
    pub async fn method(&self) -> Method {
        let preferred = match self.discovery.metadata().await {
            Ok(metadata) => preferred_method(&metadata, self.config.profile),
            Err(_) => self.config.profile.client_secret,
        };
        self.config.client.method(preferred)
    }

    /// The HTTP client for requests to this provider.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Checks that the provider answers, for the readiness endpoint.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        self.discovery.metadata().await.map(|_| ())
    }

    /// Sends `form` to the token endpoint with this client's authentication.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn token(&self, form: &[(&str, &str)]) -> Result<TokenResponse, TokenError> {
        self.token_as(&self.config.client, form).await
    }

    /// Sends `form` to the token endpoint with the authentication of another client of the same provider.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn token_as(&self, client: &Client, form: &[(&str, &str)]) -> Result<TokenResponse, TokenError> {
        let metadata = self.discovery.metadata().await?;
        let url = token_endpoint(&metadata)?;
        self.endpoint(&metadata, &url, client)?.post(form).await
    }

    /// Sends `form` to another endpoint that authenticates this client (CIBA Core section 7.1).
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn post<T: DeserializeOwned>(&self, url: &Url, form: &[(&str, &str)]) -> Result<T, TokenError> {
        let metadata = self.discovery.metadata().await?;
        self.endpoint(&metadata, url, &self.config.client)?.post(form).await
    }

    fn endpoint<'a>(
        &'a self,
        metadata: &'a Metadata,
        url: &'a Url,
        client: &'a Client,
    ) -> Result<Endpoint<'a>, Unavailable> {
        let assertion_audience = match self.config.profile.assertion_audience {
            AssertionAudience::Issuer => self.issuer(),
            AssertionAudience::TokenEndpoint => metadata.token_endpoint().ok_or_else(no_token_endpoint)?.as_str(),
        };
        let preferred = preferred_method(metadata, self.config.profile);
        Ok(Endpoint { service: SERVICE, url, client, preferred, assertion_audience, http: &self.http })
    }
}

/// Returns the method for a secret: the profile's if the provider supports it, or else a supported one. If the metadata
/// announces no methods (OpenID Connect Discovery 1.0 section 3), the profile's is used.
fn preferred_method(metadata: &Metadata, profile: &Profile) -> Method {
    use openidconnect::core::CoreClientAuthMethod as Announced;
    let Some(announced) = metadata.token_endpoint_auth_methods_supported() else { return profile.client_secret };
    let supports = |method| match method {
        Method::SecretBasic => announced.contains(&Announced::ClientSecretBasic),
        Method::SecretPost => announced.contains(&Announced::ClientSecretPost),
        Method::PrivateKeyJwt => announced.contains(&Announced::PrivateKeyJwt),
    };
    [profile.client_secret, Method::SecretBasic, Method::SecretPost]
        .into_iter()
        .find(|method| supports(*method))
        .unwrap_or(profile.client_secret)
}

fn token_endpoint(metadata: &Metadata) -> Result<Url, Unavailable> {
    Ok(metadata.token_endpoint().ok_or_else(no_token_endpoint)?.url().clone())
}

fn no_token_endpoint() -> Unavailable {
    Unavailable::new(SERVICE, "the provider publishes no token endpoint")
}
