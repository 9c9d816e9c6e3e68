//! The passkeys of a person: at most ten, each with the counter that detects a copy. Pure state; a port stores it.

use crate::ports::Millis;
use serde::{Deserialize, Serialize};

/// An enrolled passkey. It holds no secret: the private key never leaves the authenticator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The credential id, in base64url.
    pub credential_id: String,
    /// The credential public key, a COSE key in base64url.
    pub key: String,
    /// The name that the person gave it.
    pub name: String,
    /// The time of the enrolment.
    pub enrolled: Millis,
    /// The time of the last approval.
    pub used: Option<Millis>,
    /// The signature counter of the last response; 0 if the authenticator has none.
    pub sign_count: u32,
    /// Set if the passkey is synchronized to other devices of the person.
    pub backed_up: bool,
    /// SHA-256 of the last evidence, by which a repeated write is recognized.
    pub last: Option<String>,
}

/// The reason why a passkey was not enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEnrolled {
    /// The person has as many passkeys as are allowed.
    #[error("the person has {} passkeys already", Enrolments::MOST)]
    Full,
    /// The passkey is enrolled.
    #[error("the passkey is enrolled already")]
    Exists,
}

/// The passkeys of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Enrolments(Vec<Enrolment>);

impl Enrolments {
    /// Most passkeys of a person.
    pub const MOST: usize = 10;

    /// Longest name of a passkey, in characters.
    pub const LONGEST_NAME: usize = 60;

    /// The passkeys, in the order of their enrolment.
    #[must_use]
    pub fn all(&self) -> &[Enrolment] {
        &self.0
    }

    /// Returns the passkey with this credential id.
    #[must_use]
    pub fn find(&self, credential_id: &str) -> Option<&Enrolment> {
        self.0.iter().find(|own| own.credential_id == credential_id)
    }

    /// Adds a passkey.
    ///
    /// # Errors
    /// See [`NotEnrolled`].
    pub fn enrol(&mut self, enrolment: Enrolment) -> Result<(), NotEnrolled> {
        if self.find(&enrolment.credential_id).is_some() {
            Err(NotEnrolled::Exists)
        } else if self.0.len() >= Self::MOST {
            Err(NotEnrolled::Full)
        } else {
            self.0.push(enrolment);
            Ok(())
        }
    }

    /// Removes a passkey and returns it; `None` if there is none with this credential id.
    pub fn revoke(&mut self, credential_id: &str) -> Option<Enrolment> {
        let place = self.0.iter().position(|own| own.credential_id == credential_id)?;
        Some(self.0.remove(place))
    }

    /// Returns a passkey to record its use.
    pub fn find_mut(&mut self, credential_id: &str) -> Option<&mut Enrolment> {
        self.0.iter_mut().find(|own| own.credential_id == credential_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passkey(id: usize) -> Enrolment {
        Enrolment {
            credential_id: id.to_string(),
            key: String::new(),
            name: String::new(),
            enrolled: 0,
            used: None,
            sign_count: 0,
            backed_up: false,
            last: None,
        }
    }

    #[test]
    fn a_person_has_few_passkeys_and_each_once() {
        let mut own = Enrolments::default();
        for id in 0..Enrolments::MOST {
            assert_eq!(own.enrol(passkey(id)), Ok(()));
        }
        assert_eq!(own.enrol(passkey(3)), Err(NotEnrolled::Exists));
        assert_eq!(own.enrol(passkey(99)), Err(NotEnrolled::Full));
        assert_eq!(own.revoke("3"), Some(passkey(3)));
        assert_eq!((own.revoke("3"), own.find("3")), (None, None));
        assert_eq!(own.enrol(passkey(99)), Ok(()));
    }
}
