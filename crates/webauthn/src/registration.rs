//! The registration of a new credential (section 7.1).

use crate::RelyingParty;
use crate::authenticator_data::{AuthenticatorData, Backup};
use crate::bytes::Bytes;
use crate::cbor::{BadCbor, Reader};
use crate::client_data::{Ceremony, ClientData};
use crate::error::Invalid;
use crate::key::CredentialKey;
use serde::Deserialize;

/// The response of an authenticator to a registration (`AuthenticatorAttestationResponse`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// The client data.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// The attestation object.
    pub attestation_object: Bytes,
}

/// A verified new credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The credential id.
    pub credential_id: Bytes,
    /// The public key.
    pub key: CredentialKey,
    /// The signature counter; 0 if the authenticator has none.
    pub sign_count: u32,
    /// The state of the backup.
    pub backup: Backup,
    /// The model of the authenticator; zeros if it does not say.
    pub aaguid: [u8; 16],
}

impl Registration {
    /// Verifies the response to `challenge`. An attestation statement is skipped.
    ///
    /// # Errors
    /// The first defect.
    pub fn verify(&self, party: &RelyingParty, challenge: &[u8]) -> Result<Registered, Invalid> {
        ClientData::of(party, self.client_data_json.as_slice(), Ceremony::Registration, challenge)?;
        let data = authenticator_data(self.attestation_object.as_slice()).map_err(|_| Invalid::AuthenticatorData)?;
        let data = AuthenticatorData::parse(data)?;
        if !data.is_for(&party.id) {
            return Err(Invalid::RelyingParty);
        }
        let credential = data.credential.as_ref().ok_or(Invalid::AuthenticatorData)?;
        let registered = Registered {
            credential_id: Bytes::try_from(credential.id.to_vec()).map_err(|_| Invalid::AuthenticatorData)?,
            key: credential.public_key()?,
            sign_count: data.sign_count,
            backup: data.backup,
            aaguid: credential.aaguid,
        };
        data.check_user()?;
        Ok(registered)
    }
}

/// Returns the authenticator data in an attestation object (section 6.5.4).
fn authenticator_data(object: &[u8]) -> Result<&[u8], BadCbor> {
    let mut reader = Reader(object);
    let mut data = None;
    for _ in 0..reader.map()? {
        match reader.text()? {
            "authData" if data.is_none() => data = Some(reader.bytes()?),
            "authData" => return Err(BadCbor),
            _ => reader.skip()?,
        }
    }
    if reader.0.is_empty() { data.ok_or(BadCbor) } else { Err(BadCbor) }
}
