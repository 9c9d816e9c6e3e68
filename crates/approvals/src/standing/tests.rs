use super::*;
use crate::passkey::Answer;
use crate::{ByPolicy, Passkeys, Policy};
use agent::actor::Evidence;
use agent::approval::{ActionKind, Channel, Definition, Standing};
use agent::fakes::{
    FixedApprovers, MemoryApprovalRequests, MemoryApprover, MemoryLedger, MemoryPasskeys, MemoryRecords, Person,
    RecordingNotifier, actor, kind, limits, question,
};
use agent::ids::ConversationId;
use agent::intent::{Effect, Object, Permanence};
use agent::ports::Approver;
use agent::{CallId, Place, ToolCall};
use serde_json::json;
use tokio::task::JoinSet;
use webauthn::RelyingParty;
use webauthn::fakes::Authenticator;

const NOW: Millis = 2_000;
const END: Millis = 62_000;
const POLICY: &str = "[[rule]]\ntool = \"deed\"\napprovals = [\"passkey\"]\nstanding = { most = 3, minutes = 1 }\n[default]\napprovals = [\"passkey\"]";

struct House {
    approver: ByPolicy,
    records: Arc<MemoryRecords>,
    ledger: Arc<MemoryLedger>,
    passkey: String,
}

/// The call that asks, which a test changes.
struct Call {
    who: Actor,
    call: ToolCall,
    definition: Definition,
    effect: Option<Effect>,
    place: Place,
}

fn effect(permanence: Permanence) -> Option<Effect> {
    Some(Effect { text: String::new(), permanence })
}

fn call(number: u32) -> Call {
    let (call, definition) = kind();
    let place = Place { conversation: ConversationId::from_random([1; 26]), call: CallId(format!("call-1-{number}")) };
    Call { who: actor("ada"), call, definition, effect: effect(Permanence::Reversible), place }
}

impl Call {
    async fn in_advance(&self, approver: &ByPolicy, now: Millis) -> Result<Option<SignedApproval>, Unavailable> {
        let question = Question { effect: self.effect.clone(), ..question(9) };
        let object = Object::new("thing", "1").unwrap();
        let kind = ActionKind { call: &self.call, definition: &self.definition, target: "1" };
        let asking =
            Asking { actor: &self.who, place: &self.place, question: &question, kind, object: &object, facts: &[] };
        approver.in_advance(&asking, now).await
    }

    /// Verifies an approval as the guard does before it is spent.
    async fn verify(&self, approver: &ByPolicy, given: &SignedApproval) -> Result<(), String> {
        let id = given.standing.as_ref().and_then(|own| Some(own.limits.use_id(own.used?)));
        let question = Question { effect: self.effect.clone(), id: id.unwrap_or(question(1).id), ..question(1) };
        let object = Object::new("thing", "1").unwrap();
        let kind = ActionKind { call: &self.call, definition: &self.definition, target: "1" };
        let asking =
            Asking { actor: &self.who, place: &self.place, question: &question, kind, object: &object, facts: &[] };
        approver.verify(&asking, given).await.map_err(|error| error.to_string())
    }
}

fn used(given: Option<SignedApproval>) -> Option<u32> {
    given.and_then(|given| given.standing?.used)
}

/// A company in which Ada has approved the deed three times in advance.
async fn house() -> House {
    let (ledger, records) = (Arc::new(MemoryLedger::default()), Arc::new(MemoryRecords::default()));
    let party = RelyingParty { id: "help.example".to_owned(), origin: "https://help.example".to_owned() };
    let passkeys = Passkeys::new(Arc::new(MemoryPasskeys::default()), ledger.clone(), party.clone());
    let mut authenticator = Authenticator::new("ada");
    let nonce = webauthn::Bytes::try_from(vec![9; 32]).unwrap();
    let response = authenticator.register(&party, nonce.as_slice());
    let ada = actor("ada");
    let passkey = passkeys.enrol(&ada, "key", &nonce, &response, NOW).await.unwrap().credential_id;
    let limits = limits(3, END);
    let response = authenticator.assert(&party, &webauthn::challenge(&limits.digest().unwrap()).unwrap());
    let answer = Answer { id: authenticator.credential_id.clone(), user_handle: None, response };
    let given = passkeys.sign(&ada, Channel::Passkey, &question(1), &answer, Some(limits), NOW).await.unwrap();
    let standing = StandingApprovals::new(records.clone(), ledger.clone());
    standing.give(&ada, &question(1), &given, &[], NOW).await.unwrap();
    let approver = ByPolicy {
        policy: Policy::parse(POLICY).unwrap(),
        issuer: ada.issuer().into(),
        ciba: Arc::new(MemoryApprover::of(Person::Sleeps)),
        passkeys,
        standing,
        requests: Arc::new(MemoryApprovalRequests::default()),
        directory: Arc::new(FixedApprovers::default()),
        notifier: Arc::new(RecordingNotifier::default()),
    };
    House { approver, records, ledger, passkey }
}

