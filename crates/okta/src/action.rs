//! The actions on users: reset the password, disable, delete. Each needs an approval, and none is retried
//! automatically.

use crate::client::Client;
use crate::login::Login;
use crate::status;
use crate::target::UserLookup;
use crate::users::access_token;
use agent::intent::{Effect, Intent, Permanence, Relation, Risk};
use agent::permission::Permission;
use agent::ports::AccessToken;
use agent::target::TargetLookup;
use agent::tool::{AccountUse, BadInput, Example, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::json;
use std::sync::Arc;

/// An action on a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The password is invalidated and Okta mails the user a link. The application never receives the link.
    ResetPassword,
    /// The user is deactivated: they can no longer sign in, and lose their application assignments.
    Disable,
    /// The user is deactivated and then deleted. Okta requires two DELETE requests: the first one deactivates an active
    /// user, the second one deletes the user.
    Delete,
}

impl Action {
    pub(crate) const ALL: [Self; 3] = [Self::ResetPassword, Self::Disable, Self::Delete];

    const fn name(self) -> &'static str {
        match self {
            Self::ResetPassword => "okta_reset_password",
            Self::Disable => "okta_disable_user",
            Self::Delete => "okta_delete_user",
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::ResetPassword => "Reset password",
            Self::Disable => "Disable user",
            Self::Delete => "Delete user",
        }
    }

    const fn purpose(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset passwords",
            Self::Disable => "disable users",
            Self::Delete => "delete users",
        }
    }

    /// The relation to the user that the action requires.
    pub(crate) const fn relation(self) -> Relation {
        match self {
            Self::ResetPassword => Relation("can_reset_password"),
            Self::Disable => Relation("can_disable"),
            Self::Delete => Relation("can_delete"),
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::ResetPassword => {
                "Reset the Okta password of a user. Okta mails the user a link to choose a new one. The signed-in user \
                 must approve it on their phone."
            }
            Self::Disable => {
                "Disable an Okta user, who can then sign in nowhere. The signed-in user must approve it on their phone."
            }
            Self::Delete => {
                "Delete an Okta user for good. This cannot be undone. The signed-in user must approve it on their phone."
            }
        }
    }

    /// A request to which the person adds an address.
    const fn example(self) -> &'static str {
        match self {
            Self::ResetPassword => "Reset the password of …",
            Self::Disable => "Disable the account of …",
            Self::Delete => "Delete the account of …",
        }
    }

    /// Returns the consequence for the user.
    fn effect(self) -> Effect {
        let (text, permanence) = match self {
            Self::ResetPassword => (
                "Their current password stops working. Okta e-mails them a link to set a new one.",
                Permanence::Reversible,
            ),
            Self::Disable => (
                "They can no longer sign in anywhere, until somebody enables their account again.",
                Permanence::Reversible,
            ),
            Self::Delete => ("Their Okta account and its group memberships are removed.", Permanence::Permanent),
        };
        Effect { text: text.to_owned(), permanence }
    }

    fn summary(self, login: &Login) -> String {
        match self {
            Self::ResetPassword => format!("Reset the password of {login}"),
            Self::Disable => format!("Disable the user {login}"),
            Self::Delete => format!("Delete the user {login} for good"),
        }
    }
}

/// One action as a tool.
#[derive(Debug)]
pub(crate) struct OktaAction {
    action: Action,
    spec: ToolSpec,
    client: Client,
    lookup: Arc<UserLookup>,
}

impl OktaAction {
    pub(crate) fn new(action: Action, client: Client) -> Self {
        let spec = ToolSpec {
            name: ToolName(action.name().to_owned()),
            description: action.description().to_owned(),
            input_schema: Login::schema(),
        };
        let lookup = Arc::new(UserLookup { relation: action.relation(), client: client.clone() });
        Self { action, spec, client, lookup }
    }

    /// Performs the action on the user with this id, which stays the same person's even if logins are reassigned.
    async fn act(&self, id: &str, access_token: &AccessToken) -> Result<&'static str, ToolError> {
        match self.action {
            Action::ResetPassword => {
                self.client.lifecycle(id, "reset_password", &[("sendEmail", "true")], access_token).await?;
                Ok("password reset, link mailed to the user")
            }
            Action::Disable => {
                self.client.lifecycle(id, "deactivate", &[("sendEmail", "false")], access_token).await?;
                Ok("user disabled")
            }
            Action::Delete => {
                if self.client.find_by_id(id, access_token).await?.status != "DEPROVISIONED" {
                    self.client.delete(id, access_token).await?;
                }
                // From here on something was done, whatever the second request returns.
                self.client.delete(id, access_token).await.map_err(|error| match error {
                    ToolError::Unknown { .. } => error,
                    _ => ToolError::Failed("The user was disabled, but Okta did not delete the user.".to_owned()),
                })?;
                Ok("user deleted")
            }
        }
    }
}

#[async_trait]
impl Tool for OktaAction {
    fn risk(&self) -> Risk {
        Risk::Elevated
    }

    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    /// Requires the permission to look up users. The lookup runs next, and its result decides about the action itself.
    fn intend(&self, _actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let login = Login::named(&call.input)?;
        Ok(Intent {
            summary: self.action.summary(&login),
            verb: self.action.verb(),
            target: login.to_string(),
            relation: status::RELATION,
            object: status::users()?,
            risk: Risk::Elevated,
            needs: Some(crate::need(crate::MANAGE)),
            effect: Some(self.action.effect()),
        })
    }

    fn account(&self) -> Option<AccountUse> {
        Some(crate::account(crate::MANAGE, self.action.purpose()))
    }

    /// The permission to look users up. The user decides about the rest.
    fn requires(&self) -> Option<Permission> {
        Some(Permission::of(status::RELATION, &status::users().ok()?))
    }

    fn example(&self) -> Option<Example> {
        Some(Example { system: crate::SERVICE, text: self.action.example() })
    }

    fn lookup(&self) -> Option<Arc<dyn TargetLookup>> {
        Some(self.lookup.clone())
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        let target = execution.target().ok_or_else(|| ToolError::Failed("The user was not looked up.".to_owned()))?;
        let done = self.act(target.object.id(), access_token(&execution)?).await?;
        Ok(ToolOutput { content: json!({ "user": execution.intent().target, "done": done }), summary: done.to_owned() })
    }
}
