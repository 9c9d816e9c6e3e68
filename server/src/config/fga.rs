//! The settings of OpenFGA or Auth0 FGA: the store, the credential that checks, and the one that grants access.

use super::Credentials;
use super::env::Reader;
use edge::identity::Principal;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Fine-grained authorization.
#[derive(Debug, Clone)]
pub struct Fga {
    /// Base URL of the HTTP API.
    pub api_url: Url,
    /// The store's id.
    pub store_id: String,
    /// The authorization model's id.
    pub model_id: String,
    /// The client authentication that the server requires.
    pub access: FgaAccess,
    /// The client authentication of the writer of grants; `None` if nobody can grant access by Countersign.
    pub grants: Option<FgaAccess>,
    /// The claim that names the principal.
    pub principal: Principal,
}

/// The client authentication of an `OpenFGA` server (its `authn.method`).
#[derive(Debug, Clone)]
pub enum FgaAccess {
    /// No authentication.
    Open,
    /// A preshared key.
    Key(SecretString),
    /// A token of the client-credentials grant: Auth0 FGA, or a server with `oidc`.
    Client(Credentials),
}

impl Fga {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let access = access(r);
        Self {
            api_url: r.url("FGA_API_URL"),
            store_id: r.ulid("FGA_STORE_ID"),
            model_id: r.ulid("FGA_MODEL_ID"),
            grants: grants(r, &access),
            access,
            principal: principal(r),
        }
    }
}

fn principal(r: &mut Reader<'_>) -> Principal {
    let text = r.text("FGA_PRINCIPAL");
    match (text.as_str(), text.strip_prefix("claim:")) {
        ("sub", _) => Principal::Subject,
        ("email", _) => Principal::VerifiedEmail,
        (_, Some(claim)) if !claim.is_empty() => Principal::Claim(claim.to_owned()),
        _ => {
            r.wrong("FGA_PRINCIPAL", "must be sub, email, or claim: with the name of a claim (claim:oid)");
            Principal::Subject
        }
    }
}

fn access(r: &mut Reader<'_>) -> FgaAccess {
    let issuer = match (r.optional("FGA_API_TOKEN"), r.optional("FGA_API_TOKEN_ISSUER")) {
        (None, None) => return FgaAccess::Open,
        (Some(key), None) => return FgaAccess::Key(SecretString::from(key)),
        (Some(_), Some(_)) => {
            r.wrong("FGA_API_TOKEN", "cannot be set together with FGA_API_TOKEN_ISSUER");
            return FgaAccess::Open;
        }
        (None, Some(issuer)) => issuer,
    };
    // As in the SDKs of OpenFGA: a bare host means https, and an issuer without a path means /oauth/token.
    let address = if issuer.contains("://") { issuer } else { format!("https://{issuer}") };
    let mut token_url = r.parse_url("FGA_API_TOKEN_ISSUER", &address);
    if token_url.path() == "/" {
        token_url.set_path("/oauth/token");
    }
    FgaAccess::Client(Credentials {
        token_url,
        audience: Some(r.text("FGA_API_AUDIENCE")),
        client_id: r.text("FGA_CLIENT_ID"),
        client_secret: r.secret("FGA_CLIENT_SECRET"),
    })
}

/// Reads the credential of the writer of grants. It is another one than that of the checks, which every turn uses.
fn grants(r: &mut Reader<'_>, access: &FgaAccess) -> Option<FgaAccess> {
    const KEY: &str = "FGA_GRANTS_API_TOKEN";
    const ID: &str = "FGA_GRANTS_CLIENT_ID";
    let (key, id) = (r.optional(KEY), r.optional(ID));
    match (access, key, id) {
        (_, None, None) => None,
        (FgaAccess::Key(own), Some(key), None) => {
            if own.expose_secret() == key {
                r.wrong(KEY, "must be another key than FGA_API_TOKEN");
            }
            Some(FgaAccess::Key(key.into()))
        }
        (FgaAccess::Client(own), None, Some(client_id)) => {
            if own.client_id == client_id {
                r.wrong(ID, "must be another client than FGA_CLIENT_ID");
            }
            let client_secret = r.secret("FGA_GRANTS_CLIENT_SECRET");
            Some(FgaAccess::Client(Credentials { client_id, client_secret, ..own.clone() }))
        }
        (FgaAccess::Client(_), ..) => {
            r.wrong(KEY, "cannot be set together with FGA_API_TOKEN_ISSUER: set FGA_GRANTS_CLIENT_ID");
            None
        }
        (FgaAccess::Key(_) | FgaAccess::Open, _, Some(_)) => {
            r.wrong(ID, "needs FGA_API_TOKEN_ISSUER");
            None
        }
        (FgaAccess::Open, ..) => {
            r.wrong(KEY, "needs FGA_API_TOKEN: a server without authentication lets everybody write");
            None
        }
    }
}
