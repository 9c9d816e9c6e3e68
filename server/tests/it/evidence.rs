//! The signed evidence of an approval, which its channel verifies again when the approval is used.

use crate::world::{TestApp, aws};
use agent::actor::Evidence;
use agent::approval::{ActionKind, ApprovalEvidence, ApprovalId, Definition, Question, SignedApproval};
use agent::ids::ConversationId;
use agent::intent::Object;
use agent::ports::{Approver, Asking, Clock, EvidenceError, Millis, PollResult};
use agent::{Actor, CallId, Place, ToolCall};
use approvals::{Ciba, DetailsForm};
use countersign::wiring::wire;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::Answer;
use secrecy::ExposeSecret;
use std::sync::LazyLock;
use std::time::Duration;
use system::SystemClock;

const MINUTE: Millis = 60_000;

/// The call of every question here, which no standing approval covers.
static KIND: LazyLock<(ToolCall, Definition)> = LazyLock::new(agent::fakes::kind);

/// Returns a channel without cached keys.
async fn channel(app: &TestApp) -> Ciba {
    let wired = wire(&app.config, &aws(&app.sandbox).await, app.bounds.clone()).await.unwrap();
    Ciba::new(wired.state.auth.relying_party.clone(), app.config.approval.audience.clone(), DetailsForm::Guardian)
}

fn person(app: &TestApp, subject: &str) -> Actor {
    Actor::attest(Evidence::of(app.sandbox.issuer(), subject, app.config.tenant.clone()))
}

fn question(number: u8, asked: Millis) -> Question {
    let id = ApprovalId::from_random([number; ApprovalId::LENGTH]);
    Question {
        effect: None,
        tool: agent::ToolName("okta_reset_password".into()),
        summary: "Reset the password of bob@acme.example".into(),
        details: vec![("Action".into(), "Reset password".into()), ("User".into(), "bob@acme.example".into())],
        relation: "can_reset_password".into(),
        object: "okta_user:00u2bobcrane0000acme".into(),
        digest: "d1".repeat(32),
        binding_message: format!("Reset password: bob at acme.example #{}", id.code()),
        id,
        asked,
        until: asked + 5 * MINUTE,
        window: MINUTE,
        discloses: None,
    }
}

fn place() -> Place {
    Place { conversation: ConversationId::from_random([1; 26]), call: CallId("call-1-1".into()) }
}

fn object() -> Object {
    Object::new("okta_user", "00u2bobcrane0000acme").unwrap()
}

fn asking<'a>(actor: &'a Actor, question: &'a Question, place: &'a Place, object: &'a Object) -> Asking<'a> {
    let (call, definition) = &*KIND;
    let kind = ActionKind { call, definition, target: "bob@acme.example" };
    Asking { actor, place, question, kind, object, facts: &[] }
}

/// Requests an approval, approves it on the phone, and returns it.
async fn approved(app: &TestApp, channel: &Ciba, who: &Actor, question: &Question) -> SignedApproval {
    let ticket = channel.ask(&asking(who, question, &place(), &object()), SystemClock.now()).await.unwrap();
    app.answer(Answer::Approve);
    loop {
        // The provider sets the polling interval.
        tokio::time::sleep(Duration::from_millis(ticket.interval_ms)).await;
        match channel.poll(&asking(who, question, &place(), &object()), &ticket, &[], SystemClock.now()).await.unwrap()
        {
            PollResult::Approved { given, .. } => return given,
            PollResult::Pending { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Returns the token with one letter in the middle of its signature changed.
fn changed(evidence: &ApprovalEvidence) -> ApprovalEvidence {
    let mut token = evidence.signed().expose_secret().to_owned();
    let middle = token.rfind('.').unwrap() + 20;
    let other = if token.as_bytes()[middle] == b'A' { "B" } else { "A" };
    token.replace_range(middle..=middle, other);
    ApprovalEvidence::new(token.into()).unwrap()
}

#[tokio::test]
async fn evidence_counts_only_for_its_person_and_while_its_question_is_open() {
    let app = TestApp::start().await;
    let channel = channel(&app).await;
    let (ada, bob) = (person(&app, "auth0|ada"), person(&app, "auth0|bob"));
    let now = SystemClock.now();
    let question = question(1, now);
    let own = approved(&app, &channel, &ada, &question).await;
    let of_bob = approved(&app, &channel, &bob, &self::question(2, now)).await;
    let with = |evidence: &ApprovalEvidence| SignedApproval { evidence: evidence.clone(), ..own.clone() };
    let later = self::question(3, now + 60 * MINUTE);
    let rows = [
        ("its own", &question, own.clone(), None),
        ("a changed byte", &question, with(&changed(&own.evidence)), Some("wrong signature")),
        ("no token", &question, with(&ApprovalEvidence::new("yes".into()).unwrap()), Some("malformed")),
        ("another person's", &question, with(&of_bob.evidence), Some("another person")),
        ("an earlier question's", &later, SignedApproval { at: later.asked, ..own.clone() }, Some("claim `iat`")),
        (
            "an answer before the question",
            &question,
            SignedApproval { at: now - 5 * MINUTE, ..own.clone() },
            Some("`iat`"),
        ),
    ];
    for (name, question, approval, wrong) in rows {
        let verified = channel.verify(&asking(&ada, question, &place(), &object()), &approval).await;
        match (verified, wrong) {
            (Ok(()), None) => {}
            (Err(EvidenceError::Invalid(what)), Some(wrong)) => assert!(what.contains(wrong), "{name}: {what}"),
            (verified, _) => panic!("{name}: {verified:?}"),
        }
    }
    assert!(
        channel.verify(&asking(&bob, &question, &place(), &object()), &own).await.is_err(),
        "Ada's approval does not count for Bob"
    );
    app.finish().await;
}

#[tokio::test]
async fn without_the_providers_keys_evidence_is_neither_accepted_nor_rejected() {
    let app = TestApp::start().await;
    let (ada, question) = (person(&app, "auth0|ada"), question(1, SystemClock.now()));
    let own = approved(&app, &channel(&app).await, &ada, &question).await;
    let other = channel(&app).await;
    let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    app.sandbox.faults().set("identity", Some(Fault::Status { code: status, retry_after: None }), Times::Always);
    for approval in [own.clone(), SignedApproval { evidence: changed(&own.evidence), ..own.clone() }] {
        let verified = other.verify(&asking(&ada, &question, &place(), &object()), &approval).await;
        assert!(matches!(verified, Err(EvidenceError::Unavailable(_))), "{verified:?}");
    }
    app.sandbox.faults().clear();
    assert!(other.verify(&asking(&ada, &question, &place(), &object()), &own).await.is_ok());
    app.finish().await;
}
