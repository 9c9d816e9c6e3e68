//! Encrypted cookies: sealed values encoded as text.

use crate::SERVICE;
use crate::keyring::Keyring;
use crate::sealed::Sealed;
use agent::ports::Unavailable;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

impl Keyring {
    /// Encrypts `plain` as the value of a cookie and binds it to `place`, which must be the same when it is opened.
    ///
    /// # Errors
    /// [`Unavailable`] if the operating system provides no random bytes.
    pub fn seal_cookie(&self, place: &str, plain: &[u8]) -> Result<String, Unavailable> {
        let sealed = self.seal(&cookie(place), plain);
        let Sealed { key, bytes } = sealed.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(key), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Decrypts the value of a cookie that was sealed for `place`; `None` if it was tampered with, moved, forged, or
    /// sealed with a key that is no longer in the keyring. An unknown key is not fetched from the source of the
    /// keyring, because any client could then trigger fetches.
    #[must_use]
    pub fn open_cookie(&self, place: &str, value: &str) -> Option<Vec<u8>> {
        let (key, bytes) = value.split_once('.')?;
        let key = String::from_utf8(URL_SAFE_NO_PAD.decode(key).ok()?).ok()?;
        self.open(&cookie(place), &Sealed { key, bytes: URL_SAFE_NO_PAD.decode(bytes).ok()? }).ok()
    }
}

/// Returns the associated data of a cookie. It differs from every record's, so a stored record is not accepted as a
/// cookie.
fn cookie(place: &str) -> String {
    format!("cookie {place}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::fakes::ring;

    #[test]
    fn a_sealed_cookie_opens_only_at_its_place() {
        let (old, new) = (ring("k1", &["k1", "k2"]), ring("k2", &["k1", "k2"]));
        let value = old.seal_cookie("sign-in a", b"verifier").unwrap();
        assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{value}");
        assert_eq!(new.open_cookie("sign-in a", &value).unwrap(), b"verifier", "an older key still opens");
        assert_eq!(old.open_cookie("sign-in b", &value), None, "moved");
        let record = old.seal("sign-in a", b"verifier").unwrap();
        let record = format!("{}.{}", URL_SAFE_NO_PAD.encode("k1"), URL_SAFE_NO_PAD.encode(record.bytes));
        assert_eq!(old.open_cookie("sign-in a", &record), None, "a stored record");
        for planted in ["", ".", "a.b", "azE.", &value[1..], &format!("{value}x"), &value.replace('.', "")] {
            assert_eq!(old.open_cookie("sign-in a", planted), None, "{planted}");
        }
    }
}
