//! `okta_user_status`: the state of a user at Okta. It also reveals the outcome of an action whose end was not
//! observed.

use crate::client::Client;
use crate::login::Login;
use crate::users::access_token;
use agent::intent::{Intent, Object, Relation, Risk};
use agent::permission::Permission;
use agent::tool::{AccountUse, BadInput, Example, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::json;

/// The relation to `okta:users` that permits looking up users.
pub(crate) const RELATION: Relation = Relation("read_okta");

/// Reads the state of a user.
#[derive(Debug)]
pub(crate) struct OktaUser {
    spec: ToolSpec,
    client: Client,
}

impl OktaUser {
    pub(crate) fn new(client: Client) -> Self {
        let spec = ToolSpec {
            name: ToolName("okta_user_status".to_owned()),
            description: "Look up the status of an Okta user: active, disabled or waiting for a new password, and \
                          since when."
                .to_owned(),
            input_schema: Login::schema(),
        };
        Self { spec, client }
    }
}

#[async_trait]
impl Tool for OktaUser {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn account(&self) -> Option<AccountUse> {
        Some(crate::account(crate::READ, "look up a user's status"))
    }

    fn requires(&self) -> Option<Permission> {
        Some(Permission::of(RELATION, &users().ok()?))
    }

    fn example(&self) -> Option<Example> {
        Some(Example { system: crate::SERVICE, text: "Look up the account of …" })
    }

    fn intend(&self, _actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let login = Login::named(&call.input)?;
        Ok(Intent {
            effect: None,
            summary: format!("Look up the Okta status of {login}"),
            verb: "Look up user",
            target: login.to_string(),
            relation: RELATION,
            object: users()?,
            risk: Risk::Read,
            needs: Some(crate::need(crate::READ)),
        })
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        let login = Login::named(&execution.call().input).map_err(|error| ToolError::Failed(error.to_string()))?;
        let user = self.client.find(&login, access_token(&execution)?).await?;
        let summary = user.status.to_ascii_lowercase().replace('_', " ");
        let content = json!({
            "user": login.as_str(), "status": user.status,
            "status_changed": user.status_changed, "password_changed": user.password_changed,
        });
        Ok(ToolOutput { content, summary })
    }
}

/// The object that represents all users of the organization.
pub(crate) fn users() -> Result<Object, BadInput> {
    Object::new("okta", "users").map_err(|error| BadInput(error.to_string()))
}
