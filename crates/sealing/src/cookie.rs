//! Cookies, sealed as records are, as text.

use crate::SERVICE;
use crate::keyring::Keyring;
use crate::sealed::Sealed;
use agent::ports::Unavailable;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

impl Keyring {
    /// Seals `plain` into the value of a cookie, bound to `place`, which the cookie must be found at again.
    ///
    /// # Errors
    /// [`Unavailable`] without randomness.
    pub fn seal_cookie(&self, place: &str, plain: &[u8]) -> Result<String, Unavailable> {
        let sealed = self.seal(&cookie(place), plain);
        let Sealed { key, bytes } = sealed.map_err(|error| Unavailable::new(SERVICE, error.to_string()))?;
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(key), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens the value of a cookie that was sealed for `place`; `None` if it was changed, moved, planted, or sealed by a key
    /// that is gone. An unknown key is not fetched from the keyring's source: whoever sends a cookie could make us ask.
    #[must_use]
    pub fn open_cookie(&self, place: &str, value: &str) -> Option<Vec<u8>> {
        let (key, bytes) = value.split_once('.')?;
        let key = String::from_utf8(URL_SAFE_NO_PAD.decode(key).ok()?).ok()?;
        self.open(&cookie(place), &Sealed { key, bytes: URL_SAFE_NO_PAD.decode(bytes).ok()? }).ok()
    }
}

/// The place of a cookie, which is no place of a record.
fn cookie(place: &str) -> String {
    format!("cookie {place}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::fakes::ring;

    #[test]
    fn a_sealed_cookie_opens_at_its_place_alone() {
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
