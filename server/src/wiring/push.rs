//! Creates the notifier: Web Push, if it is configured.

use super::StartError;
use super::storage::Storage;
use crate::config::Config;
use agent::ports::{NoNotifier, Notifier};
use secrecy::SecretString;
use std::sync::Arc;
use system::SystemClock;
use web_push::{InvalidKey, VapidKey, WebPush};

pub(super) fn notifier(config: &Config, storage: &Storage) -> Result<Arc<dyn Notifier>, StartError> {
    let Some(own) = &config.push else { return Ok(Arc::new(NoNotifier)) };
    if let Some(variable) = own.unused_proxy {
        tracing::warn!(
            variable,
            "push services are reached without the proxy of this machine: it would resolve their names unchecked"
        );
    }
    // The configuration has read the key already, so this cannot fail.
    let key = VapidKey::from_pem(&own.key).map_err(StartError::PushKey)?;
    let (contact, services) = (own.contact.clone(), own.services.clone());
    let push = WebPush::new(key, contact, services, storage.subscriptions.clone(), Arc::new(SystemClock))?;
    Ok(Arc::new(push))
}

/// Creates a key for Web Push in PEM form, for `countersign push-key`.
///
/// # Errors
/// [`InvalidKey`] if this machine has no randomness.
pub fn new_key() -> Result<SecretString, InvalidKey> {
    VapidKey::generate()
}
