//! Authenticator data (section 6.1): RP ID hash, flags, signature counter, and at registration the new credential.

use crate::cbor::Reader;
use crate::error::Invalid;
use crate::key::{self, CredentialKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const CREDENTIAL: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// Longest credential id (section 5.1.1).
const LONGEST_CREDENTIAL_ID: u64 = 1023;

/// The state of a credential's backup (section 6.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backup {
    /// The credential never leaves its authenticator.
    SingleDevice,
    /// The credential may be synchronized and is not yet.
    Eligible,
    /// The credential is synchronized to other devices of the person.
    BackedUp,
}

/// Parsed authenticator data.
#[derive(Debug)]
pub(crate) struct AuthenticatorData<'a> {
    pub(crate) rp_id_hash: &'a [u8],
    flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) backup: Backup,
    pub(crate) credential: Option<AttestedCredential<'a>>,
}

/// The credential that a registration created.
#[derive(Debug)]
pub(crate) struct AttestedCredential<'a> {
    pub(crate) aaguid: [u8; 16],
    pub(crate) id: &'a [u8],
    pub(crate) key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    pub(crate) fn parse(data: &'a [u8]) -> Result<Self, Invalid> {
        let bad = |_| Invalid::AuthenticatorData;
        let mut reader = Reader(data);
        let rp_id_hash = reader.take(32).map_err(bad)?;
        let flags = reader.take(1).map_err(bad)?[0];
        let sign_count = reader.take(4).map_err(bad)?.iter().fold(0, |count, byte| count << 8 | u32::from(*byte));
        let credential = if flags & CREDENTIAL == 0 { None } else { Some(attested(&mut reader)?) };
        if flags & EXTENSIONS != 0 {
            reader.skip().map_err(bad)?;
        }
        if !reader.0.is_empty() {
            return Err(Invalid::AuthenticatorData);
        }
        let backup = match (flags & BACKUP_ELIGIBLE != 0, flags & BACKED_UP != 0) {
            (false, false) => Backup::SingleDevice,
            (true, false) => Backup::Eligible,
            (true, true) => Backup::BackedUp,
            (false, true) => return Err(Invalid::BackupFlags),
        };
        Ok(Self { rp_id_hash, flags, sign_count, backup, credential })
    }

    /// Checks that the data are for this RP ID.
    pub(crate) fn is_for(&self, rp_id: &str) -> bool {
        Sha256::digest(rp_id.as_bytes())[..] == *self.rp_id_hash
    }

    /// Checks that the user was present and verified.
    pub(crate) fn check_user(&self) -> Result<(), Invalid> {
        if self.flags & USER_PRESENT == 0 {
            Err(Invalid::UserPresence)
        } else if self.flags & USER_VERIFIED == 0 {
            Err(Invalid::UserVerification)
        } else {
            Ok(())
        }
    }
}

fn attested<'a>(reader: &mut Reader<'a>) -> Result<AttestedCredential<'a>, Invalid> {
    let bad = |_| Invalid::AuthenticatorData;
    let aaguid = reader.take(16).map_err(bad)?.try_into().map_err(|_| Invalid::AuthenticatorData)?;
    let length = reader.take(2).map_err(bad)?;
    let length = u64::from(length[0]) << 8 | u64::from(length[1]);
    if !(1..=LONGEST_CREDENTIAL_ID).contains(&length) {
        return Err(Invalid::AuthenticatorData);
    }
    let id = reader.take(length).map_err(bad)?;
    let key = key::length(reader.0).map_err(bad)? as u64;
    Ok(AttestedCredential { aaguid, id, key: reader.take(key).map_err(bad)? })
}

impl AttestedCredential<'_> {
    pub(crate) fn public_key(&self) -> Result<CredentialKey, Invalid> {
        CredentialKey::new(self.key.to_vec())
    }
}
