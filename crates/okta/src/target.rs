//! The user whom an action affects: by the id that Okta acts on, with the groups that decide who may act on them.

use crate::client::{Client, unreadable};
use crate::login::Login;
use crate::status;
use crate::users::Group;
use agent::ToolCall;
use agent::intent::{Need, Object, Relation};
use agent::ports::{AccessToken, Check};
use agent::target::{Fact, Target, TargetLookup};
use agent::tool::ToolError;
use async_trait::async_trait;

/// Most groups that fit into one check, besides the organization.
const MOST_GROUPS: usize = Check::MOST_FACTS - 1;

/// Looks up the user that a call names.
#[derive(Debug)]
pub(crate) struct UserLookup {
    /// The relation to the user that the action requires.
    pub(crate) relation: Relation,
    pub(crate) client: Client,
}

#[async_trait]
impl TargetLookup for UserLookup {
    fn needs(&self) -> Need {
        crate::need(crate::READ)
    }

    async fn target(&self, call: &ToolCall, credential: &AccessToken) -> Result<Target, ToolError> {
        let failed = |error: agent::tool::BadInput| ToolError::Failed(error.to_string());
        let login = Login::named(&call.input).map_err(failed)?;
        let user = self.client.find(&login, credential).await?;
        let groups = self.client.groups(&user.id, credential).await?;
        let object = id("okta_user", &user.id)?;
        // Everything in one detail: a provider accepts ten members in an approval's details, and the others need nine.
        let letters = login.letters().map(|letters| format!("letters of the login: {letters}"));
        let name = Some(user.name()).filter(|name| !name.is_empty());
        let shown: Vec<String> = name.into_iter().chain(letters).collect();
        let details = if shown.is_empty() { Vec::new() } else { vec![("Name", shown.join("; "))] };
        let organization = Fact {
            subject: status::users().map_err(failed)?,
            relation: Relation("organization"),
            object: object.clone(),
        };
        let mut facts = vec![organization];
        let caveat = crowded(&login, groups.len());
        if caveat.is_none() {
            facts.extend(memberships(&groups, &object)?);
        }
        Ok(Target { relation: self.relation, object, facts, details, caveat })
    }
}

/// Returns one fact for each group. Facts contain ids, never names, because the creator of a group chooses its name.
fn memberships(groups: &[Group], user: &Object) -> Result<Vec<Fact>, ToolError> {
    let mut facts = Vec::with_capacity(groups.len());
    for group in groups {
        let subject = id("okta_group", &group.id)?;
        let fact = Fact { subject, relation: Relation("member_of"), object: user.clone() };
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    Ok(facts)
}

/// Returns the reason for a denial if a user has more groups than one check can contain. A subset could omit the group
/// that forbids the action, so no group is stated, and only somebody who may act on every user may act on this one.
fn crowded(login: &Login, groups: usize) -> Option<String> {
    (groups > MOST_GROUPS).then(|| {
        format!(
            "{login} is in {groups} Okta groups, and at most {MOST_GROUPS} can be checked. Only somebody with manage_okta \
             on okta:users may do this."
        )
    })
}

/// Creates an object from an Okta id, which consists of letters and digits.
fn id(kind: &'static str, id: &str) -> Result<Object, ToolError> {
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric());
    Object::new(kind, id).ok().filter(|_| plain).ok_or_else(unreadable)
}
