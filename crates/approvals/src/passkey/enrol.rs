//! The enrolment and the revocation of a passkey, each recorded in the ledger before it happens.

use super::{Passkeys, user_handle};
use crate::own_entry;
use agent::Actor;
use agent::enrolments::{Enrolment, Enrolments, NotEnrolled};
use agent::ports::{Millis, Outcome, Unavailable};
use serde::Serialize;
use serde_json::{Value, json};
use webauthn::{ALGORITHMS, Backup, Bytes, Invalid, Registration};

/// Time that a browser gives a person for the ceremony, in milliseconds.
const CEREMONY_MS: u32 = 120_000;

/// The name under which the ledger records changes of passkeys.
const LEDGER_NAME: &str = "passkeys";

/// The options of a registration (`PublicKeyCredentialCreationOptions`), with binary values in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Creation(Value);

/// A passkey was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The authenticator's response was refused.
    #[error("the response was refused: {0}")]
    Response(#[from] Invalid),
    /// The person cannot have it.
    #[error(transparent)]
    NotEnrolled(#[from] NotEnrolled),
    /// A service did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A passkey was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// The person has no such passkey.
    #[error("there is no such passkey")]
    Unknown,
    /// A service did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Passkeys {
    /// Returns the options by which a browser registers a new passkey: user verification required, a discoverable
    /// credential preferred, no attestation, none of the authenticators that the person has enrolled.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn creation(&self, actor: &Actor, challenge: &Bytes) -> Result<Creation, Unavailable> {
        let own = self.list(actor).await?;
        let credential = |id: &str| json!({ "type": "public-key", "id": id });
        let name = actor.email().or(actor.username()).unwrap_or_else(|| actor.name());
        Ok(Creation(json!({
            "rp": { "id": self.party.id, "name": "Countersign" },
            "user": { "id": user_handle(actor), "name": name, "displayName": actor.name() },
            "challenge": challenge,
            "pubKeyCredParams": ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg })),
            "timeout": CEREMONY_MS,
            "excludeCredentials": own.iter().map(|own| credential(&own.credential_id)).collect::<Vec<_>>(),
            "authenticatorSelection": { "residentKey": "preferred", "userVerification": "required" },
            "attestation": "none",
        })))
    }

    /// Enrols the passkey that answers `challenge`. The caller has checked that the person signed in a short while ago.
    ///
    /// # Errors
    /// See [`EnrolError`].
    pub async fn enrol(
        &self,
        actor: &Actor,
        name: &str,
        challenge: &Bytes,
        registration: &Registration,
        now: Millis,
    ) -> Result<Enrolment, EnrolError> {
        let new = registration.verify(&self.party, challenge.as_slice())?;
        let key = serde_json::to_value(&new.key).ok().and_then(|key| key.as_str().map(str::to_owned));
        let enrolment = Enrolment {
            credential_id: new.credential_id.encoded(),
            key: key.ok_or(Invalid::Key)?,
            name: named(name),
            enrolled: now,
            used: None,
            sign_count: new.sign_count,
            backed_up: new.backup == Backup::BackedUp,
            last: None,
        };
        let entry =
            own_entry::open(&*self.ledger, LEDGER_NAME, actor, format!("Enrol the passkey {}", enrolment.name), now)
                .await?;
        let stored = self
            .change(actor, |own| match own.find(&enrolment.credential_id) {
                Some(before) if *before == enrolment => Ok(()),
                _ => own.enrol(enrolment.clone()).map_err(EnrolError::from),
            })
            .await;
        own_entry::close(&*self.ledger, &entry, stored.as_ref().err().map(outcome), now).await;
        stored.map(|()| enrolment)
    }

    /// Revokes a passkey. It approves nothing from now on, not even what it has approved and nobody has acted on yet.
    ///
    /// # Errors
    /// See [`RevokeError`].
    pub async fn revoke(&self, actor: &Actor, credential_id: &str, now: Millis) -> Result<(), RevokeError> {
        let (own, _) = self.store.read(actor).await?;
        let Some(enrolment) = own.find(credential_id) else { return Err(RevokeError::Unknown) };
        let entry =
            own_entry::open(&*self.ledger, LEDGER_NAME, actor, format!("Revoke the passkey {}", enrolment.name), now)
                .await?;
        let revoked = self
            .change(actor, |own| {
                own.revoke(credential_id);
                Ok::<_, Unavailable>(())
            })
            .await;
        own_entry::close(&*self.ledger, &entry, revoked.as_ref().err().map(|_| Outcome::Unknown), now).await;
        Ok(revoked?)
    }
}

/// The outcome of an enrolment that failed. A write without an answer may have happened.
fn outcome(error: &EnrolError) -> Outcome {
    match error {
        EnrolError::Unavailable(_) => Outcome::Unknown,
        other => Outcome::NotDone(other.to_string()),
    }
}

/// Returns the name as it is shown: visible characters, not too many, and never none.
fn named(name: &str) -> String {
    let name: String = text::shown(name.trim()).chars().take(Enrolments::LONGEST_NAME).collect();
    if name.is_empty() { "Passkey".to_owned() } else { name }
}
