//! `clientDataJSON` (section 5.8.1): the browser's statement about the page that called the authenticator.

use crate::RelyingParty;
use crate::bytes::encoded;
use crate::error::Invalid;
use serde::Deserialize;

/// The ceremony that client data belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ceremony {
    Registration,
    Assertion,
}

impl Ceremony {
    const fn name(self) -> &'static str {
        match self {
            Self::Registration => "webauthn.create",
            Self::Assertion => "webauthn.get",
        }
    }
}

/// The members that are checked. Browsers may add others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    /// The origin of the page.
    pub(crate) origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

impl ClientData {
    /// Parses client data and checks everything but the origin.
    pub(crate) fn parse(json: &[u8], ceremony: Ceremony, challenge: &[u8]) -> Result<Self, Invalid> {
        let data: Self = serde_json::from_slice(json).map_err(|_| Invalid::ClientData)?;
        if data.kind != ceremony.name() {
            Err(Invalid::Ceremony)
        } else if data.challenge != encoded(challenge) {
            Err(Invalid::Challenge)
        } else if data.cross_origin || data.top_origin.is_some() {
            Err(Invalid::CrossOrigin)
        } else {
            Ok(data)
        }
    }

    /// Parses client data that must come from a page of this relying party.
    pub(crate) fn of(party: &RelyingParty, json: &[u8], ceremony: Ceremony, challenge: &[u8]) -> Result<Self, Invalid> {
        let data = Self::parse(json, ceremony, challenge)?;
        if data.origin == party.origin { Ok(data) } else { Err(Invalid::Origin) }
    }
}
