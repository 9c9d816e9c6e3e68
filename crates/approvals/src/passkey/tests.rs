use super::*;
use agent::approval::{ApprovalEvidence, Channel, Question, SignedApproval};
use agent::enrolments::NotEnrolled;
use agent::fakes::{MemoryLedger, MemoryPasskeys, actor, question};
use agent::ports::{EvidenceError, Outcome};
use serde_json::json;
use webauthn::Invalid;
use webauthn::fakes::{Authenticator, VERIFIED};

const NOW: i64 = 2_000;

struct House {
    passkeys: Passkeys,
    store: Arc<MemoryPasskeys>,
    ledger: Arc<MemoryLedger>,
}

fn house() -> House {
    let (store, ledger) = (Arc::new(MemoryPasskeys::default()), Arc::new(MemoryLedger::default()));
    let passkeys = Passkeys::new(store.clone(), ledger.clone(), party());
    House { passkeys, store, ledger }
}

fn party() -> RelyingParty {
    RelyingParty { id: "help.example".to_owned(), origin: "https://help.example".to_owned() }
}

fn nonce() -> Bytes {
    Bytes::try_from(vec![9; 32]).unwrap()
}

/// Enrols a new authenticator of this person.
async fn enrolled(house: &House, who: &str, name: &str) -> Authenticator {
    let authenticator = Authenticator::new(name);
    let response = authenticator.register(&party(), nonce().as_slice());
    house.passkeys.enrol(&actor(who), name, &nonce(), &response, NOW).await.unwrap();
    authenticator
}

fn answer(authenticator: &mut Authenticator, question: &Question) -> Answer {
    let response = authenticator.assert(&party(), &webauthn::challenge(&question.digest).unwrap());
    Answer { id: authenticator.credential_id.clone(), user_handle: None, response }
}

async fn signed(house: &House, who: &str, question: &Question, answer: &Answer) -> Result<SignedApproval, SignError> {
    house.passkeys.sign(&actor(who), Channel::Passkey, question, answer, None, NOW).await
}

async fn verified(house: &House, question: &Question, approval: &SignedApproval) -> Result<(), String> {
    let approver = approval.approver("acme");
    house.passkeys.verify(&approver, question, approval).await.map_err(|error| match error {
        EvidenceError::Invalid(what) => what,
        EvidenceError::Unavailable(error) => panic!("{error}"),
    })
}

#[tokio::test]
async fn a_persons_own_passkey_approves_one_question_once() {
    let house = house();
    let mut own = enrolled(&house, "ada", "laptop").await;
    let first = answer(&mut own, &question(1));
    let approval = signed(&house, "ada", &question(1), &first).await.unwrap();
    assert_eq!((approval.subject.as_str(), approval.channel, approval.at), ("ada", Channel::Passkey, NOW));
    assert_eq!(verified(&house, &question(1), &approval).await, Ok(()));
    assert_eq!(approval.given().assertion.as_deref().map(|text| text.contains("clientDataJSON")), Some(true));

    let again = signed(&house, "ada", &question(2), &first).await;
    assert!(matches!(again, Err(SignError::Assertion(Invalid::Challenge))), "replayed for another question: {again:?}");
    let replayed = house.passkeys.sign(&actor("ada"), Channel::Passkey, &question(1), &first, None, NOW + 1).await;
    assert!(matches!(replayed, Err(SignError::Counter { stored: 2, asserted: 2 })), "replayed: {replayed:?}");
    let other = verified(&house, &question(2), &approval).await;
    assert_eq!(other, Err("the response answers another challenge".to_owned()));
}

