//! The object is the one that the service names: it is looked up once the account is connected, authorized, shown,
//! bound by the approval, and looked up again before the action.

use super::*;
use crate::fakes::MemoryDirectory;
use crate::intent::{Object, Relation};
use crate::target::{Fact, Target};
use crate::tool::ToolError;
use std::time::Duration;

fn object(kind: &'static str, id: &str) -> Object {
    Object::new(kind, id).unwrap()
}

/// The target `user:<id>`, a member of these groups.
fn person(id: &str, groups: &[&str]) -> Target {
    let member = |group: &&str| Fact {
        subject: object("group", group),
        relation: Relation("member_of"),
        object: object("user", id),
    };
    Target {
        relation: Relation("may_reset"),
        object: object("user", id),
        facts: groups.iter().map(member).collect(),
        details: vec![("Name", "Bob Crane".to_owned())],
        caveat: None,
    }
}

/// Ada may look up objects and reset `user:00u1`, unless it is a member of `group:admins`.
fn house_with(answer: Result<Target, ToolError>, willing: Person) -> (House, Arc<MemoryDirectory>) {
    let house = house(World::Fine, willing);
    let authorizer = Arc::new(TableAuthorizer::knowing(&["ada may thing:1", "ada may_reset user:00u1"]));
    authorizer.bar("group:admins member_of user:00u1");
    let guard = Guard { authorizer: authorizer.clone(), ..house.guard };
    (House { guard, authorizer, ..house }, Arc::new(MemoryDirectory::of(answer)))
}

fn located(directory: &Arc<MemoryDirectory>, risk: Risk) -> Request {
    let mut request = request("ada", risk);
    request.lookup = Some(directory.clone());
    request
}

async fn admitted(house: &House, request: Request) -> Result<String, Refusal> {
    match house.guard.admit(request, &Notes::default()).await {
        Ok(permit) => Ok(permit.target().unwrap().object.to_string()),
        Err(NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. }) => Err(refusal),
        Err(NotAdmitted::Suspended(error)) => panic!("{error}"),
    }
}

fn denied() -> Refusal {
    Refusal::Denied { relation: "may_reset".into(), object: "user:00u1".into() }
}

#[tokio::test(start_paused = true)]
async fn the_target_is_checked_before_anybody_is_asked() {
    let unusable = |reason: &str| Err(Refusal::UnusableTarget { reason: reason.into() });
    let crowded = Target { caveat: Some("too many groups".into()), ..person("00u2", &[]) };
    for (answer, expected) in [
        (Ok(person("00u1", &["staff"])), Ok("user:00u1".to_owned())),
        (Ok(person("00u1", &["staff", "admins"])), Err(denied())),
        (Ok(person("00u2", &[])), Err(Refusal::Denied { relation: "may_reset".into(), object: "user:00u2".into() })),
        (Ok(crowded), unusable("may_reset on user:00u2: too many groups")),
        (Err(ToolError::Failed("There is no such user.".into())), unusable("There is no such user.")),
        (Err(ToolError::Unavailable { service: "Okta" }), Err(unavailable("Okta"))),
    ] {
        let (house, directory) = house_with(answer, Person::SaysYes);
        let got = admitted(&house, located(&directory, Risk::Elevated)).await;
        assert_eq!(got, expected);
        let rings = usize::from(expected.is_ok());
        assert_eq!(house.approver.asked().len(), rings, "{expected:?}");
        let line = house.ledger.lines().remove(0);
        assert_eq!(line.verdict == Verdict::Allowed, expected.is_ok(), "{line:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_target_is_looked_up_without_permission_and_account() {
    for world in [World::NoTuple, World::NoAuthorizer, World::NotConnected, World::NoVault] {
        let directory = Arc::new(MemoryDirectory::of(Ok(person("00u1", &[]))));
        let house = house(world, Person::SaysYes);
        assert!(admitted(&house, located(&directory, Risk::Elevated)).await.is_err(), "{world:?}");
        assert_eq!(directory.asked(), 0, "{world:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_question_shows_the_target_and_names_the_permission() {
    let (house, directory) = house_with(Ok(person("00u1", &[])), Person::SaysYes);
    admitted(&house, located(&directory, Risk::Elevated)).await.unwrap();
    let question = house.approver.asked().remove(0);
    let detail = |name: &str| question.details.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    assert_eq!((detail("Target"), detail("Name")), (Some("1"), Some("Bob Crane")));
    assert_eq!((question.relation.as_str(), question.object.as_str()), ("may_reset", "user:00u1"));
}

/// Meanwhile the user becomes an administrator, is renamed, loses their name to another user, leaves, or cannot be
/// looked up.
#[tokio::test(start_paused = true)]
async fn a_change_to_the_target_while_the_phone_rings_is_noticed() {
    let changed = Refusal::NotApproved { why: NotApproved::Changed };
    let renamed = Target { details: vec![("Name", "Bob Crane II".into())], ..person("00u1", &[]) };
    let gone = Refusal::UnusableTarget { reason: "There is no such user.".into() };
    for (then, expected) in [
        (Ok(person("00u1", &["staff"])), Ok("user:00u1".to_owned())),
        (Ok(person("00u1", &["admins"])), Err(denied())),
        (Ok(renamed), Err(changed.clone())),
        (Ok(person("00u9", &[])), Err(changed)),
        (Err(ToolError::Failed("There is no such user.".into())), Err(gone)),
        (Err(ToolError::Unavailable { service: "Okta" }), Err(unavailable("Okta"))),
    ] {
        let (house, directory) = house_with(Ok(person("00u1", &[])), Person::SaysYesAtLook(5));
        let later = async {
            tokio::time::sleep(Duration::from_secs(12)).await;
            directory.becomes(then);
        };
        let (got, ()) = tokio::join!(admitted(&house, located(&directory, Risk::Elevated)), later);
        assert_eq!(got, expected);
        assert_eq!((house.approver.asked().len(), directory.asked()), (1, 2));
        assert!(house.ledger.lines()[0].approval.as_ref().unwrap().given.len() == 1, "the ledger records the approval");
    }
}

/// An instance that continues a question repeats the lookup; an approval of another object is not one of this object.
#[tokio::test(start_paused = true)]
async fn an_approval_is_bound_to_the_id_of_its_target() {
    let (house, directory) = house_with(Ok(person("00u1", &[])), Person::SaysYes);
    let notes = Notes::default();
    drop(house.guard.admit(located(&directory, Risk::Elevated), &notes).await.unwrap());
    let asked = house.approver.asked();
    assert_eq!(asked.len(), 1);
    house.authorizer.grant("ada may_reset user:00u9");
    directory.becomes(Ok(person("00u9", &[])));
    let again = house.guard.admit(located(&directory, Risk::Elevated), &notes).await;
    let Err(NotAdmitted::Refused(refusal) | NotAdmitted::Spent { refusal, .. }) = again else {
        panic!("admitted for another object")
    };
    assert_eq!(refusal, Refusal::NotApproved { why: NotApproved::Changed });
}
