//! The keys that seal sessions, from Secrets Manager. No key, no start: nothing falls back to plain text.

use crate::SERVICE;
use crate::sealing::Sealed;
use agent::ports::Unavailable;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::Key;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Keys by id, one of them for new records; older ones stay until all their records have expired.
#[derive(Clone)]
pub struct Keyring {
    pub(crate) current: String,
    pub(crate) keys: HashMap<String, Key>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("current", &self.current).finish_non_exhaustive()
    }
}

/// Why a secret is no keyring. Never shows any of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKeyring {
    /// Not the JSON that it should be.
    #[error("the secret must be JSON: {{\"current\": \"<id>\", \"keys\": {{\"<id>\": \"<base64 of 32 bytes>\"}}}}")]
    Shape,
    /// A key of a wrong length.
    #[error("the key `{0}` is not 32 bytes of base64")]
    Key(String),
    /// A key of equal bytes: a placeholder.
    #[error("the key `{0}` is a placeholder")]
    Placeholder(String),
    /// The current key is not among the keys.
    #[error("the current key `{0}` is not among the keys")]
    NoCurrent(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    current: String,
    keys: HashMap<String, String>,
}

impl Keyring {
    /// Reads the secret's text.
    ///
    /// # Errors
    /// See [`BadKeyring`].
    pub fn parse(text: &str) -> Result<Self, BadKeyring> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| BadKeyring::Shape)?;
        let mut keys = HashMap::new();
        for (id, encoded) in stored.keys {
            let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| BadKeyring::Key(id.clone()))?);
            let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| BadKeyring::Key(id.clone()))?;
            if key.iter().all(|byte| *byte == key[0]) {
                return Err(BadKeyring::Placeholder(id));
            }
            keys.insert(id, Key::from(key));
        }
        if !keys.contains_key(&stored.current) {
            return Err(BadKeyring::NoCurrent(stored.current));
        }
        Ok(Self { current: stored.current, keys })
    }
}

/// Time between two fetches of a keyring that is kept fresh. A key that was added to the secret is known to every server after it.
const REFRESH: Duration = Duration::from_secs(300);

/// A keyring that is fetched again when a record names a key that it does not have: keys are rotated while servers run.
pub struct LiveKeyring {
    aws: aws_config::SdkConfig,
    endpoint_url: Option<String>,
    secret_id: String,
    ring: RwLock<Arc<Keyring>>,
    /// The last fetch for the sake of an unknown key.
    fetched: Mutex<Option<Fetched>>,
}

/// A fetch of the keyring.
struct Fetched {
    at: Instant,
    failure: Option<Unavailable>,
}

/// A record that names a key that nobody has ever had must not make us ask again and again.
const PAUSE: Duration = Duration::from_secs(10);

impl LiveKeyring {
    /// Fetches the keyring from Secrets Manager, now and later.
    ///
    /// # Errors
    /// [`Unavailable`] with the cause, also when the secret is no keyring.
    pub async fn fetch(
        aws: &aws_config::SdkConfig,
        endpoint_url: Option<String>,
        secret_id: &str,
    ) -> Result<Self, Unavailable> {
        let ring = fetch_keyring(aws, endpoint_url.clone(), secret_id).await?;
        let (aws, secret_id) = (aws.clone(), secret_id.to_owned());
        Ok(Self { aws, endpoint_url, secret_id, ring: RwLock::new(Arc::new(ring)), fetched: Mutex::default() })
    }

