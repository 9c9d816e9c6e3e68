use super::*;
use agent::actor::Evidence;
use agent::approval::{ActionKind, ApprovalId, Definition};
use agent::fakes::{
    FixedApprovers, MemoryApprovalRequests, MemoryApprover, MemoryLedger, MemoryPasskeys, MemoryRecords, Person,
    RecordingNotifier, actor, kind, question, signed_approval,
};
use agent::intent::Object;
use agent::{Actor, CallId, Place, ToolCall, ids::ConversationId};
use webauthn::RelyingParty;
use webauthn::fakes::Authenticator;

const NOW: Millis = 2_000;

struct House {
    approver: ByPolicy,
    requests: Arc<MemoryApprovalRequests>,
    ciba: Arc<MemoryApprover>,
    notifier: Arc<RecordingNotifier>,
    place: Place,
    object: Object,
    kind: (ToolCall, Definition),
}

/// An approver with CIBA, in a company in which these people may be second persons.
fn house(policy: &str, approvers: &[&str]) -> House {
    let party = RelyingParty { id: "help.example".to_owned(), origin: "https://help.example".to_owned() };
    let requests = Arc::new(MemoryApprovalRequests::default());
    let ciba = Arc::new(MemoryApprover::of(Person::SaysYes).each(0));
    let notifier = Arc::new(RecordingNotifier::default());
    let approver = ByPolicy {
        policy: Policy::parse(policy).unwrap(),
        issuer: actor("ada").issuer().into(),
        ciba: ciba.clone(),
        passkeys: Passkeys::new(Arc::new(MemoryPasskeys::default()), Arc::new(MemoryLedger::default()), party),
        standing: StandingApprovals::new(Arc::new(MemoryRecords::default()), Arc::new(MemoryLedger::default())),
        requests: requests.clone(),
        directory: Arc::new(FixedApprovers(approvers.iter().map(ToString::to_string).collect())),
        notifier: notifier.clone(),
    };
    let place = Place { conversation: ConversationId::from_random([1; 26]), call: CallId("call-1-1".into()) };
    House { approver, requests, ciba, notifier, place, kind: kind(), object: Object::new("thing", "1").unwrap() }
}

impl House {
    fn asking<'a>(&'a self, actor: &'a Actor, question: &'a Question) -> Asking<'a> {
        let kind = ActionKind { call: &self.kind.0, definition: &self.kind.1, target: "1" };
        Asking { actor, place: &self.place, question, kind, object: &self.object, facts: &[] }
    }

    async fn enrol(&self, who: &Actor) -> Authenticator {
        let authenticator = Authenticator::new(who.subject());
        let challenge = webauthn::Bytes::try_from(vec![9; 32]).unwrap();
        let response = authenticator.register(self.approver.passkeys.party(), challenge.as_slice());
        self.approver.passkeys.enrol(who, "key", &challenge, &response, NOW).await.unwrap();
        authenticator
    }

    async fn waiting(&self, who: &str) -> usize {
        self.requests.waiting_for(&actor(who), NOW).await.unwrap().len()
    }
}

fn all(channels: &str) -> String {
    format!("[default]\napprovals = {channels}")
}

