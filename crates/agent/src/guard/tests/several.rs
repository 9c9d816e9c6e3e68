//! Approvals by more than one person: each is needed, each comes from somebody who may give it, and the second person
//! still may when the action begins.

use super::*;
use crate::actor::Evidence;
use crate::approval::{Channel, SignedApproval};
use crate::fakes::signed_approval;
use std::time::Duration;

/// A house whose questions need these approvals, and a question that it asked and nobody answered.
async fn asked(needs: &[Channel]) -> (House, Question, Ticket) {
    let house = needing(needs);
    let notes = Notes::default();
    let asking = house.guard.admit(request("ada", Risk::Elevated), &notes);
    let _ = tokio::time::timeout(Duration::from_secs(7), asking).await;
    let ApprovalState::Put(question, ticket, _) = notes.now() else { panic!("{:?}", notes.now()) };
    (house, question, ticket)
}

fn needing(needs: &[Channel]) -> House {
    let mut house = house(World::Fine, Person::Sleeps);
    house.authorizer.grant("bob can_approve thing:1");
    let approver = Arc::new(MemoryApprover::of(Person::Sleeps).needing(needs));
    (house.guard.approver, house.approver) = (approver.clone(), approver);
    house
}

fn by(who: &Actor, channel: Channel, question: &Question) -> SignedApproval {
    SignedApproval { channel, ..signed_approval(who, &question.digest, question.asked + 1_000) }
}

async fn admitted(house: &House, notes: &Notes) -> Result<(), Refusal> {
    match house.guard.admit(request("ada", Risk::Elevated), notes).await {
        Ok(_) => Ok(()),
        Err(NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. }) => Err(refusal),
        Err(NotAdmitted::Suspended(error)) => panic!("{error}"),
    }
}

fn refused(why: NotApproved) -> Result<(), Refusal> {
    Err(Refusal::NotApproved { why })
}

fn mismatched(what: &str) -> Result<(), Refusal> {
    refused(NotApproved::Mismatched { what: what.into() })
}

#[tokio::test(start_paused = true)]
async fn an_action_needs_each_approval_by_somebody_who_may_give_it() {
    use Channel::{Ciba, SecondPerson};
    let (_, question, ticket) = asked(&[Ciba, SecondPerson]).await;
    let (ada, bob) = (actor("ada"), actor("bob"));
    // Signs in at another issuer and is the same person in FGA.
    let again = Actor::attest(Evidence { principal: "ada".into(), ..Evidence::of("elsewhere", "ada-2", ada.tenant()) });
    let bob_again =
        Actor::attest(Evidence { principal: "bob".into(), ..Evidence::of("elsewhere", "bob-2", ada.tenant()) });
    let own = by(&ada, Ciba, &question);
    let late = SignedApproval { at: question.until + 60_000, ..by(&bob, SecondPerson, &question) };
    let both: &[Channel] = &[Ciba, SecondPerson];
    for (name, needs, received, expected) in [
        ("both", both, vec![own.clone(), by(&bob, SecondPerson, &question)], Ok(())),
        ("the second person's first", both, vec![by(&bob, SecondPerson, &question), own.clone()], Ok(())),
        ("only one's own", both, vec![own.clone()], refused(NotApproved::Expired)),
        ("only the second person's", both, vec![by(&bob, SecondPerson, &question)], refused(NotApproved::Expired)),
        ("one that came too late", both, vec![own.clone(), late], refused(NotApproved::Expired)),
        (
            "one's own twice",
            both,
            vec![own.clone(), by(&ada, SecondPerson, &question)],
            mismatched("the person who asks cannot be the second person"),
        ),
        (
            "one's own by another sign-in",
            both,
            vec![own.clone(), by(&again, SecondPerson, &question)],
            mismatched("the person who asks cannot be the second person"),
        ),
        (
            "two sign-ins of one second person",
            &[SecondPerson, SecondPerson] as &[Channel],
            vec![by(&bob, SecondPerson, &question), by(&bob_again, SecondPerson, &question)],
            mismatched("one person approved twice"),
        ),
        (
            "another person's in place of one's own",
            both,
            vec![by(&bob, Ciba, &question), by(&bob, SecondPerson, &question)],
            mismatched("wrong evidence"),
        ),
        (
            "one second person twice",
            &[SecondPerson, SecondPerson],
            vec![by(&bob, SecondPerson, &question), by(&bob, SecondPerson, &question)],
            mismatched("one person approved twice"),
        ),
        (
            "somebody without the relation",
            &[SecondPerson],
            vec![by(&actor("eve"), SecondPerson, &question)],
            refused(NotApproved::NotApprover),
        ),
    ] {
        let house = needing(needs);
        let notes = Notes::beginning(ApprovalState::Put(question.clone(), ticket.clone(), received));
        assert_eq!(admitted(&house, &notes).await, expected, "{name}");
        let allowed: Vec<_> =
            house.ledger.lines().into_iter().filter(|line| line.verdict == Verdict::Allowed).collect();
        assert_eq!(allowed.len(), usize::from(expected.is_ok()), "{name}");
        assert!(allowed.iter().all(|line| line.approval.as_ref().unwrap().given.len() == needs.len()), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_person_who_lost_the_relation_meanwhile_or_cannot_be_checked_admits_nothing() {
    let (_, question, ticket) = asked(&[Channel::SecondPerson]).await;
    let received = vec![by(&actor("bob"), Channel::SecondPerson, &question)];
    let house = needing(&[Channel::SecondPerson]);
    house.authorizer.remove("bob can_approve thing:1");
    let notes = Notes::beginning(ApprovalState::Put(question, ticket, received));
    assert_eq!(admitted(&house, &notes).await, refused(NotApproved::NotApprover));
    assert!(house.ledger.lines()[0].approval.as_ref().unwrap().given.len() == 1, "the ledger records the approval");
}

/// An approval by CIBA is handed out once, so it is recorded before the wait for the next.
#[tokio::test(start_paused = true)]
async fn an_approval_that_does_not_suffice_is_recorded_and_the_wait_goes_on() {
    let mut house = needing(&[]);
    let approver = MemoryApprover::of(Person::SaysYes).needing(&[Channel::Ciba, Channel::SecondPerson]);
    let approver = Arc::new(approver);
    house.guard.approver = approver.clone();
    let notes = Notes::default();
    let asking = house.guard.admit(request("ada", Risk::Elevated), &notes);
    let _ = tokio::time::timeout(Duration::from_secs(30), asking).await;
    let ApprovalState::Put(question, ticket, mut received) = notes.now() else { panic!("{:?}", notes.now()) };
    assert_eq!(received.iter().map(|given| given.channel).collect::<Vec<_>>(), [Channel::Ciba]);
    received.push(by(&actor("bob"), Channel::SecondPerson, &question));
    let notes = Notes::beginning(ApprovalState::Put(question, ticket, received));
    assert_eq!(admitted(&house, &notes).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn no_approval_is_never_enough() {
    let (_, question, ticket) = asked(&[Channel::Ciba]).await;
    let house = needing(&[]);
    let notes = Notes::beginning(ApprovalState::Put(question.clone(), ticket, Vec::new()));
    assert_eq!(admitted(&house, &notes).await, refused(NotApproved::Expired));
    let forged = ApprovalState::Answered(Some(question), Answer::Approved { given: Vec::new() });
    assert!(admitted(&house, &Notes::beginning(forged)).await.is_err());
}
