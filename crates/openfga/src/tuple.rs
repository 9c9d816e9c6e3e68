//! Tuples and the values of the condition by which a grant ends: `non_expired_grant` of `authz/model.fga`.

use agent::access::AccessGrant;
use agent::permission::Permission;
use agent::ports::Millis;
use openfga::models::{CheckRequestTupleKey, ContextualTupleKeys, RelationshipCondition, TupleKey};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// The condition of a grant's tuple.
pub(crate) const CONDITION: &str = "non_expired_grant";

/// Facts that hold for every object of a type, and are never stored: type of the object, relation, subject.
const STANDING: [(&str, &str, &str); 1] = [("okta_user", "organization", "okta:users")];

pub(crate) fn key(user: &str, relation: &str, object: &str) -> CheckRequestTupleKey {
    CheckRequestTupleKey::new(user.to_owned(), relation.to_owned(), object.to_owned())
}

/// The context of a check at this moment. Without it a check that meets a grant fails.
pub(crate) fn context(at: Millis) -> Value {
    json!({ "current_time": rfc3339(at) })
}

/// The tuple of a grant to this user.
pub(crate) fn of_grant(user: &str, permission: &Permission, from: Millis, seconds: Millis) -> TupleKey {
    let context = json!({ "grant_time": rfc3339(from), "grant_duration": format!("{seconds}s") });
    let condition =
        RelationshipCondition { context: Some(context), ..RelationshipCondition::new(CONDITION.to_owned()) };
    TupleKey { condition: Some(Box::new(condition)), ..plain(user, permission.relation(), permission.object()) }
}

/// The duration of a grant, in seconds.
pub(crate) const fn seconds(grant: &AccessGrant) -> Millis {
    grant.duration.millis() / 1000
}

/// The facts that hold for this object, as tuples.
pub(crate) fn standing(permission: &Permission) -> Vec<TupleKey> {
    let own = STANDING.iter().filter(|(kind, ..)| *kind == permission.kind());
    own.map(|(_, relation, subject)| plain(subject, relation, permission.object())).collect()
}

/// Tuples as a member of a request; `None` if there are none.
pub(crate) fn contextual(tuples: Vec<TupleKey>) -> Option<ContextualTupleKeys> {
    (!tuples.is_empty()).then(|| ContextualTupleKeys::new(tuples))
}

pub(crate) fn plain(user: &str, relation: &str, object: &str) -> TupleKey {
    TupleKey::new(user.to_owned(), relation.to_owned(), object.to_owned())
}

/// RFC 3339 with milliseconds. A time beyond the calendar becomes the end of an age in which no grant counts.
fn rfc3339(at: Millis) -> String {
    let time = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000));
    let Ok(time) = time else { return "9999-12-31T23:59:59.999Z".to_owned() };
    let (date, (hour, minute, second)) = (time.date(), time.to_hms());
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{:03}Z", at.rem_euclid(1000))
}