    /// Fetches the keyring anew every five minutes until the last handle is dropped, so that a key is known before it seals
    /// anything. A fetch that fails leaves the keyring as it is.
    pub fn keep_fresh(self: &Arc<Self>) {
        let keyring = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(REFRESH).await;
                let Some(keyring) = keyring.upgrade() else { return };
                if let Err(error) = keyring.newest().await {
                    tracing::warn!(error = %error, secret_id = keyring.secret_id, "the keyring could not be fetched anew");
                }
            }
        });
    }

    /// Opens a sealed value of the record `place`; `None` if it was changed, moved, planted, or sealed by a key that is gone.
    ///
    /// # Errors
    /// [`Unavailable`] when it names an unknown key and the keyring cannot be fetched anew.
    pub(crate) async fn open(&self, place: &str, sealed: &Sealed) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(self.with(&sealed.key).await?.open(place, sealed).ok())
    }

    /// Seals a value of the record `place` by the current key.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness.
    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Result<Sealed, Unavailable> {
        self.now().seal(place, plain).map_err(|error| Unavailable::new(SERVICE, error.to_string()))
    }

    /// The keyring as it was last fetched.
    #[must_use]
    pub fn now(&self) -> Arc<Keyring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A keyring with the key `id`, if there is such a key.
    pub(crate) async fn with(&self, id: &str) -> Result<Arc<Keyring>, Unavailable> {
        if !self.now().keys.contains_key(id) {
            let mut fetched = self.fetched.lock().await;
            let late = fetched.as_ref().is_none_or(|last| last.at.elapsed() > PAUSE);
            if late && !self.now().keys.contains_key(id) {
                let newest = self.newest().await;
                *fetched = Some(Fetched { at: Instant::now(), failure: newest.as_ref().err().cloned() });
                return newest;
            }
            // An outcome that could not be asked of late is not known, which is no answer.
            if let (Some(Fetched { failure: Some(error), .. }), false) = (&*fetched, self.now().keys.contains_key(id)) {
                return Err(error.clone());
            }
        }
        Ok(self.now())
    }

    /// The keyring as it is now: what is made to last must not be wrapped by a key that is about to go.
    pub(crate) async fn newest(&self) -> Result<Arc<Keyring>, Unavailable> {
        let ring = Arc::new(fetch_keyring(&self.aws, self.endpoint_url.clone(), &self.secret_id).await?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring.clone();
        Ok(ring)
    }
}

impl std::fmt::Debug for LiveKeyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveKeyring").field("secret_id", &self.secret_id).finish_non_exhaustive()
    }
}

/// Fetches the keyring from Secrets Manager.
///
/// # Errors
/// [`Unavailable`] with the cause, also when the secret is no keyring.
pub async fn fetch_keyring(
    aws: &aws_config::SdkConfig,
    endpoint_url: Option<String>,
    secret_id: &str,
) -> Result<Keyring, Unavailable> {
    let text = fetch_secret(aws, endpoint_url, secret_id).await?;
    Keyring::parse(text.expose_secret()).map_err(|error| failed(error.to_string()))
}

/// Fetches the text of a secret from Secrets Manager.
///
/// # Errors
/// [`Unavailable`] with the cause.
pub async fn fetch_secret(
    aws: &aws_config::SdkConfig,
    endpoint_url: Option<String>,
    secret_id: &str,
) -> Result<SecretString, Unavailable> {
    let mut builder = aws_sdk_secretsmanager::config::Builder::from(aws).timeout_config(crate::timeouts());
    if let Some(url) = endpoint_url {
        builder = builder.endpoint_url(url);
    }
    let client = aws_sdk_secretsmanager::Client::from_conf(builder.build());
    let answer = client.get_secret_value().secret_id(secret_id).send().await;
    let answer = answer.map_err(|error| failed(DisplayErrorContext(error).to_string()))?;
    let text = answer.secret_string().ok_or_else(|| failed("the secret has no text".to_owned()))?;
    Ok(SecretString::from(text))
}

fn failed(cause: String) -> Unavailable {
    Unavailable::new("Secrets Manager", cause)
}

#[cfg(test)]
impl LiveKeyring {
    /// A keyring that is never fetched anew with success: there is no Secrets Manager behind it.
    pub(crate) fn of(ring: Keyring) -> Self {
        let aws = aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
        let (secret_id, fetched) = ("none".to_owned(), Mutex::default());
        Self { aws, endpoint_url: None, secret_id, ring: RwLock::new(Arc::new(ring)), fetched }
    }

    /// Puts another keyring in the place of this one, as a fetch does.
    pub(crate) fn put(&self, ring: Keyring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_ring_of_real_keys_is_taken() {
        let key = STANDARD.encode((0..32).collect::<Vec<u8>>());
        let placeholder = STANDARD.encode([0_u8; 32]);
        let row = |current: &str, key: &str| format!(r#"{{"current":"{current}","keys":{{"k1":"{key}"}}}}"#);
        assert!(Keyring::parse(&row("k1", &key)).is_ok());
        for (text, expected) in [
            (String::new(), BadKeyring::Shape),
            ("hunter2".to_owned(), BadKeyring::Shape),
            (row("k2", &key), BadKeyring::NoCurrent("k2".into())),
            (row("k1", "AAAA"), BadKeyring::Key("k1".into())),
            (row("k1", "not base64!"), BadKeyring::Key("k1".into())),
            (row("k1", &placeholder), BadKeyring::Placeholder("k1".into())),
        ] {
            assert_eq!(Keyring::parse(&text).err(), Some(expected), "{text}");
        }
    }
}
