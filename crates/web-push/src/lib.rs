//! Web Push: tells a person's browsers that a request waits (RFC 8030). Each message is encrypted for its browser
//! (RFC 8188, RFC 8291) and signed for its push service (VAPID, RFC 8292). It says only that a request waits.
//!
//! No library is used for the encryption: `ece` needs OpenSSL, `web-push-native` brings a second and third implementation
//! of P-256 and AES, and the whole protocol is one key agreement, two derivations and one sealed record of `aws-lc-rs`.

mod encryption;
mod endpoint;
mod notifier;
mod vapid;

pub use encryption::{BrowserKeys, EncryptionError, encrypt};
pub use endpoint::{InvalidServices, PushServices, RefusedEndpoint};
pub use notifier::WebPush;
pub use vapid::{Contact, InvalidKey, VapidKey};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes base64url. Padding is accepted: browsers send none, some libraries do.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}