/// Two instances and many tabs spend at once, and each call asks twice, as after a lost answer.
#[tokio::test]
async fn the_count_is_never_exceeded_whoever_spends_at_once() {
    let house = house().await;
    let approver = Arc::new(house.approver);
    let mut all = JoinSet::new();
    for number in (0..6).chain(0..6) {
        let approver = approver.clone();
        all.spawn(async move { (number, used(call(number).in_advance(&approver, NOW).await.unwrap())) });
    }
    let mut found: Vec<(u32, u32)> = Vec::new();
    while let Some(spent) = all.join_next().await {
        let (number, used) = spent.unwrap();
        found.extend(used.map(|used| (used, number)));
    }
    found.sort_unstable();
    found.dedup();
    let numbers: Vec<u32> = found.iter().map(|(used, _)| *used).collect();
    assert_eq!(numbers, [1, 2, 3], "three uses, each of one call: {found:?}");
}

#[tokio::test]
async fn whatever_is_not_covered_is_asked() {
    let elsewhere = || Actor::attest(Evidence { tenant: "other".into(), ..actor("ada").evidence().clone() });
    let other_tool = || {
        let spec = agent::tool::ToolSpec { name: kind().0.tool, description: "New.".into(), input_schema: json!({}) };
        Definition::of(&spec).unwrap()
    };
    let letter = || ToolCall { input: json!({ "id": "l" }), ..kind().0 };
    let narrower = "[[rule]]\ntool = \"deed\"\napprovals = [\"passkey\"]\nstanding = { most = 2, minutes = 1 }";
    let withdrawn = "[default]\napprovals = [\"passkey\"]";
    let permanent = POLICY.replace("minutes = 1 ", "minutes = 1, permanent = true ");
    for (name, call, policy, now, expected) in [
        ("covered", call(1), POLICY, NOW, Some(1)),
        ("at the end", call(1), POLICY, END, None),
        ("another letter", Call { call: letter(), ..call(1) }, POLICY, NOW, None),
        ("another definition", Call { definition: other_tool(), ..call(1) }, POLICY, NOW, None),
        ("another person", Call { who: actor("bob"), ..call(1) }, POLICY, NOW, None),
        ("another organization", Call { who: elsewhere(), ..call(1) }, POLICY, NOW, None),
        ("permanent", Call { effect: effect(Permanence::Permanent), ..call(1) }, POLICY, NOW, None),
        ("of unknown permanence", Call { effect: None, ..call(1) }, POLICY, NOW, None),
        ("permanent, as allowed", Call { effect: effect(Permanence::Permanent), ..call(1) }, &permanent, NOW, Some(1)),
        ("a policy that allows fewer", call(1), narrower, NOW, None),
        ("a policy that allows none", call(1), withdrawn, NOW, None),
    ] {
        let mut house = house().await;
        house.approver.policy = Policy::parse(policy).unwrap();
        assert_eq!(used(call.in_advance(&house.approver, now).await.unwrap()), expected, "{name}");
    }
}

