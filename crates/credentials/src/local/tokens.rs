//! The stored record of an account: its tokens, their scopes, and the time of renewal.

use crate::identity::AccountIdentity;
use agent::ports::{Millis, Unavailable};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// Longest time before expiry at which a token becomes due for renewal, in milliseconds. It is also at most a fifth of
/// the token's lifetime, and jitter reduces it to half at most.
const AHEAD: Millis = 300_000;

/// Time before expiry at which a token is no longer handed out, in milliseconds: the call must finish before expiry.
const MARGIN: Millis = 10_000;

/// Validity of a one-time consent, in milliseconds.
const CONSENT: Millis = 600_000;

/// The stored tokens of an account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tokens {
    #[serde(serialize_with = "exposed")]
    pub(crate) access: SecretString,
    #[serde(serialize_with = "exposed_if_any")]
    pub(crate) refresh: Option<SecretString>,
    pub(crate) scopes: Vec<String>,
    /// Owner of the account; none if the provider did not name them when the account was connected.
    pub(crate) owner: Option<AccountIdentity>,
    /// Time of the person's consent, in milliseconds since 1970.
    pub(crate) consented: Millis,
    pub(crate) life: Option<TokenLifetime>,
}

/// Times at which an access token is due for renewal and expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenLifetime {
    pub(crate) renew: Millis,
    pub(crate) end: Millis,
}

impl TokenLifetime {
    /// Returns the times for a token issued at `now` for `seconds`. `jitter` (0 to 255) moves the renewal, so that
    /// tokens issued together are not renewed together.
    pub(crate) fn of(now: Millis, seconds: u64, jitter: u8) -> Self {
        let life = i64::try_from(seconds).unwrap_or(i64::MAX / 2000).min(i64::MAX / 2000) * 1000;
        let most = AHEAD.min(life / 5);
        let ahead = most / 2 + most / 2 * i64::from(jitter) / 255;
        Self { renew: now + life - ahead, end: now + life }
    }
}

impl Tokens {
    /// Tells whether the access token is not yet due for renewal.
    pub(crate) fn serves(&self, now: Millis) -> bool {
        self.life.is_none_or(|life| now < life.renew)
    }

    /// Tells whether the access token is valid long enough for a call, even if it is due for renewal.
    pub(crate) fn lives(&self, now: Millis) -> bool {
        self.life.is_none_or(|life| now < life.end - MARGIN)
    }

    /// Tells whether a one-time consent is still valid.
    pub(crate) fn is_recent(&self, now: Millis) -> bool {
        (0..CONSENT).contains(&(now - self.consented))
    }

    /// Returns those of `scopes` that the tokens lack.
    pub(crate) fn lacks(&self, scopes: &[String]) -> Vec<String> {
        scopes.iter().filter(|scope| !self.scopes.contains(scope)).cloned().collect()
    }

    pub(crate) fn written(&self) -> Result<Vec<u8>, Unavailable> {
        serde_json::to_vec(self).map_err(|error| Unavailable::new(crate::SERVICE, error.to_string()))
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn exposed_if_any<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("scopes", &self.scopes).field("life", &self.life).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn tokens(life: Option<TokenLifetime>) -> Tokens {
        let scopes = vec!["repo".to_owned()];
        let owner = Some(AccountIdentity { name: "ada".to_owned(), email: None });
        Tokens { access: "a1".into(), refresh: Some("r1".into()), scopes, owner, consented: 1_000, life }
    }

    #[test]
    fn tokens_are_renewed_before_they_expire_and_not_all_at_once() {
        let hour = |jitter| TokenLifetime::of(0, 3600, jitter);
        assert_eq!(hour(0), TokenLifetime { renew: 3_450_000, end: 3_600_000 });
        assert_eq!(hour(255), TokenLifetime { renew: 3_300_000, end: 3_600_000 });
        assert_eq!(TokenLifetime::of(0, 60, 255).renew, 48_000, "at most a fifth of a short lifetime");
        assert!(TokenLifetime::of(0, u64::MAX, 3).renew > 0, "no overflow");
        for jitter in 0..=255 {
            assert!((3_300_000..=3_450_000).contains(&hour(jitter).renew), "{jitter}");
        }
    }

    #[test]
    fn only_a_token_that_still_works_is_returned() {
        let kept = tokens(Some(TokenLifetime { renew: 50_000, end: 100_000 }));
        for (now, serves, lives) in
            [(0, true, true), (49_999, true, true), (50_000, false, true), (90_000, false, false)]
        {
            assert_eq!((kept.serves(now), kept.lives(now)), (serves, lives), "{now}");
        }
        assert!(tokens(None).serves(i64::MAX / 2), "a token without an expiry is always served");
    }

    #[test]
    fn a_one_time_consent_counts_for_ten_minutes() {
        let kept = tokens(None);
        for (now, recent) in [(999, false), (1_000, true), (600_999, true), (601_000, false)] {
            assert_eq!(kept.is_recent(now), recent, "{now}");
        }
    }

    #[test]
    fn stored_tokens_are_read_back_and_never_printed() {
        let kept = tokens(Some(TokenLifetime { renew: 1, end: 2 }));
        let again = Tokens::read(&kept.written().unwrap()).unwrap();
        assert_eq!(again.access.expose_secret(), "a1");
        assert_eq!(again.refresh.as_ref().map(ExposeSecret::expose_secret), Some("r1"));
        assert_eq!(
            (again.lacks(&["repo".to_owned(), "user".to_owned()]), again.life, again.owner.clone()),
            (vec!["user".to_owned()], kept.life, kept.owner.clone())
        );
        assert!(!format!("{again:?}").contains("a1"), "{again:?}");
        assert!(Tokens::read(b"plain text").is_none());
    }
}
