//! Settings for Okta, on whose users and groups the tools act.

use super::env::Reader;
use super::oidc::{ClientVariables, Oidc, credential};
use super::{ClientSettings, Providers};
use url::Url;

/// The settings for Okta.
#[derive(Debug, Clone)]
pub struct Okta {
    /// The organization's address.
    pub base_url: Url,
    /// The account that the tools use.
    pub access: OktaAccess,
    /// The scopes that the tools ask for.
    pub scopes: Vec<String>,
    /// The claim of the sign-in that holds the person's Okta user id.
    pub user_claim: Option<String>,
}

/// The account with which Okta is used.
#[derive(Debug, Clone)]
pub enum OktaAccess {
    /// Each person's own account, connected at the identity provider and accessed through its Token Vault.
    Own {
        /// The connection's name at the identity provider.
        connection: String,
    },
    /// The provider `okta` in the providers file.
    Provider,
    /// The application's own account, through a client of its own at Okta.
    Application(Box<OktaApplication>),
}

/// The application's own client at Okta.
#[derive(Debug, Clone)]
pub struct OktaApplication {
    /// The token endpoint.
    pub token_url: Url,
    /// The audience, if the endpoint requires one.
    pub audience: Option<String>,
    /// The client.
    pub client: ClientSettings,
}

const CLIENT: ClientVariables = ClientVariables {
    id: "OKTA_CLIENT_ID",
    secret: "OKTA_CLIENT_SECRET",
    key_file: "OKTA_CLIENT_KEY_FILE",
    key_secret_id: "OKTA_CLIENT_KEY_SECRET_ID",
    key_id: "OKTA_CLIENT_KEY_ID",
};

/// Variables that have no effect without the organization's address.
const NEED_ADDRESS: [&str; 4] = ["OKTA_CONNECTION", "OKTA_CLIENT_ID", "OKTA_CLIENT_KEY_FILE", "OKTA_TOKEN_URL"];

impl Okta {
    /// Reads the settings; `None` without the organization's address.
    pub(super) fn read(r: &mut Reader<'_>, providers: &Providers, oidc: &Oidc) -> Option<Self> {
        if r.optional("OKTA_BASE_URL").is_none() {
            for name in NEED_ADDRESS {
                if r.optional(name).is_some() {
                    r.wrong("OKTA_BASE_URL", &format!("is missing, and {name} needs it"));
                }
            }
            return None;
        }
        let base_url = r.url("OKTA_BASE_URL");
        let user_claim = r.optional("OKTA_USER_CLAIM").or_else(|| oidc.profile.okta_user_claim.map(str::to_owned));
        Some(Self {
            access: access(r, providers, &base_url),
            scopes: r.text("OKTA_SCOPES").split_whitespace().map(str::to_owned).collect(),
            base_url,
            user_claim,
        })
    }
}

/// Chooses the account: the provider in the providers file; else people's own accounts, if a connection is named; else
/// the application's own, whose client must then be configured.
fn access(r: &mut Reader<'_>, providers: &Providers, base_url: &Url) -> OktaAccess {
    if providers.has("okta") {
        return OktaAccess::Provider;
    }
    if let Some(connection) = r.optional("OKTA_CONNECTION") {
        return OktaAccess::Own { connection };
    }
    // Only the org authorization server issues tokens with Okta's own scopes (developer.okta.com, "Authorization
    // servers").
    let token_url = r.optional_url("OKTA_TOKEN_URL").or_else(|| base_url.join("/oauth2/v1/token").ok());
    OktaAccess::Application(Box::new(OktaApplication {
        token_url: token_url.unwrap_or_else(|| base_url.clone()),
        audience: r.optional("OKTA_AUDIENCE"),
        client: ClientSettings { id: r.text(CLIENT.id), credential: credential(r, CLIENT, None, None) },
    }))
}
