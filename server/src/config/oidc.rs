//! Settings of the identity provider and of our client there.

use super::env::Reader;
use oidc::profile::{AudienceTokens, LoginHint};
use oidc::{Method, Profile, SigningKey};
use secrecy::SecretString;
use std::fs;

/// The settings of the identity provider.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// The issuer exactly as it was typed: a slash at its end is part of it.
    pub issuer: String,
    /// The client and its credential.
    pub client: ClientSettings,
    /// The provider's profile: its peculiarities beyond the standards.
    pub profile: &'static Profile,
    /// The scopes to request instead of the profile's.
    pub scopes: Option<Vec<String>>,
    /// Audiences that an ID token may name beside the client.
    pub other_audiences: Vec<String>,
    /// `true` if the operator vouches for the issuer's e-mail addresses.
    pub trust_email: bool,
    /// The organization that people must sign in to (Auth0 Organizations).
    pub organization: Option<String>,
    /// The way by which access tokens for MCP servers and other APIs are obtained.
    pub audience_tokens: AudienceTokens,
}

/// The settings of a client at a token endpoint.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// The `client_id`.
    pub id: String,
    /// Its credential.
    pub credential: CredentialSettings,
}

/// The credential of a client.
#[derive(Debug, Clone)]
pub enum CredentialSettings {
    /// A secret and the method that sends it; `None` for the provider's preferred method.
    Secret(SecretString, Option<Method>),
    /// A private key from a file.
    Key(SigningKey),
    /// A private key in Secrets Manager, read at startup.
    KeyInSecretsManager {
        /// The variable that names the secret.
        variable: &'static str,
        /// The secret's name or ARN; its value is the PEM text.
        secret_id: String,
        /// The `kid` under which the provider knows the public key.
        key_id: Option<String>,
    },
}

/// The names of the variables of one client.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClientVariables {
    pub(super) id: &'static str,
    pub(super) secret: &'static str,
    pub(super) key_file: &'static str,
    pub(super) key_secret_id: &'static str,
    pub(super) key_id: &'static str,
}

const CLIENT: ClientVariables = ClientVariables {
    id: "OIDC_CLIENT_ID",
    secret: "OIDC_CLIENT_SECRET",
    key_file: "OIDC_CLIENT_KEY_FILE",
    key_secret_id: "OIDC_CLIENT_KEY_SECRET_ID",
    key_id: "OIDC_CLIENT_KEY_ID",
};

