//! The approval of a question by a passkey, and its verification when it is spent.

use super::{Passkeys, user_handle};
use agent::Actor;
use agent::approval::{ApprovalEvidence, Channel, Question, SignedApproval, Standing, StandingLimits};
use agent::enrolments::{Enrolment, Enrolments};
use agent::ports::{EvidenceError, Millis, Unavailable};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use webauthn::{Assertion, Backup, Bytes, CredentialKey, Invalid, SignedAssertion, counter_advances};

/// The answer of a browser to a question: the credential that signed, and its assertion.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The credential id.
    pub id: Bytes,
    /// The user handle that the authenticator keeps with the credential, if it returned one.
    pub user_handle: Option<Bytes>,
    /// The assertion.
    pub response: Assertion,
}

/// An answer was refused.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The person has no such passkey: it is another person's, or was revoked.
    #[error("the passkey is not one of this person")]
    Unknown,
    /// The assertion was refused.
    #[error("the assertion was refused: {0}")]
    Assertion(#[from] Invalid),
    /// The counter did not advance: the authenticator was copied.
    #[error("the counter of the passkey did not advance from {stored} to {asserted}")]
    Counter {
        /// The stored counter.
        stored: u32,
        /// The counter of the assertion.
        asserted: u32,
    },
    /// The evidence is too large to be stored.
    #[error("the assertion is too large")]
    TooLarge,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Passkeys {
    /// Returns the options by which a browser answers `question` (`PublicKeyCredentialRequestOptions`): the challenge is
    /// the question's digest or, if the person gives a standing approval as well, that of its limits, which hold the
    /// question's.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn request(
        &self,
        actor: &Actor,
        question: &Question,
        limits: Option<&StandingLimits>,
    ) -> Result<serde_json::Value, Unavailable> {
        let own = self.list(actor).await?;
        let challenge =
            challenge(question, limits).map_err(|error| Unavailable::new("this server", error.to_string()))?;
        let challenge = Bytes::try_from(challenge.to_vec()).ok();
        let allowed = own.iter().map(|own| serde_json::json!({ "type": "public-key", "id": own.credential_id }));
        Ok(serde_json::json!({
            "rpId": self.party.id,
            "challenge": challenge,
            "allowCredentials": allowed.collect::<Vec<_>>(),
            "userVerification": "required",
        }))
    }

    /// Verifies a person's answer to `question`, and to the limits of the standing approval that they give with it, and
    /// records its counter. Of two answers by one authenticator without a
    /// counter both are valid; the log decides which one counts.
    ///
    /// # Errors
    /// See [`SignError`].
    pub async fn sign(
        &self,
        actor: &Actor,
        channel: Channel,
        question: &Question,
        answer: &Answer,
        limits: Option<StandingLimits>,
        now: Millis,
    ) -> Result<SignedApproval, SignError> {
        let id = answer.id.encoded();
        if answer.user_handle.as_ref().is_some_and(|handle| *handle != user_handle(actor)) {
            return Err(SignError::Unknown);
        }
        let signed = self
            .change(actor, |own| {
                let enrolment = own.find_mut(&id).ok_or(SignError::Unknown)?;
                let key = key(enrolment)?;
                let verified = answer.response.verify(&self.party, &key, &challenge(question, limits.as_ref())?)?;
                let evidence = serde_json::to_string(&answer.response.clone().with_key(key));
                let evidence = evidence.map_err(|_| SignError::TooLarge)?;
                let hash = format!("{:x}", Sha256::digest(evidence.as_bytes()));
                // The write of this very answer, repeated after its answer was lost.
                if enrolment.last.as_ref() == Some(&hash) && enrolment.used == Some(now) {
                    return Ok(evidence);
                }
                let (stored, asserted) = (enrolment.sign_count, verified.sign_count);
                if !counter_advances(stored, asserted) {
                    return Err(SignError::Counter { stored, asserted });
                }
                enrolment.sign_count = asserted;
                enrolment.backed_up = verified.backup == Backup::BackedUp;
                (enrolment.used, enrolment.last) = (Some(now), Some(hash));
                Ok(evidence)
            })
            .await?;
        let evidence = ApprovalEvidence::new(signed.into()).map_err(|_| SignError::TooLarge)?;
        let standing = limits.map(|limits| Box::new(Standing { limits, used: None }));
        Ok(SignedApproval { standing, ..SignedApproval::of(actor, channel, now, evidence) })
    }

    /// Verifies the evidence of an approval again: a passkey that the approver still has signed the question's digest on
    /// one of our pages.
    pub(crate) async fn verify(
        &self,
        approver: &Actor,
        question: &Question,
        approval: &SignedApproval,
    ) -> Result<(), EvidenceError> {
        let invalid = |what: &dyn std::fmt::Display| EvidenceError::Invalid(what.to_string());
        let text = secrecy::ExposeSecret::expose_secret(approval.evidence.signed());
        let evidence: SignedAssertion = serde_json::from_str(text).map_err(|error| invalid(&error))?;
        let limits = approval.standing.as_ref().map(|standing| &standing.limits);
        let challenge = challenge(question, limits).map_err(|error| invalid(&error))?;
        evidence.verify(&self.party, &challenge).map_err(|error| invalid(&error))?;
        let (own, _) = self.store.read(approver).await?;
        if has(&own, &evidence.credential_public_key) { Ok(()) } else { Err(invalid(&"the passkey was revoked")) }
    }
}

fn challenge(question: &Question, limits: Option<&StandingLimits>) -> Result<[u8; 32], Invalid> {
    let digest = limits.map_or_else(|| Ok(question.digest.clone()), StandingLimits::digest);
    webauthn::challenge(&digest.map_err(|_| Invalid::Challenge)?).ok_or(Invalid::Challenge)
}

fn key(enrolment: &Enrolment) -> Result<CredentialKey, Invalid> {
    serde_json::from_value(enrolment.key.clone().into()).map_err(|_| Invalid::Key)
}

fn has(own: &Enrolments, wanted: &CredentialKey) -> bool {
    own.all().iter().any(|own| key(own).is_ok_and(|key| key == *wanted))
}
