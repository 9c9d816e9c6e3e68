//! The authorization request (OpenID Connect Core section 3.1.2.1, RFC 7636).

use super::RelyingParty;
use crate::discovery::Metadata;
use crate::profile::OfflineAccess;
use agent::ports::Unavailable;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// Scopes that are requested if the provider supports them.
const SCOPES: [&str; 2] = ["profile", "email"];

/// The scope that requests a refresh token (OpenID Connect Core section 11).
const OFFLINE: &str = "offline_access";

/// Parameters that a sign-in link may contain. They are dropped for a provider without Organizations.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AuthorizationOptions {
    /// Auth0's `organization`.
    pub organization: Option<String>,
    /// Auth0's `invitation`: the ticket of an invitation to an organization.
    pub invitation: Option<String>,
    /// Asks the provider to authenticate the person again, and to say when it did (`prompt=login`, `max_age`; OpenID
    /// Connect Core section 3.1.2.1).
    #[serde(default)]
    pub again: bool,
}

/// Longest time since the authentication of a sign-in that was asked to be a new one, in seconds: the `max_age` of its
/// request.
pub const FRESH_S: i64 = 600;

/// A pending sign-in, stored in the browser that started it and identified by its state.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingSignIn {
    /// The `state` parameter, echoed by the provider.
    pub state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// The organization that was requested.
    pub(super) organization: Option<String>,
    /// Set if the provider was asked to authenticate the person again.
    #[serde(default)]
    pub(super) again: bool,
}

impl RelyingParty {
    /// Starts a sign-in. Returns the URL for the browser, and the state to store until the browser returns.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider's metadata cannot be fetched.
    pub async fn begin(&self, options: AuthorizationOptions) -> Result<(Url, PendingSignIn), Unavailable> {
        let metadata = self.discovery.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (CsrfToken::new_random().into_secret(), Nonce::new_random().secret().clone());
        let again = options.again;
        let (organization, invitation) = self.organization(options);
        let mut url = metadata.authorization_endpoint().url().clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.config.client.id)
                .append_pair("redirect_uri", &self.config.redirect_url)
                .append_pair("scope", &self.scopes(&metadata).join(" "))
                .append_pair("state", &state)
                .append_pair("nonce", &nonce)
                .append_pair("code_challenge", challenge.as_str())
                .append_pair("code_challenge_method", "S256")
                .extend_pairs(self.config.profile.authorization_parameters);
            query.extend_pairs(organization.iter().map(|value| ("organization", value)));
            if again {
                query.append_pair("prompt", "login").append_pair("max_age", &FRESH_S.to_string());
            }
            query.extend_pairs(invitation.iter().map(|value| ("invitation", value)));
        }
        Ok((url, PendingSignIn { state, nonce, verifier: verifier.into_secret(), organization, again }))
    }

    /// Returns the scopes to request: the configured ones, or else the default ones that the provider supports.
    #[must_use]
    pub fn scopes(&self, metadata: &Metadata) -> Vec<String> {
        if let Some(scopes) = &self.config.scopes {
            return scopes.clone();
        }
        let listed = metadata.scopes_supported();
        let lists = |scope: &str| listed.is_some_and(|all| all.iter().any(|one| one.as_str() == scope));
        let offline = match self.config.profile.offline_access {
            OfflineAccess::UnlessUnlisted => listed.is_none() || lists(OFFLINE),
            OfflineAccess::IfListed => lists(OFFLINE),
            OfflineAccess::Never => false,
        };
        let ours = SCOPES.into_iter().filter(|scope| listed.is_none() || lists(scope));
        ["openid"].into_iter().chain(ours).chain(offline.then_some(OFFLINE)).map(str::to_owned).collect()
    }

    /// The configured organization takes precedence: a link must not lead to another one.
    fn organization(&self, options: AuthorizationOptions) -> (Option<String>, Option<String>) {
        if !self.config.profile.organizations {
            return (None, None);
        }
        let organization = self.config.organization.clone().or_else(|| options.organization.filter(|text| plain(text)));
        (organization, options.invitation.filter(|text| plain(text)))
    }
}

/// Returns whether the person was authenticated as lately as the request demanded, with a minute for the difference of
/// clocks (OpenID Connect Core section 3.1.2.1, `max_age`). A provider that does not say when is not fresh, and no error:
/// such a sign-in is an ordinary one.
pub(super) fn is_new_enough(again: bool, auth_time: Option<i64>, now: i64) -> bool {
    !again || auth_time.is_none_or(|at| now - at <= FRESH_S + 60)
}

/// Returns whether a parameter of a link is short and consists of unreserved characters.
fn plain(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingSignIn { .. }")
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::client_authentication::Client;
    use crate::profile::{AudienceTokens, Profile};
    use crate::relying_party::Config;
    use std::collections::BTreeSet;

    fn party(profile: &str, organization: Option<&str>) -> RelyingParty {
        let config = Config {
            issuer: "https://idp.example".to_owned(),
            client: Client::with_secret("client".to_owned(), "secret".into(), None),
            redirect_url: "https://help.example/auth/callback".to_owned(),
            profile: Profile::named(profile).unwrap(),
            scopes: None,
            other_audiences: Vec::new(),
            trust_email: false,
            claims: BTreeSet::new(),
            organization: organization.map(str::to_owned),
            audience_tokens: AudienceTokens::Unsupported,
        };
        RelyingParty::new(config).unwrap()
    }

    #[test]
    fn a_link_names_an_organization_only_if_the_provider_has_some_and_none_is_set() {
        let link = |organization: &str, invitation: &str| AuthorizationOptions {
            organization: Some(organization.to_owned()),
            invitation: Some(invitation.to_owned()),
            again: false,
        };
        let rows = [
            ("auth0", None, link("org_1", "t1"), (Some("org_1"), Some("t1"))),
            ("auth0", Some("org_2"), link("org_1", "t1"), (Some("org_2"), Some("t1"))),
            ("auth0", None, link("org 1&x=y", ""), (None, None)),
            ("auth0", None, AuthorizationOptions::default(), (None, None)),
            ("okta", Some("org_2"), link("org_1", "t1"), (None, None)),
        ];
        for (profile, configured, options, expected) in rows {
            let (organization, invitation) = party(profile, configured).organization(options.clone());
            assert_eq!((organization.as_deref(), invitation.as_deref()), expected, "{profile} {options:?}");
        }
    }

    #[test]
    fn a_person_signs_in_again_within_the_time_that_was_asked_for() {
        for (again, auth_time, now, expected) in [
            (true, Some(1_000), 1_000 + FRESH_S, true),
            (true, Some(1_000), 1_000 + FRESH_S + 61, false),
            (true, None, 1_000, true),
            (false, Some(1_000), 1_000_000, true),
            (false, None, 1_000, true),
        ] {
            assert_eq!(is_new_enough(again, auth_time, now), expected, "{again} {auth_time:?} {now}");
        }
    }
}