#[tokio::test]
async fn a_question_reaches_those_whom_the_policy_names_and_nobody_else() {
    for (policy, approvers, passkey, expected, waiting, rang) in [
        ("", &["bob"][..], true, "", [0, 0, 0], 1),
        (r#"["ciba"]"#, &["bob"], true, "", [0, 0, 0], 1),
        (r#"["passkey"]"#, &["bob"], true, "", [1, 0, 0], 0),
        (r#"["passkey"]"#, &["bob"], false, "no passkey", [0, 0, 0], 0),
        (r#"["passkey", "second_person"]"#, &["bob"], true, "", [1, 1, 0], 0),
        (r#"["second_person"]"#, &["bob", "eve"], false, "", [0, 1, 1], 0),
        (r#"["ciba", "second_person"]"#, &["ada", "bob"], false, "", [0, 1, 0], 1),
        (r#"["ciba", "second_person"]"#, &["ada"], false, "nobody else may approve", [0, 0, 0], 0),
        (r#"["second_person", "second_person"]"#, &["bob"], false, "nobody else may approve", [0, 0, 0], 0),
    ] {
        let house = house(&if policy.is_empty() { String::new() } else { all(policy) }, approvers);
        let (ada, question) = (actor("ada"), question(1));
        if passkey {
            house.enrol(&ada).await;
        }
        let asked = house.approver.ask(&house.asking(&ada, &question), NOW).await;
        let refused = asked.err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(refused, expected, "{policy}");
        let lists = [house.waiting("ada").await, house.waiting("bob").await, house.waiting("eve").await];
        assert_eq!((lists, house.ciba.asked().len()), (waiting, rang), "{policy}");
        house.approver.withdraw(&house.asking(&ada, &question)).await;
        assert_eq!(house.waiting("bob").await, 0, "{policy}");
    }
}

/// At another issuer somebody else is called Ada.
#[tokio::test]
async fn nobody_is_asked_on_behalf_of_a_namesake_at_another_issuer() {
    let namesake = Evidence { issuer: "https://other.example/".into(), ..actor("ada").evidence().clone() };
    let namesake = Actor::attest(Evidence { username: Some("ada".into()), principal: "0011/ada".into(), ..namesake });
    for (policy, expected, waiting, offered) in [
        ("", "no device to ask", 0, false),
        (r#"["ciba"]"#, "no device to ask", 0, false),
        (r#"["passkey"]"#, "no device to ask", 0, false),
        (r#"["ciba", "second_person"]"#, "no device to ask", 0, false),
        (r#"["second_person"]"#, "", 1, true),
    ] {
        let house = house(&if policy.is_empty() { String::new() } else { all(policy) }, &["bob"]);
        house.enrol(&actor("ada")).await;
        let question = question(1);
        let asked = house.approver.ask(&house.asking(&namesake, &question), NOW).await;
        assert_eq!(asked.err().map(|error| error.to_string()).unwrap_or_default(), expected, "{policy}");
        assert_eq!((house.ciba.asked().len(), house.waiting("ada").await), (0, 0), "{policy}: Ada is left alone");
        assert_eq!(house.waiting("bob").await, waiting, "{policy}");
        assert!(house.notifier.sent().iter().all(|notice| notice.to.principal == "bob"), "{policy}");
        assert_eq!(house.approver.is_offered(&namesake).await.unwrap(), offered, "{policy}");
    }
}

#[tokio::test]
async fn of_many_second_persons_a_few_are_asked() {
    let many: Vec<String> = (0..500).map(|number| format!("p{number:03}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let house = house(&all(r#"["second_person"]"#), &many);
    let (ada, question) = (actor("ada"), question(1));
    house.approver.ask(&house.asking(&ada, &question), NOW).await.unwrap();
    let id = ApprovalId::from_random([1; 26]);
    let request = house.requests.get(&actor("p000"), &id, NOW).await.unwrap().unwrap();
    assert_eq!(request.approvers.len(), ApprovalRequest::MOST_APPROVERS);
}

/// An answer on a page reaches the log by itself, so nothing is polled for it; CIBA hands its answer out once.
#[tokio::test]
async fn the_provider_is_polled_until_it_has_answered_and_passkeys_are_never() {
    let (ada, question) = (actor("ada"), question(1));
    let house = house(&all(r#"["ciba", "second_person"]"#), &["bob"]);
    let asking = house.asking(&ada, &question);
    let ticket = house.approver.ask(&asking, NOW).await.unwrap();
    let polled = house.approver.poll(&asking, &ticket, &[], NOW).await.unwrap();
    let PollResult::Approved { given, .. } = polled else { panic!("{polled:?}") };
    assert_eq!(house.approver.missing(&question, std::slice::from_ref(&given)), [Channel::SecondPerson]);
    let polled = house.approver.poll(&asking, &ticket, std::slice::from_ref(&given), NOW).await.unwrap();
    let half = Duration::from_millis((question.until - NOW).unsigned_abs() / 2);
    assert_eq!((polled, house.ciba.looks().len()), (PollResult::Pending { wait: half }, 2), "until the reminder");
    let polled = house.approver.poll(&asking, &ticket, &[given], question.until - 1).await.unwrap();
    assert_eq!((polled, house.ciba.looks().len()), (PollResult::Pending { wait: NO_POLL }, 2));
}

#[tokio::test]
async fn evidence_is_verified_by_the_channel_that_it_names() {
    let (ada, bob, question) = (actor("ada"), actor("bob"), question(1));
    let house = house(&all(r#"["passkey", "second_person"]"#), &["bob"]);
    let asking = house.asking(&ada, &question);
    let mut passkey = house.enrol(&bob).await;
    let challenge = webauthn::challenge(&question.digest).unwrap();
    let response = passkey.assert(house.approver.passkeys.party(), &challenge);
    let answer = crate::passkey::Answer { id: passkey.credential_id.clone(), user_handle: None, response };
    let passkeys = &house.approver.passkeys;
    let own = passkeys.sign(&bob, Channel::SecondPerson, &question, &answer, None, NOW).await.unwrap();
    let borrowed = SignedApproval { subject: "ada".into(), channel: Channel::Passkey, ..own.clone() };
    let late = SignedApproval { at: question.until + GRACE + 1, ..own.clone() };
    let by_ciba = SignedApproval { channel: Channel::Ciba, ..own.clone() };
    let pushed = SignedApproval { channel: Channel::SecondPerson, ..signed_approval(&bob, &question.digest, NOW) };
    for (name, approval, fine) in [
        ("their own", own, true),
        ("under another name", borrowed, false),
        ("too late", late, false),
        ("a passkey as CIBA", by_ciba, false),
        ("CIBA as a passkey", pushed, false),
    ] {
        assert_eq!(house.approver.verify(&asking, &approval).await.is_ok(), fine, "{name}");
    }
}

#[tokio::test]
async fn tools_are_withheld_only_if_every_action_needs_a_phone_that_cannot_ring() {
    for (policy, more) in [
        (String::new(), true),
        (all(r#"["ciba"]"#), false),
        (all(r#"["passkey"]"#), true),
        (all(r#"["ciba", "second_person"]"#), false),
    ] {
        assert_eq!(Policy::parse(&policy).unwrap().offers_more_than_ciba(), more, "{policy}");
    }
}

/// Returns who was told since the last call, and on which occasion.
fn told(house: &House, seen: &mut usize) -> Vec<(String, Occasion)> {
    let sent = house.notifier.sent().split_off(*seen);
    *seen += sent.len();
    sent.into_iter().map(|notice| (notice.to.principal, notice.occasion)).collect()
}

#[tokio::test]
async fn those_who_answer_on_a_page_are_told_at_once_and_reminded_while_they_are_silent() {
    use Occasion::{Asked, Reminder};
    let (ada, question) = (actor("ada"), question(1));
    let half = NOW + (question.until - NOW) / 2;
    for (policy, asked, reminded) in [
        (r#"["ciba"]"#, vec![], vec![]),
        (r#"["passkey"]"#, vec!["ada"], vec!["ada"]),
        (r#"["passkey", "second_person"]"#, vec!["ada", "bob", "eve"], vec!["ada", "eve"]),
        (r#"["ciba", "second_person"]"#, vec!["bob", "eve"], vec!["eve"]),
    ] {
        let house = house(&all(policy), &["eve", "bob"]);
        house.enrol(&ada).await;
        let asking = house.asking(&ada, &question);
        let ticket = house.approver.ask(&asking, NOW).await.unwrap();
        let of =
            |people: Vec<&str>, occasion| people.into_iter().map(|who| (who.to_owned(), occasion)).collect::<Vec<_>>();
        let mut seen = 0;
        assert_eq!(told(&house, &mut seen), of(asked, Asked), "{policy}");
        let received = [SignedApproval {
            channel: Channel::SecondPerson,
            ..signed_approval(&actor("bob"), &question.digest, NOW)
        }];
        for (now, expected) in
            [(half - 1, vec![]), (half, reminded), (question.until - TOO_LATE + 1, vec![]), (question.until, vec![])]
        {
            house.approver.poll(&asking, &ticket, &received, now).await.unwrap();
            assert_eq!(told(&house, &mut seen), of(expected, Reminder), "{policy} {now}");
        }
    }
}

/// A phone at which nobody answers, whose provider waits one minute and reports an expiry like a denial.
struct Impatient;

const PHONE_UNTIL: Millis = NOW + 60_000;

#[async_trait]
impl Approver for Impatient {
    async fn ask(&self, _: &Asking<'_>, _: Millis) -> Result<Ticket, AskError> {
        let handle = "request".to_owned();
        Ok(Ticket { handle, interval_ms: 5_000, until: PHONE_UNTIL, page: None, channels: Vec::new() })
    }

    async fn poll(
        &self,
        _: &Asking<'_>,
        _: &Ticket,
        _: &[SignedApproval],
        _: Millis,
    ) -> Result<PollResult, Unavailable> {
        Ok(PollResult::NotApproved)
    }

    async fn verify(&self, _: &Asking<'_>, _: &SignedApproval) -> Result<(), EvidenceError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_second_person_has_the_time_of_the_question_and_not_that_of_the_phone() {
    let (ada, question) = (actor("ada"), question(1));
    let mut house = house(&all(r#"["ciba", "second_person"]"#), &["bob"]);
    house.approver.ciba = Arc::new(Impatient);
    let asking = house.asking(&ada, &question);
    let ticket = house.approver.ask(&asking, NOW).await.unwrap();
    assert_eq!(ticket.until, question.until);
    let own = signed_approval(&ada, &question.digest, NOW);
    for (now, received, expected) in [
        (PHONE_UNTIL - 1, vec![], PollResult::NotApproved),
        (PHONE_UNTIL, vec![], PollResult::Expired),
        (PHONE_UNTIL + 1, vec![own], PollResult::Pending { wait: Duration::from_millis(89_499) }),
    ] {
        assert_eq!(house.approver.poll(&asking, &ticket, &received, now).await.unwrap(), expected, "{now}");
    }
    let patient = Policy::parse("[default]\napprovals = [\"second_person\"]\nanswer_minutes = 45").unwrap();
    house.approver.policy = patient;
    assert_eq!(house.approver.patience(&question), Some(45 * 60_000));
}
