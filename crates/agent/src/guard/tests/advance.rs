//! Approvals in advance: a use of a standing approval takes the place of the question, and passes every other stage.

use super::*;
use crate::approval::{Channel, Standing, StandingLimits};
use crate::fakes::{limits, signed_approval};
use crate::ports::{AskError, Asking, EvidenceError, PollResult};

/// An approver that reports one standing approval, and passes questions to a person who denies them.
struct InAdvance {
    given: Option<SignedApproval>,
    is_down: bool,
    person: Arc<MemoryApprover>,
}

#[async_trait]
impl Approver for InAdvance {
    async fn in_advance(&self, _: &Asking<'_>, now: Millis) -> Result<Option<SignedApproval>, Unavailable> {
        if self.is_down {
            return Err(Unavailable::new("the store", "down"));
        }
        Ok(self.given.clone().map(|given| SignedApproval { at: now, ..given }))
    }

    async fn ask(&self, asking: &Asking<'_>, now: Millis) -> Result<Ticket, AskError> {
        self.person.ask(asking, now).await
    }

    async fn poll(
        &self,
        asking: &Asking<'_>,
        ticket: &Ticket,
        received: &[SignedApproval],
        now: Millis,
    ) -> Result<PollResult, Unavailable> {
        self.person.poll(asking, ticket, received, now).await
    }

    fn missing(&self, _: &Question, given: &[SignedApproval]) -> Vec<Channel> {
        crate::approval::missing(&[Channel::Passkey], given)
    }

    async fn verify(&self, _: &Asking<'_>, _: &SignedApproval) -> Result<(), EvidenceError> {
        Ok(())
    }
}

/// Returns the first use of three, for the call of [`request`].
fn given() -> SignedApproval {
    let definition = request("ada", Risk::Elevated).definition.as_str().to_owned();
    let limits = StandingLimits { definition, ..limits(3, 1_000_000) };
    let standing = Some(Box::new(Standing { limits, used: Some(1) }));
    SignedApproval { channel: Channel::Passkey, standing, ..signed_approval(&actor("ada"), "", 0) }
}

fn with(change: impl FnOnce(&mut Standing)) -> SignedApproval {
    let mut given = given();
    change(given.standing.as_mut().unwrap());
    given
}

fn world(given: Option<SignedApproval>) -> House {
    let mut house = house(World::Fine, Person::SaysNo);
    let person = house.approver.clone();
    house.guard.approver = Arc::new(InAdvance { given, is_down: false, person });
    house
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

#[tokio::test(start_paused = true)]
async fn a_use_that_covers_the_action_asks_nobody_and_everything_else_asks() {
    for (name, given, asked) in [
        ("covered", Some(given()), 0),
        ("none", None, 1),
        ("no standing approval", Some(SignedApproval { standing: None, ..given() }), 1),
        ("no use", Some(with(|own| own.used = None)), 1),
        ("a use too many", Some(with(|own| own.used = Some(4))), 1),
        ("use 0", Some(with(|own| own.used = Some(0))), 1),
        ("ended", Some(with(|own| own.limits.until = 0)), 1),
        ("other arguments", Some(with(|own| own.limits.arguments = vec!["0".repeat(64)])), 1),
        ("a changed tool", Some(with(|own| own.limits.definition = "0".repeat(64))), 1),
        ("another tool", Some(with(|own| own.limits.tool = ToolName("other".into()))), 1),
        ("another person's", Some(with(|own| own.limits.subject = "bob".into())), 1),
        ("another organization's", Some(with(|own| own.limits.tenant = "other".into())), 1),
        ("by another channel", Some(SignedApproval { channel: Channel::Ciba, ..given() }), 1),
    ] {
        let house = world(given);
        let expected = if asked == 0 { Ok(()) } else { refused(NotApproved::Denied) };
        assert_eq!(admitted(&house, &Notes::default()).await, expected, "{name}");
        assert_eq!(house.approver.asked().len(), asked, "{name}");
    }
    let mut silent = world(Some(given()));
    let person = silent.approver.clone();
    silent.guard.approver = Arc::new(InAdvance { given: Some(given()), is_down: true, person });
    assert_eq!(admitted(&silent, &Notes::default()).await, refused(NotApproved::Denied), "a store that is silent");
}

#[tokio::test(start_paused = true)]
async fn the_ledger_spends_each_use_once_even_if_the_store_counts_it_twice() {
    let house = world(Some(given()));
    assert_eq!(admitted(&house, &Notes::default()).await, Ok(()));
    let limits = given().standing.unwrap().limits;
    let lines = house.ledger.lines();
    let approval = lines[0].approval.as_ref().unwrap();
    let standing = approval.given[0].standing.as_ref().unwrap();
    assert_eq!((&approval.id, standing.used), (&limits.use_id(1), Some(1)));
    assert_eq!(admitted(&house, &Notes::default()).await, refused(NotApproved::Used), "a restored record");
}

#[tokio::test(start_paused = true)]
async fn neither_a_missing_permission_nor_the_end_of_the_session_nor_an_unwritable_ledger_is_passed() {
    let denied = Refusal::Denied { relation: "may".into(), object: "thing:1".into() };
    for (world, expected) in [
        (World::NoTuple, denied),
        (World::SignedOut, Refusal::SignInAgain),
        (World::NoLedger, unavailable("the ledger")),
        (World::NoVault, unavailable("the vault")),
    ] {
        let mut house = house(world, Person::SaysNo);
        let person = house.approver.clone();
        house.guard.approver = Arc::new(InAdvance { given: Some(given()), is_down: false, person });
        assert_eq!(admitted(&house, &Notes::default()).await, Err(expected), "{world:?}");
    }
}

/// The log is judged again: a use that covers something else is no approval.
#[tokio::test(start_paused = true)]
async fn an_answer_in_the_log_must_be_a_use_that_covers_the_action() {
    let notes = Notes::default();
    assert_eq!(admitted(&world(Some(given())), &notes).await, Ok(()));
    let ApprovalState::Answered(Some(question), _) = notes.now() else { panic!("{:?}", notes.now()) };
    let mismatched = |what: &str| refused(NotApproved::Mismatched { what: what.into() });
    let covers = mismatched("the standing approval covers another action");
    for (name, changed, expected) in [
        ("unchanged", given(), Ok(())),
        ("other arguments", with(|own| own.limits.arguments.clear()), covers),
        (
            "another number",
            with(|own| own.used = Some(2)),
            mismatched("the use of the standing approval has another number"),
        ),
        (
            "the approval with which it was given",
            with(|own| own.used = None),
            mismatched("the standing approval was given for another question"),
        ),
        (
            "by another channel",
            SignedApproval { channel: Channel::SecondPerson, ..given() },
            mismatched("the person who asks cannot be the second person"),
        ),
    ] {
        let answer = Answer::Approved { given: vec![SignedApproval { at: question.asked, ..changed }] };
        let log = Notes::beginning(ApprovalState::Answered(Some(question.clone()), answer));
        assert_eq!(admitted(&world(None), &log).await, expected, "{name}");
    }
}
