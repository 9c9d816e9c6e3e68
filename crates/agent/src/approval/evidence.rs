//! The signed evidence of an approval. It is stored with the answer, verified again when the approval is spent, and
//! never displayed: the ledger contains its hash.

use super::digest::sha256;
use super::{Channel, Standing};
use crate::Actor;
use crate::actor::Evidence;
use crate::ports::{GivenApproval, Millis};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Largest evidence in bytes. An ID token has one or two kilobytes.
const LARGEST_EVIDENCE: usize = 16 * 1024;

/// The statement that an approval channel signed, in the channel's own format: an ID token in compact serialization
/// (RFC 7515 section 3.1) for CIBA, JSON of an assertion with its public key for a passkey. Serialized only into the sealed log.
#[derive(Clone)]
pub struct ApprovalEvidence(SecretString);

/// The text is empty or too large to be evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the evidence of an approval must have 1 to {LARGEST_EVIDENCE} bytes")]
pub struct BadEvidence;

impl ApprovalEvidence {
    /// Wraps a signed statement without verifying it.
    ///
    /// # Errors
    /// [`BadEvidence`] if it is empty or too large to be stored.
    pub fn new(signed: SecretString) -> Result<Self, BadEvidence> {
        let fits = (1..=LARGEST_EVIDENCE).contains(&signed.expose_secret().len());
        if fits { Ok(Self(signed)) } else { Err(BadEvidence) }
    }

    /// The signed statement.
    #[must_use]
    pub const fn signed(&self) -> &SecretString {
        &self.0
    }

    /// SHA-256 of the signed statement, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(self.0.expose_secret().as_bytes())
    }
}

impl fmt::Debug for ApprovalEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApprovalEvidence")
    }
}

impl PartialEq for ApprovalEvidence {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for ApprovalEvidence {}

impl Serialize for ApprovalEvidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for ApprovalEvidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(SecretString::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// An approval with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedApproval {
    /// The channel.
    pub channel: Channel,
    /// Issuer of the identity of the person who approved.
    pub issuer: String,
    /// Subject of that person.
    pub subject: String,
    /// The id part of that person's principal in FGA.
    pub principal: String,
    /// The time at which the server received the approval.
    pub at: Millis,
    /// The signed statement.
    pub evidence: ApprovalEvidence,
    /// The standing approval that was given with it, or that it is a use of. The statement is about its limits then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Box<Standing>>,
}

impl SignedApproval {
    /// The approval of `actor`.
    #[must_use]
    pub fn of(actor: &Actor, channel: Channel, at: Millis, evidence: ApprovalEvidence) -> Self {
        Self {
            channel,
            issuer: actor.issuer().to_owned(),
            subject: actor.subject().to_owned(),
            principal: actor.principal().to_owned(),
            at,
            evidence,
            standing: None,
        }
    }

    /// Returns the digest that the statement signs, given that of the question.
    ///
    /// # Errors
    /// An error if the limits cannot be written as canonical JSON.
    pub fn signed_digest(&self, question: &str) -> Result<String, serde_json::Error> {
        self.standing.as_ref().map_or_else(|| Ok(question.to_owned()), |standing| standing.limits.digest())
    }

    /// The number of the use of a standing approval that it is, and the most uses; `None` if it is none.
    #[must_use]
    pub fn use_number(&self) -> Option<(u32, u32)> {
        let standing = self.standing.as_ref()?;
        Some((standing.used?, standing.limits.uses))
    }

    /// The person who approved, for checks of their permissions in the tenant of the action.
    #[must_use]
    pub fn approver(&self, tenant: &str) -> Actor {
        let of = Evidence::of(&self.issuer, &self.subject, tenant);
        Actor::attest(Evidence { principal: self.principal.clone(), ..of })
    }

    /// Returns whether this and another approval come from one person. Two sign-ins that FGA knows by one principal are one
    /// second person.
    #[must_use]
    pub fn is_by_same_person(&self, other: &Self) -> bool {
        let second = self.channel == Channel::SecondPerson && other.channel == Channel::SecondPerson;
        let same_sign_in = (&self.issuer, &self.subject) == (&other.issuer, &other.subject);
        self.channel == other.channel && (same_sign_in || (second && self.principal == other.principal))
    }

    /// Returns whether this actor approved.
    #[must_use]
    pub fn is_of(&self, actor: &Actor) -> bool {
        self.issuer == actor.issuer() && self.subject == actor.subject()
    }

    /// The approval in the form that the ledger records: with the hash of the evidence.
    #[must_use]
    pub fn given(&self) -> GivenApproval {
        let Self { channel, issuer, subject, at, evidence, standing, .. } = self;
        let assertion = channel.has_public_evidence().then(|| evidence.0.expose_secret().to_owned());
        GivenApproval {
            channel: *channel,
            issuer: issuer.clone(),
            subject: subject.clone(),
            at: *at,
            evidence: evidence.sha256(),
            assertion,
            standing: standing.clone(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use crate::approval::Answer;

    #[test]
    fn evidence_is_kept_whole_and_shown_nowhere() {
        let evidence = ApprovalEvidence::new("e30.e30.signature".into()).unwrap();
        let ada = crate::fakes::actor("ada");
        let given = SignedApproval::of(&ada, Channel::Ciba, 1, evidence);
        let answer = Answer::Approved { given: vec![given.clone()] };
        assert!(!format!("{answer:?} {:?}", given.given()).contains("signature"));
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer);
        let signed = SignedApproval { channel: Channel::Passkey, ..given.clone() };
        assert_eq!((given.given().assertion, signed.given().assertion.as_deref()), (None, Some("e30.e30.signature")));
        // printf %s e30.e30.signature | sha256sum
        assert_eq!(given.given().evidence, "5ce924890b0a8b46a8fc4b6da4f21f598cceb8972133d39c37b66c4ae54ab6ac");
    }

    #[test]
    fn an_approval_without_evidence_is_refused() {
        let of = |evidence: &str| {
            let text = format!(
                r#"{{"answer":"approved","given":[{{"channel":"ciba","issuer":"i","subject":"s","principal":"p","at":1{evidence}}}]}}"#
            );
            serde_json::from_str::<Answer>(&text).is_ok()
        };
        let long = format!(r#","evidence":"{}""#, "x".repeat(LARGEST_EVIDENCE + 1));
        for (evidence, taken) in
            [(r#","evidence":"e30.e30.AA""#, true), ("", false), (r#","evidence":null"#, false), (&long, false)]
        {
            assert_eq!(of(evidence), taken, "{}", &evidence[..evidence.len().min(30)]);
        }
        assert!(!of(r#","evidence":"""#));
    }
}