#[tokio::test]
async fn another_persons_or_an_unknown_passkey_approves_nothing() {
    let house = house();
    let mut ada = enrolled(&house, "ada", "ada's").await;
    let mut bob = enrolled(&house, "bob", "bob's").await;
    for (name, who, mut change) in [
        ("another person's", "ada", answer(&mut bob, &question(1))),
        (
            "another person's, under one's own id",
            "ada",
            Answer { id: ada.credential_id.clone(), ..answer(&mut bob, &question(1)) },
        ),
        ("one that was never enrolled", "ada", answer(&mut Authenticator::new("new"), &question(1))),
    ] {
        let refused = signed(&house, who, &question(1), &change).await;
        assert!(
            matches!(refused, Err(SignError::Unknown | SignError::Assertion(Invalid::Signature))),
            "{name}: {refused:?}"
        );
        change.user_handle = Some(user_handle(&actor("bob")));
        assert!(matches!(signed(&house, who, &question(1), &change).await, Err(SignError::Unknown)), "{name}");
    }
    let mut own = answer(&mut ada, &question(1));
    own.user_handle = Some(user_handle(&actor("ada")));
    assert!(signed(&house, "ada", &question(1), &own).await.is_ok());
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_one_that_is_absent_is_not() {
    let house = house();
    let mut own = enrolled(&house, "ada", "key").await;
    own.sign_count = 40;
    assert!(signed(&house, "ada", &question(1), &answer(&mut own, &question(1))).await.is_ok());
    for (count, asserted) in [(40, 41), (38, 39), (0, 0)] {
        own.sign_count = count;
        let refused = signed(&house, "ada", &question(2), &answer(&mut own, &question(2))).await;
        assert!(
            matches!(refused, Err(SignError::Counter { stored: 41, asserted: it }) if it == asserted),
            "{refused:?}"
        );
    }
    let mut none = Authenticator::new("phone");
    none.sign_count = 0;
    let response = none.register(&party(), nonce().as_slice());
    house.passkeys.enrol(&actor("ada"), "phone", &nonce(), &response, NOW).await.unwrap();
    for number in 3..5 {
        assert!(signed(&house, "ada", &question(number), &answer(&mut none, &question(number))).await.is_ok());
    }
}

#[tokio::test]
async fn only_an_honest_answer_of_our_own_page_by_a_verified_user_approves() {
    for (change, expected) in [
        ((|it| it.flags = 1) as fn(&mut Authenticator), Invalid::UserVerification),
        (|it| it.rp_id = Some("evil.example".to_owned()), Invalid::RelyingParty),
        (|it| it.client_data = json!({ "origin": "https://evil.example" }), Invalid::Origin),
        (|it| it.client_data = json!({ "crossOrigin": true }), Invalid::CrossOrigin),
    ] {
        let house = house();
        let mut own = enrolled(&house, "ada", "key").await;
        change(&mut own);
        let refused = signed(&house, "ada", &question(1), &answer(&mut own, &question(1))).await;
        assert!(matches!(&refused, Err(SignError::Assertion(reason)) if *reason == expected), "{refused:?}");
        // The log is only storage: evidence of such an answer is refused again when it is spent.
        let evidence = answer(&mut own, &question(1)).response.with_key(key_of(&house, "ada").await);
        let evidence = ApprovalEvidence::new(serde_json::to_string(&evidence).unwrap().into()).unwrap();
        let approval = SignedApproval::of(&actor("ada"), Channel::Passkey, NOW, evidence);
        assert_eq!(verified(&house, &question(1), &approval).await, Err(expected.to_string()));
    }
    assert_eq!(VERIFIED, 5);
}

async fn key_of(house: &House, who: &str) -> webauthn::CredentialKey {
    let own = house.passkeys.list(&actor(who)).await.unwrap();
    serde_json::from_value(own[0].key.clone().into()).unwrap()
}

#[tokio::test]
async fn a_revoked_passkey_approves_nothing_not_even_what_it_has_signed() {
    let house = house();
    let mut own = enrolled(&house, "ada", "laptop").await;
    let approval = signed(&house, "ada", &question(1), &answer(&mut own, &question(1))).await.unwrap();
    let id = own.credential_id.encoded();
    assert!(matches!(house.passkeys.revoke(&actor("bob"), &id, NOW).await, Err(RevokeError::Unknown)));
    house.passkeys.revoke(&actor("ada"), &id, NOW).await.unwrap();
    assert_eq!(verified(&house, &question(1), &approval).await, Err("the passkey was revoked".to_owned()));
    let refused = signed(&house, "ada", &question(2), &answer(&mut own, &question(2))).await;
    assert!(matches!(refused, Err(SignError::Unknown)), "{refused:?}");
    let lines: Vec<_> = house.ledger.lines().into_iter().map(|line| (line.tool.to_string(), line.outcome)).collect();
    let done = ("passkeys".to_owned(), Some(Outcome::Done));
    assert_eq!(lines, [done.clone(), done], "the enrolment and the revocation are in the ledger");
}

#[tokio::test]
async fn an_enrolment_answers_its_own_challenge_and_is_recorded_first() {
    let house = house();
    let authenticator = Authenticator::new("key");
    let response = authenticator.register(&party(), &[1; 32]);
    let refused = house.passkeys.enrol(&actor("ada"), "key", &nonce(), &response, NOW).await;
    assert!(matches!(refused, Err(EnrolError::Response(Invalid::Challenge))), "{refused:?}");
    house.ledger.fail();
    let response = authenticator.register(&party(), nonce().as_slice());
    let unrecorded = house.passkeys.enrol(&actor("ada"), "key", &nonce(), &response, NOW).await;
    assert!(matches!(unrecorded, Err(EnrolError::Unavailable(_))), "{unrecorded:?}");
    assert!(house.passkeys.list(&actor("ada")).await.unwrap().is_empty());
}

/// The SDK repeats a write whose answer was lost, and the repetition fails on the first.
#[tokio::test]
async fn a_write_whose_answer_was_lost_is_recognized() {
    let house = house();
    house.store.lose_answers(1);
    let mut own = enrolled(&house, "ada", "key").await;
    house.store.lose_answers(1);
    assert!(signed(&house, "ada", &question(1), &answer(&mut own, &question(1))).await.is_ok());
    let response = own.register(&party(), nonce().as_slice());
    let again = house.passkeys.enrol(&actor("ada"), "key", &nonce(), &response, NOW + 1).await;
    assert!(matches!(again, Err(EnrolError::NotEnrolled(NotEnrolled::Exists))), "{again:?}");
}

/// Two tabs answer with one assertion at once: the counter lets one of them through.
#[tokio::test]
async fn of_two_uses_of_one_assertion_at_once_one_wins() {
    let house = house();
    let mut own = enrolled(&house, "ada", "key").await;
    let one = answer(&mut own, &question(1));
    let (ada, asked) = (actor("ada"), question(1));
    let (first, second) = tokio::join!(
        house.passkeys.sign(&ada, Channel::Passkey, &asked, &one, None, NOW),
        house.passkeys.sign(&ada, Channel::Passkey, &asked, &one, None, NOW + 1),
    );
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
}

#[tokio::test]
async fn the_options_bind_person_and_page_and_require_the_user_to_be_verified() {
    let house = house();
    let own = enrolled(&house, "ada", "key").await;
    let options = serde_json::to_value(house.passkeys.creation(&actor("ada"), &nonce()).await.unwrap()).unwrap();
    assert_eq!(options["authenticatorSelection"], json!({"residentKey": "preferred", "userVerification": "required"}));
    assert_eq!((&options["attestation"], &options["rp"]["id"]), (&json!("none"), &json!("help.example")));
    let offered: Vec<_> = options["pubKeyCredParams"].as_array().unwrap().iter().map(|it| it["alg"].as_i64()).collect();
    assert_eq!(offered, [Some(-7), Some(-8), Some(-257)]);
    assert_eq!(options["excludeCredentials"][0]["id"], json!(own.credential_id));
    assert_ne!(options["user"]["id"], json!(user_handle(&actor("bob"))));
    let request = house.passkeys.request(&actor("ada"), &question(1), None).await.unwrap();
    let digest = Bytes::try_from(webauthn::challenge(&question(1).digest).unwrap().to_vec()).unwrap();
    assert_eq!((&request["challenge"], &request["userVerification"]), (&json!(digest), &json!("required")));
}
