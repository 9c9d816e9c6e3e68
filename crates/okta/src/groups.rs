//! `okta_groups`: the groups of the actor, or of a person that the actor names.

use crate::client::Client;
use crate::user::Login;
use agent::intent::{Intent, Object, Relation, Risk};
use agent::tool::{BadInput, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Permit, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::json;

/// What the tool needs in FGA.
const RELATION: Relation = Relation("read_okta");

/// Reads group memberships.
#[derive(Debug)]
pub struct OktaGroups {
    spec: ToolSpec,
    client: Client,
}

impl OktaGroups {
    /// The tool, asking with `client`.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let spec = ToolSpec {
            name: ToolName("okta_groups".to_owned()),
            description: "List the Okta groups that a user belongs to: the signed-in user's own, or a named user's."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "properties": {
                    "user": {
                        "type": "string",
                        "description": "E-mail address of the user. Leave it out for the signed-in user."
                    }
                },
                "required": []
            }),
        };
        Self { spec, client }
    }
}

#[async_trait]
impl Tool for OktaGroups {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn intend(&self, actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let login = Login::from_input(actor, &call.input)?;
        let own = actor.email().is_some_and(|email| email.eq_ignore_ascii_case(login.as_str()));
        Ok(Intent {
            summary: if own { "Read your Okta groups".to_owned() } else { format!("Read the Okta groups of {login}") },
            verb: "Read groups",
            target: login.to_string(),
            relation: RELATION,
            object: Object::new("okta", "groups").map_err(|error| BadInput(error.to_string()))?,
            risk: Risk::Read,
            needs: Some(crate::need(crate::READ)),
        })
    }

    async fn run(&self, permit: Permit) -> Result<ToolOutput, ToolError> {
        let login = Login::from_input(permit.actor(), &permit.call().input)
            .map_err(|error| ToolError::Failed(error.to_string()))?;
        let groups = self.client.groups_of(login.as_str(), &permit).await?;
        let summary = match groups.len() {
            1 => "1 group".to_owned(),
            many => format!("{many} groups"),
        };
        Ok(ToolOutput { content: json!({ "user": login.as_str(), "groups": groups }), summary })
    }
}
