//! The deeds on users: resetting a password, disabling, deleting. Each needs a human yes, and none is ever repeated by itself.

use crate::client::Client;
use crate::user::Login;
use agent::intent::{Intent, Object, Relation, Risk};
use agent::tool::{BadInput, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Permit, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::json;

/// What the deeds need in FGA.
const RELATION: Relation = Relation("manage_okta");

/// What is done to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The password stops working and Okta mails the user a link. The link never comes to us.
    ResetPassword,
    /// The user is deactivated: can sign in nowhere, and loses the assignments of applications.
    Disable,
    /// The user is deactivated and then erased, which Okta wants asked for twice: the first DELETE deactivates a user who
    /// is not, the second one erases.
    Delete,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ResetPassword, Self::Disable, Self::Delete];

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

    fn summary(self, login: &Login) -> String {
        match self {
            Self::ResetPassword => format!("Reset the password of {login}"),
            Self::Disable => format!("Disable the user {login}"),
            Self::Delete => format!("Delete the user {login} for good"),
        }
    }
}

/// One deed as a tool.
#[derive(Debug)]
pub struct OktaDeed {
    deed: Deed,
    spec: ToolSpec,
    client: Client,
}

impl OktaDeed {
    /// The tool for `deed`, acting with `client`.
    #[must_use]
    pub fn new(deed: Deed, client: Client) -> Self {
        let spec = ToolSpec {
            name: ToolName(deed.name().to_owned()),
            description: deed.description().to_owned(),
            input_schema: Login::schema(),
        };
        Self { deed, spec, client }
    }

    async fn act(&self, login: &Login, permit: &Permit) -> Result<&'static str, ToolError> {
        match self.deed {
            Deed::ResetPassword => {
                self.client.lifecycle(login.as_str(), "reset_password", &[("sendEmail", "true")], permit).await?;
                Ok("password reset, link mailed to the user")
            }
            Deed::Disable => {
                self.client.lifecycle(login.as_str(), "deactivate", &[("sendEmail", "false")], permit).await?;
                Ok("user disabled")
            }
            Deed::Delete => {
                if self.client.user(login.as_str(), permit).await?.status != "DEPROVISIONED" {
                    self.client.delete(login.as_str(), permit).await?;
                }
                // From here on something was done, whatever the second call brings.
                self.client.delete(login.as_str(), permit).await.map_err(|error| match error {
                    ToolError::Unknown { .. } => error,
                    _ => ToolError::Failed("The user was disabled, and Okta did not delete it.".to_owned()),
                })?;
                Ok("user deleted")
            }
        }
    }
}

#[async_trait]
impl Tool for OktaDeed {
    fn risk(&self) -> Risk {
        Risk::Elevated
    }

    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn intend(&self, _actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let login = Login::named(&call.input)?;
        Ok(Intent {
            summary: self.deed.summary(&login),
            verb: self.deed.verb(),
            target: login.to_string(),
            relation: RELATION,
            object: Object::new("okta", "users").map_err(|error| BadInput(error.to_string()))?,
            risk: Risk::Elevated,
            needs: Some(crate::need(crate::MANAGE)),
        })
    }

    async fn run(&self, permit: Permit) -> Result<ToolOutput, ToolError> {
        let login = Login::of(&permit)?;
        let done = self.act(&login, &permit).await?;
        Ok(ToolOutput { content: json!({ "user": login.as_str(), "done": done }), summary: done.to_owned() })
    }
}
