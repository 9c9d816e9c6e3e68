//! The assertion of a registered credential (section 7.2).

use crate::RelyingParty;
use crate::authenticator_data::{AuthenticatorData, Backup};
use crate::bytes::Bytes;
use crate::client_data::{Ceremony, ClientData};
use crate::error::Invalid;
use crate::key::CredentialKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The response of an authenticator to an assertion (`AuthenticatorAssertionResponse`), without its user handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    /// The authenticator data.
    pub authenticator_data: Bytes,
    /// The client data.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// The signature over both.
    pub signature: Bytes,
}

/// An assertion with the public key that verifies it: evidence that needs no other source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SignedAssertion {
    /// The credential public key, a COSE key.
    pub credential_public_key: CredentialKey,
    /// The authenticator data.
    pub authenticator_data: Bytes,
    /// The client data.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// The signature over both.
    pub signature: Bytes,
}

/// The statements of a verified assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The origin of the page that called the authenticator.
    pub origin: String,
    /// The signature counter; 0 if the authenticator has none.
    pub sign_count: u32,
    /// The state of the backup.
    pub backup: Backup,
}

impl Assertion {
    /// Verifies the response to `challenge` by `key`. The caller checks the counter, see [`counter_advances`].
    ///
    /// # Errors
    /// The first defect.
    pub fn verify(&self, party: &RelyingParty, key: &CredentialKey, challenge: &[u8]) -> Result<Verified, Invalid> {
        let client = ClientData::of(party, self.client_data_json.as_slice(), Ceremony::Assertion, challenge)?;
        let data = AuthenticatorData::parse(self.authenticator_data.as_slice())?;
        if !data.is_for(&party.id) {
            return Err(Invalid::RelyingParty);
        }
        self.signed(key, &data, client)
    }

    /// Verifies the signature, and that the user was present and verified.
    fn signed(
        &self,
        key: &CredentialKey,
        data: &AuthenticatorData<'_>,
        client: ClientData,
    ) -> Result<Verified, Invalid> {
        let mut message = self.authenticator_data.as_slice().to_vec();
        message.extend(Sha256::digest(self.client_data_json.as_slice()));
        key.verify(&message, self.signature.as_slice())?;
        data.check_user()?;
        Ok(Verified { origin: client.origin, sign_count: data.sign_count, backup: data.backup })
    }

    /// Adds the key that verified the assertion.
    #[must_use]
    pub fn with_key(self, key: CredentialKey) -> SignedAssertion {
        let Self { authenticator_data, client_data_json, signature } = self;
        SignedAssertion { credential_public_key: key, authenticator_data, client_data_json, signature }
    }
}

impl SignedAssertion {
    /// Verifies the assertion for this relying party.
    ///
    /// # Errors
    /// The first defect.
    pub fn verify(&self, party: &RelyingParty, challenge: &[u8]) -> Result<Verified, Invalid> {
        self.assertion().verify(party, &self.credential_public_key, challenge)
    }

    /// Verifies the assertion without the knowledge of a relying party: the RP ID must be the host of the origin that the
    /// browser states. The reader decides about that origin, [`Verified::origin`].
    ///
    /// # Errors
    /// The first defect.
    pub fn verify_anywhere(&self, challenge: &[u8]) -> Result<Verified, Invalid> {
        let client = ClientData::parse(self.client_data_json.as_slice(), Ceremony::Assertion, challenge)?;
        let data = AuthenticatorData::parse(self.authenticator_data.as_slice())?;
        if !host(&client.origin).is_some_and(|host| data.is_for(host)) {
            return Err(Invalid::RelyingParty);
        }
        self.assertion().signed(&self.credential_public_key, &data, client)
    }

    fn assertion(&self) -> Assertion {
        let Self { authenticator_data, client_data_json, signature, .. } = self.clone();
        Assertion { authenticator_data, client_data_json, signature }
    }
}

/// The host of a serialized origin.
fn host(origin: &str) -> Option<&str> {
    let (_, rest) = origin.split_once("://")?;
    Some(rest.rsplit_once(':').map_or(rest, |(host, _)| host))
}

/// Returns whether the counter of an assertion may follow the stored one (section 7.2 step 22): it grows, or the
/// authenticator has none and both are 0. A counter that stays or goes back belongs to a copy of the authenticator.
#[must_use]
pub const fn counter_advances(stored: u32, asserted: u32) -> bool {
    asserted > stored || (asserted == 0 && stored == 0)
}
