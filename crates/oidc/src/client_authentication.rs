//! Client authentication at a token endpoint: a secret by HTTP Basic or in the body (RFC 6749 section 2.3.1), or a
//! signed assertion (RFC 7523, OpenID Connect Core section 9: `private_key_jwt`).

mod key;

pub use key::{KeyError, SigningKey};

use openidconnect::CsrfToken;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// `client_assertion_type` of RFC 7523 section 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A method of the registry *OAuth Token Endpoint Authentication Methods*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `client_secret_basic`
    SecretBasic,
    /// `client_secret_post`
    SecretPost,
    /// `private_key_jwt`
    PrivateKeyJwt,
}

impl Method {
    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

/// The client's credential.
#[derive(Clone)]
pub enum Credential {
    /// A secret, sent by this method, or else by the provider's preferred one.
    Secret(SecretString, Option<Method>),
    /// A private key, which signs a short-lived assertion for each request.
    Key(SigningKey),
}

/// An OAuth client and its credential.
#[derive(Clone)]
pub struct Client {
    /// `client_id`
    pub id: String,
    /// The credential.
    pub credential: Credential,
}

impl Client {
    /// Creates a client with a secret, sent by `method`.
    #[must_use]
    pub const fn with_secret(id: String, secret: SecretString, method: Option<Method>) -> Self {
        Self { id, credential: Credential::Secret(secret, method) }
    }

    /// Returns the method by which this client authenticates if the provider prefers `preferred`.
    #[must_use]
    pub fn method(&self, preferred: Method) -> Method {
        match &self.credential {
            Credential::Secret(_, method) => method.unwrap_or(preferred),
            Credential::Key(_) => Method::PrivateKeyJwt,
        }
    }

    /// Returns `request` with `form` as its body and with the client's authentication. The assertion of a key names
    /// `audience`.
    ///
    /// # Errors
    /// [`KeyError`] if the assertion cannot be signed.
    pub fn authenticate(
        &self,
        request: RequestBuilder,
        form: &[(&str, &str)],
        preferred: Method,
        audience: &str,
    ) -> Result<RequestBuilder, KeyError> {
        let secret = match &self.credential {
            Credential::Key(key) => {
                let assertion = key.assertion(&self.id, audience, &CsrfToken::new_random().into_secret())?;
                let own = [
                    ("client_id", self.id.as_str()),
                    ("client_assertion_type", ASSERTION_TYPE),
                    ("client_assertion", assertion.expose_secret()),
                ];
                return Ok(request.form(&[form, &own].concat()));
            }
            Credential::Secret(secret, _) => secret.expose_secret(),
        };
        Ok(with_secret(request, form, &self.id, secret, self.method(preferred)))
    }
}

/// Returns `request` with `form` as its body and with a client's secret, by HTTP Basic or in the body.
pub fn with_secret(
    request: RequestBuilder,
    form: &[(&str, &str)],
    id: &str,
    secret: &str,
    method: Method,
) -> RequestBuilder {
    match method {
        // Identifier and secret are form-encoded first (RFC 6749 section 2.3.1).
        Method::SecretBasic => request.basic_auth(encoded(id), Some(encoded(secret))).form(form),
        Method::SecretPost | Method::PrivateKeyJwt => {
            request.form(&[form, &[("client_id", id), ("client_secret", secret)]].concat())
        }
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("credential", &self.credential).finish()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(..) => "Secret(..)",
            Self::Key(_) => "Key(..)",
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::http;

    #[test]
    fn a_secret_is_sent_by_the_configured_method_else_by_the_preferred_one() {
        let http = http::client().unwrap();
        let (basic, post) = (Method::SecretBasic, Method::SecretPost);
        let in_body = "a=b&client_id=i+d&client_secret=s%3A";
        for (method, preferred, body, header) in [
            (Some(post), basic, in_body, None),
            (None, post, in_body, None),
            (Some(basic), post, "a=b", Some("Basic aStkOnMlM0E=")),
            (None, basic, "a=b", Some("Basic aStkOnMlM0E=")),
        ] {
            let client = Client::with_secret("i d".to_owned(), "s:".into(), method);
            let request = http.post("https://as.example/t");
            let request = client.authenticate(request, &[("a", "b")], preferred, "").unwrap().build().unwrap();
            assert_eq!(request.body().unwrap().as_bytes().unwrap(), body.as_bytes(), "{method:?} {preferred:?}");
            assert_eq!(request.headers().get("authorization").map(|value| value.to_str().unwrap()), header);
        }
        assert!(!format!("{:?}", Client::with_secret("id".into(), "hush".into(), None)).contains("hush"));
    }

    #[test]
    fn a_key_sends_an_assertion_and_no_secret() {
        let client = Client { id: "id".into(), credential: Credential::Key(key::tests::key()) };
        let request = http::client().unwrap().post("https://as.example/t");
        let request = client.authenticate(request, &[("a", "b")], Method::SecretPost, "https://as.example/t").unwrap();
        let body = request.build().unwrap().body().unwrap().as_bytes().unwrap().to_vec();
        let body = String::from_utf8(body).unwrap();
        assert!(body.starts_with("a=b&client_id=id&client_assertion_type=urn%3Aietf"), "{body}");
        assert!(!body.contains("client_secret"), "{body}");
    }
}