impl Oidc {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        // Parsed only to be checked: a parsed URL gains a slash that the provider does not write.
        r.url("OIDC_ISSUER");
        let issuer = r.optional("OIDC_ISSUER").unwrap_or_default();
        let profile = profile(r, &issuer);
        let method = method(r);
        Self {
            client: ClientSettings { id: r.text(CLIENT.id), credential: credential(r, CLIENT, method, Some(profile)) },
            scopes: r.optional("OIDC_SCOPES").map(|text| words(&text)),
            other_audiences: r.optional("OIDC_EXTRA_AUDIENCES").map(|text| words(&text)).unwrap_or_default(),
            trust_email: r.choice("OIDC_TRUST_EMAIL", &[("no", false), ("yes", true)]),
            organization: organization(r, profile),
            audience_tokens: audience_tokens(r, profile),
            profile,
            issuer,
        }
    }

    /// Returns `true` if approvals send the action as authorization details, whose type the operator registers for an
    /// API.
    pub(super) fn sends_details(&self) -> bool {
        self.profile.ciba.is_some_and(|dialect| dialect.details)
    }

    /// Returns `true` if requests for approval name the person by username, a claim that the sign-in must then bring.
    #[must_use]
    pub fn asks_by_username(&self) -> bool {
        self.profile.ciba.is_some_and(|dialect| dialect.login_hint == LoginHint::Username)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Returns the named profile, or else the one that the issuer's address suggests.
fn profile(r: &mut Reader<'_>, issuer: &str) -> &'static Profile {
    let suggested = Profile::suggested_by(issuer);
    let Some(name) = r.optional("OIDC_PROFILE") else { return suggested };
    Profile::named(&name).unwrap_or_else(|| {
        let names: Vec<_> = Profile::names().collect();
        r.wrong("OIDC_PROFILE", &format!("must be one of: {}", names.join(", ")));
        suggested
    })
}

fn organization(r: &mut Reader<'_>, profile: &Profile) -> Option<String> {
    let organization = r.optional("OIDC_ORGANIZATION")?;
    if !profile.organizations {
        r.wrong("OIDC_ORGANIZATION", &format!("has no meaning for the profile {}", profile.name));
    }
    Some(organization)
}

fn audience_tokens(r: &mut Reader<'_>, profile: &Profile) -> AudienceTokens {
    let Some(name) = r.optional("OIDC_API_TOKENS") else { return profile.audience_tokens };
    let found = AudienceTokens::NAMED.into_iter().find(|(own, _)| *own == name);
    found.map_or_else(
        || {
            let names = AudienceTokens::NAMED.map(|(name, _)| name).join(", ");
            r.wrong("OIDC_API_TOKENS", &format!("must be one of: {names}"));
            profile.audience_tokens
        },
        |(_, way)| way,
    )
}

fn method(r: &mut Reader<'_>) -> Option<Method> {
    let name = r.optional("OIDC_CLIENT_AUTH")?;
    let all = [Method::SecretBasic, Method::SecretPost, Method::PrivateKeyJwt];
    let method = all.into_iter().find(|method| method.name() == name);
    if method.is_none() {
        r.wrong("OIDC_CLIENT_AUTH", &format!("must be one of: {}", all.map(Method::name).join(", ")));
    }
    method
}

/// Reads the credential that the variables name: a secret, a key in a file, or a key in Secrets Manager.
pub(super) fn credential(
    r: &mut Reader<'_>,
    variables: ClientVariables,
    method: Option<Method>,
    profile: Option<&Profile>,
) -> CredentialSettings {
    let (file, at) = (r.optional(variables.key_file), r.optional(variables.key_secret_id));
    if file.is_none() && at.is_none() {
        let secret = r.secret(variables.secret);
        if method == Some(Method::PrivateKeyJwt) {
            r.wrong(variables.key_file, "is missing: private_key_jwt needs a private key");
        }
        return CredentialSettings::Secret(secret, method);
    }
    if r.optional(variables.secret).is_some() || (file.is_some() && at.is_some()) {
        let [secret, key_file, key_secret_id] = [variables.secret, variables.key_file, variables.key_secret_id];
        r.wrong(variables.key_file, &format!("set only one of {secret}, {key_file} and {key_secret_id}"));
    }
    if method.is_some_and(|method| method != Method::PrivateKeyJwt) {
        r.wrong("OIDC_CLIENT_AUTH", "must be private_key_jwt if a private key is set");
    }
    if profile.is_some_and(|profile| profile.name == "entra") {
        // Entra requires PS256 with the certificate's thumbprint in the header (learn.microsoft.com, "Certificate
        // credentials").
        r.wrong(
            variables.key_file,
            "cannot be used: Microsoft Entra accepts only certificates as keys; set a client secret instead",
        );
    }
    let key_id = r.optional(variables.key_id);
    match (file, at) {
        (Some(path), _) => key_in_file(r, variables.key_file, &path, key_id),
        (None, at) => CredentialSettings::KeyInSecretsManager {
            variable: variables.key_secret_id,
            secret_id: at.unwrap_or_default(),
            key_id,
        },
    }
}

fn key_in_file(r: &mut Reader<'_>, variable: &'static str, path: &str, key_id: Option<String>) -> CredentialSettings {
    let unusable = || CredentialSettings::Secret(SecretString::from(String::new()), None);
    let pem = match fs::read_to_string(path) {
        Ok(pem) => SecretString::from(pem),
        Err(error) => {
            r.wrong(variable, &format!("names a file that cannot be read: {error}"));
            return unusable();
        }
    };
    match SigningKey::from_pem(&pem, key_id) {
        Ok(key) => CredentialSettings::Key(key),
        Err(error) => {
            r.wrong(variable, &format!("names a file that {error}"));
            unusable()
        }
    }
}

#[cfg(test)]
mod tests;
