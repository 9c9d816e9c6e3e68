//! The store of requests for approval that people answer on a page. Any instance and another device can so find the
//! question. It is no authority: the answer counts in the log of the conversation that asks.

use super::{Millis, Unavailable};
use crate::actor::Evidence;
use crate::approval::{ApprovalId, Channel, Question};
use crate::standing::StandingOffer;
use crate::{Actor, Place};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// The devices on which a request may be answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerDevice {
    /// Any.
    #[default]
    Any,
    /// Any but the one that asked: the session that posted the message may not answer.
    Other,
}

/// A request for approval that waits for an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApprovalRequest {
    /// The question, as the card shows it.
    pub question: Question,
    /// The person who asks.
    pub asker: Evidence,
    /// The call that asks.
    pub place: Place,
    /// The channels by which an answer on a page is needed. Never [`Channel::Ciba`].
    pub channels: Vec<Channel>,
    /// The principals of the second persons who are asked. At most [`ApprovalRequest::MOST_APPROVERS`].
    pub approvers: Vec<String>,
    /// The devices on which it may be answered.
    pub device: AnswerDevice,
    /// Longest time since the sign-in of the session that answers, in milliseconds.
    pub sign_in_age: Option<Millis>,
    /// The standing approval that the person may give with their answer; `None` if the policy allows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<StandingOffer>,
}

impl ApprovalRequest {
    /// Most second persons who are asked about one action.
    pub const MOST_APPROVERS: usize = 20;

    /// Most requests in a person's list.
    pub const MOST_LISTED: usize = 20;

    /// Returns the channel by which this person may answer; `None` if it is not theirs to answer. The person who asks is
    /// never a second person, at whatever issuer they sign in.
    #[must_use]
    pub fn channel_of(&self, actor: &Actor) -> Option<Channel> {
        if actor.tenant() != self.asker.tenant {
            return None;
        }
        let is_asker = actor.issuer() == self.asker.issuer && actor.subject() == self.asker.subject;
        let is_invited = actor.principal() != self.asker.principal
            && self.approvers.iter().any(|principal| principal == actor.principal());
        let channel = match (is_asker, is_invited) {
            (true, _) => Channel::Passkey,
            (false, true) => Channel::SecondPerson,
            (false, false) => return None,
        };
        self.channels.contains(&channel).then_some(channel)
    }
}

/// Keeps requests until they expire.
#[async_trait]
pub trait ApprovalRequests: Send + Sync {
    /// Stores a request and lists it for each person who may answer. Repeating the call is harmless.
    ///
    /// # Errors
    /// [`Unavailable`]: nobody may find the request.
    async fn put(&self, request: &ApprovalRequest) -> Result<(), Unavailable>;

    /// Returns the request with this id, if this person may answer it and it has neither expired nor been withdrawn.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn get(&self, actor: &Actor, id: &ApprovalId, now: Millis) -> Result<Option<ApprovalRequest>, Unavailable>;

    /// Returns the requests that wait for this person, the one that ends last first: at most
    /// [`ApprovalRequest::MOST_LISTED`].
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn waiting_for(&self, actor: &Actor, now: Millis) -> Result<Vec<ApprovalRequest>, Unavailable>;

    /// Takes a request out of this person's list. It stays for the others.
    ///
    /// # Errors
    /// [`Unavailable`]: it may stay in the list until it expires.
    async fn unlist(&self, person: &Actor, request: &ApprovalRequest) -> Result<(), Unavailable>;

    /// Removes a request of this person.
    ///
    /// # Errors
    /// [`Unavailable`]: the request stays until it expires.
    async fn remove(&self, asker: &Actor, id: &ApprovalId) -> Result<(), Unavailable>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{actor, approval_request, question};

    fn request(channels: &[Channel], approvers: &[&str]) -> ApprovalRequest {
        let request = approval_request(actor("ada").evidence(), question(1), approvers);
        ApprovalRequest { channels: channels.to_vec(), ..request }
    }

    #[test]
    fn a_request_is_answered_by_those_whom_it_asks_and_by_nobody_else() {
        use Channel::{Passkey, SecondPerson};
        let again = Actor::attest(Evidence { principal: "ada".into(), ..Evidence::of("elsewhere", "a2", "acme") });
        let elsewhere = Actor::attest(Evidence { tenant: "other".into(), ..actor("ada").evidence().clone() });
        let foreign = Actor::attest(Evidence { tenant: "other".into(), ..actor("bob").evidence().clone() });
        for (name, who, channels, approvers, expected) in [
            ("the asker", actor("ada"), vec![Passkey], vec![], Some(Passkey)),
            ("the asker, where only others may", actor("ada"), vec![SecondPerson], vec!["ada", "bob"], None),
            ("a second person", actor("bob"), vec![Passkey, SecondPerson], vec!["bob"], Some(SecondPerson)),
            ("a second person, where none is needed", actor("bob"), vec![Passkey], vec!["bob"], None),
            ("somebody who was not asked", actor("eve"), vec![SecondPerson], vec!["bob"], None),
            ("the asker by another sign-in", again, vec![SecondPerson], vec!["ada"], None),
            ("the asker in another organization", elsewhere, vec![Passkey], vec![], None),
            ("somebody of another organization", foreign, vec![SecondPerson], vec!["bob"], None),
        ] {
            assert_eq!(request(&channels, &approvers).channel_of(&who), expected, "{name}");
        }
    }
}