#[tokio::test]
async fn a_use_is_verified_again_until_it_is_acted_on() {
    let given = async |house: &House| call(1).in_advance(&house.approver, NOW).await.unwrap().unwrap();
    let fine = house().await;
    let own = given(&fine).await;
    assert_eq!(call(1).verify(&fine.approver, &own).await, Ok(()));
    assert_eq!(call(2).verify(&fine.approver, &own).await, Err("the standing approval was revoked".into()));
    let forged = |change: fn(&mut StandingLimits)| {
        let mut standing = own.standing.clone().unwrap();
        change(&mut standing.limits);
        SignedApproval { standing: Some(standing), ..own.clone() }
    };
    for (name, change) in [
        ("more uses", (|limits| limits.uses = 4) as fn(&mut StandingLimits)),
        ("a later end", |limits| limits.until += 1),
        ("other arguments", |limits| limits.arguments.push("0".repeat(64))),
    ] {
        let verified = call(1).verify(&fine.approver, &forged(change)).await;
        assert_eq!(verified, Err("the response answers another challenge".into()), "{name}");
    }
    let plain = SignedApproval { standing: None, ..own.clone() };
    let verified = call(1).verify(&fine.approver, &plain).await;
    assert_eq!(verified, Err("the response answers another challenge".into()), "limits are no answer to the question");

    let revoked = house().await;
    let own = given(&revoked).await;
    revoked.approver.standing.revoke(&actor("ada"), &question(1).id, NOW).await.unwrap();
    assert_eq!(call(1).verify(&revoked.approver, &own).await, Err("the standing approval was revoked".into()));
    assert_eq!(call(2).in_advance(&revoked.approver, NOW).await.unwrap(), None);

    let lost = house().await;
    let own = given(&lost).await;
    lost.approver.passkeys.revoke(&actor("ada"), &lost.passkey, NOW).await.unwrap();
    assert_eq!(call(1).verify(&lost.approver, &own).await, Err("the passkey was revoked".into()));
    assert_eq!(call(2).in_advance(&lost.approver, NOW).await.unwrap(), None);

    let mut withdrawn = house().await;
    let own = given(&withdrawn).await;
    withdrawn.approver.policy = Policy::parse("[default]\napprovals = [\"passkey\"]").unwrap();
    assert!(call(1).verify(&withdrawn.approver, &own).await.is_err(), "the policy changed");
}

/// A record that somebody else wrote does not open; one that was altered all the same is signed by nobody.
#[tokio::test]
async fn a_planted_record_approves_nothing() {
    for (name, change) in [
        ("the count alone", (|own| own.limits.uses = 4) as fn(&mut StandingApproval)),
        ("the count and what claims to be signed", |own| {
            own.limits.uses = 4;
            own.given.standing = Some(Box::new(Standing { limits: own.limits.clone(), used: None }));
        }),
        ("a use as the approval itself", |own| {
            own.given.standing = Some(Box::new(Standing { limits: own.limits.clone(), used: Some(1) }));
        }),
        ("no limits", |own| own.given.standing = None),
    ] {
        let mut house = house().await;
        house.approver.policy = Policy::parse(&POLICY.replace("most = 3", "most = 9")).unwrap();
        let ada = actor("ada");
        let (plain, version) = house.records.read(&ada, RecordKind::StandingApprovals).await.unwrap();
        let mut all: Vec<StandingApproval> = serde_json::from_slice(&plain).unwrap();
        all.iter_mut().for_each(change);
        let plain = serde_json::to_vec(&all).unwrap();
        assert!(house.records.replace(&ada, RecordKind::StandingApprovals, &plain, version).await.unwrap());
        assert_eq!(call(1).in_advance(&house.approver, NOW).await.unwrap(), None, "{name}");
    }
}

/// A store that does not answer, and one that holds something else.
#[tokio::test]
async fn a_store_that_is_unclear_is_neither_an_approval_nor_none() {
    let house = house().await;
    let ada = actor("ada");
    let (_, version) = house.records.read(&ada, RecordKind::StandingApprovals).await.unwrap();
    assert!(house.records.replace(&ada, RecordKind::StandingApprovals, b"{}", version).await.unwrap());
    assert!(call(1).in_advance(&house.approver, NOW).await.is_err());
    assert!(house.approver.standing.list(&ada, NOW).await.is_err());
}

#[tokio::test]
async fn giving_and_revoking_are_in_the_ledger() {
    let house = house().await;
    let (ada, id) = (actor("ada"), question(1).id);
    house.approver.standing.revoke(&ada, &id, NOW).await.unwrap();
    house.approver.standing.revoke(&ada, &id, NOW).await.unwrap();
    let lines = house.ledger.lines();
    let own: Vec<_> = lines.iter().filter(|line| line.tool == LEDGER_NAME).collect();
    let intents: Vec<_> = own.iter().map(|line| line.intent.as_str()).collect();
    let code = id.code();
    let given = format!("Approve in advance: Do it, 3 times in 1 minutes, code {code}");
    assert_eq!(intents, [given, format!("Revoke the standing approval {code}")]);
    assert!(own.iter().all(|line| line.outcome == Some(Outcome::Done)));
    assert!(house.approver.standing.list(&ada, NOW).await.unwrap().is_empty());
}
