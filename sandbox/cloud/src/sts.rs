//! A stand-in for AWS STS: `GetCallerIdentity`, also as a presigned request, and `GetWebIdentityToken` with the issuer of its
//! tokens (API reference of AWS STS, version 2011-06-15; botocore's model `sts/2011-06-15`). It verifies each signature with
//! the secret of its key. Must never compare a signature's time with the sandbox's clock: clients sign with the real one.

mod answer;
mod issuer;
mod parameters;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sandbox_kit::sigv4::{ALGORITHM, Authorization};
use sandbox_kit::{Clock, Sins};

use answer::{Answer, StsError};
use issuer::Issuer;
use parameters::Parameters;

pub use issuer::NoKey;

/// The version of the API.
const VERSION: &str = "2011-06-15";

/// A session of a role, and the keys with which it signs.
#[derive(Debug, Clone)]
pub struct RoleSession {
    /// The id of the access key.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// The account, twelve digits.
    pub account: String,
    /// The name of the role.
    pub role: String,
    /// The name of the session, which its caller chose.
    pub session: String,
}

impl RoleSession {
    /// Returns the ARN of the role.
    #[must_use]
    pub fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.role)
    }

    fn session_arn(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{}", self.account, self.role, self.session)
    }
}

/// The STS stand-in. Clones share its sessions and keys.
#[derive(Debug, Clone)]
pub struct Sts {
    sessions: Arc<[RoleSession]>,
    issuer: Arc<Issuer>,
    clock: Clock,
    sins: Sins,
}

impl Sts {
    /// Creates a stand-in at `url`, without a trailing slash, that knows these sessions.
    ///
    /// # Errors
    /// [`NoKey`] if no signing key can be created.
    pub fn new(url: &str, sessions: Vec<RoleSession>, clock: Clock, sins: Sins) -> Result<Self, NoKey> {
        Ok(Self { sessions: sessions.into(), issuer: Arc::new(Issuer::new(url)?), clock, sins })
    }

    /// Returns the issuer of the web identity tokens of all its accounts. At AWS each account has its own.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.url()
    }

    /// Returns the routes.
    pub fn router(&self) -> Router {
        let (keys, metadata) = (self.issuer.keys(), self.issuer.metadata());
        Router::new()
            .route("/", get(answer).post(answer))
            .route(&format!("{}/.well-known/openid-configuration", issuer::PATH), get(async || axum::Json(metadata)))
            .route(&format!("{}/.well-known/jwks.json", issuer::PATH), get(async || axum::Json(keys)))
            .with_state(self.clone())
    }

    fn answer(&self, parts: &Parts, body: &[u8]) -> Result<Answer, StsError> {
        let parameters = Parameters::of(parts, body)?;
        if parameters.one("Version")? != VERSION {
            return Err(StsError::NoAction);
        }
        let session = self.session(&parameters, parts, body)?;
        match parameters.one("Action")? {
            "GetCallerIdentity" => Ok(Answer::Identity {
                account: session.account.clone(),
                arn: session.session_arn(),
                user: format!("AROACOUNTERSIGN0000:{}", session.session),
            }),
            "GetWebIdentityToken" => {
                let now = self.clock.seconds();
                let (token, expires_at) = self.issuer.token(session, &parameters, now)?;
                Ok(Answer::Token { token, expires_at })
            }
            _ => Err(StsError::NoAction),
        }
    }

    /// Returns the session that signed the request, in its header or in its query.
    fn session(&self, parameters: &Parameters, parts: &Parts, body: &[u8]) -> Result<&RoleSession, StsError> {
        let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let presigned = parameters.has("X-Amz-Signature");
        let credentials;
        let (signed, date) = if presigned {
            if parameters.one("X-Amz-Algorithm")? != ALGORITHM {
                return Err(StsError::Incomplete);
            }
            let part = |name: &str| parameters.one(name);
            credentials = format!(
                "Credential={}, SignedHeaders={}, Signature={}",
                part("X-Amz-Credential")?,
                part("X-Amz-SignedHeaders")?,
                part("X-Amz-Signature")?
            );
            (Authorization::parse(&credentials), parameters.one("X-Amz-Date")?)
        } else {
            if !parts.headers.contains_key(header::AUTHORIZATION) {
                return Err(StsError::Unsigned);
            }
            let rest = text("authorization").strip_prefix(ALGORITHM).map(str::trim_start);
            (rest.and_then(Authorization::parse), text("x-amz-date"))
        };
        let signed = signed.ok_or(StsError::Incomplete)?;
        let covered = |name: &str| signed.signed_headers.split(';').any(|own| own == name);
        if !date.starts_with(signed.day) || !covered("host") || (!presigned && !covered("x-amz-date")) {
            return Err(StsError::Incomplete);
        }
        let session = self.sessions.iter().find(|session| session.access_key == signed.access_key);
        let session = session.ok_or(StsError::Stranger)?;
        if signed.service == "sts" && signed.is_signed_by(&session.secret_key, date, parts, body) {
            Ok(session)
        } else {
            Err(StsError::Signature)
        }
    }
}

async fn answer(State(sts): State<Sts>, parts: Parts, body: Bytes) -> Response {
    let json = parts.headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json");
    match sts.answer(&parts, &body) {
        Ok(answer) => answer.told(json),
        Err(error) => {
            if error.is_sin() {
                sts.sins.commit("sts", error.to_string());
            }
            error.into_response()
        }
    }
}
