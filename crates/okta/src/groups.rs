//! `okta_groups`: the groups of the actor, or of a user that the call names.

use crate::ActsAs;
use crate::client::Client;
use crate::login::{Login, member};
use crate::users::{Group, access_token};
use agent::intent::{Intent, Object, Relation, Risk};
use agent::permission::Permission;
use agent::ports::AccessToken;
use agent::tool::{AccountUse, BadInput, Example, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::{Value, json};

/// The relation to `okta:groups` that the tool requires.
const RELATION: Relation = Relation("read_okta");

/// Lists group memberships.
#[derive(Debug)]
pub(crate) struct OktaGroups {
    spec: ToolSpec,
    client: Client,
    acts_as: ActsAs,
}

/// The user whose groups are listed.
#[derive(Debug)]
pub(crate) enum Whose {
    /// The token's owner.
    Token,
    /// The actor, by the Okta user id of their sign-in.
    Id(String),
    /// The actor, by their verified e-mail address.
    Address(Login),
    /// A user that the call names.
    Named(Login),
}

impl OktaGroups {
    pub(crate) fn new(client: Client, acts_as: ActsAs) -> Self {
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
        Self { spec, client, acts_as }
    }

    /// Resolves the user. The actor's own address refers to the actor, even if their login differs.
    pub(crate) fn whose(&self, actor: &Actor, input: &Value) -> Result<Whose, BadInput> {
        let named = member(input)?.map(Login::parse).transpose()?;
        let is_own = |login: &Login| actor.email().is_some_and(|email| login.is(email));
        match (named, self.acts_as) {
            (Some(login), _) if !is_own(&login) => Ok(Whose::Named(login)),
            (_, ActsAs::Person) => Ok(Whose::Token),
            (_, ActsAs::Application) => match (actor.directory_id(), actor.email()) {
                (Some(id), _) => Ok(Whose::Id(id.to_owned())),
                (None, Some(email)) => Ok(Whose::Address(Login::parse(email)?)),
                (None, None) => Err(BadInput(
                    "Your sign-in holds neither your Okta user id nor a verified e-mail address, so your Okta account \
                     cannot be found."
                        .to_owned(),
                )),
            },
        }
    }

    async fn list(&self, whose: &Whose, access_token: &AccessToken) -> Result<Vec<Group>, ToolError> {
        let id = match whose {
            Whose::Token => "me".to_owned(),
            Whose::Id(id) => self.client.find_by_id(id, access_token).await?.id,
            Whose::Named(login) | Whose::Address(login) => self.client.find(login, access_token).await?.id,
        };
        self.client.groups(&id, access_token).await
    }
}

#[async_trait]
impl Tool for OktaGroups {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn account(&self) -> Option<AccountUse> {
        Some(crate::account(crate::READ, "read groups"))
    }

    fn requires(&self) -> Option<Permission> {
        Some(Permission::of(RELATION, &Object::new("okta", "groups").ok()?))
    }

    fn example(&self) -> Option<Example> {
        Some(Example { system: crate::SERVICE, text: "Which Okta groups am I in?" })
    }

    fn intend(&self, actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let (summary, target) = match self.whose(actor, &call.input)? {
            Whose::Named(login) => (format!("Read the Okta groups of {login}"), login.to_string()),
            Whose::Token | Whose::Id(_) | Whose::Address(_) => {
                ("Read your Okta groups".to_owned(), actor.email().unwrap_or(actor.name()).to_owned())
            }
        };
        Ok(Intent {
            effect: None,
            summary,
            verb: "Read groups",
            target,
            relation: RELATION,
            object: Object::new("okta", "groups").map_err(|error| BadInput(error.to_string()))?,
            risk: Risk::Read,
            needs: Some(crate::need(crate::READ)),
        })
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        let whose = self.whose(execution.actor(), &execution.call().input);
        let whose = whose.map_err(|error| ToolError::Failed(error.to_string()))?;
        let groups = self.list(&whose, access_token(&execution)?).await?;
        let summary = match groups.len() {
            1 => "1 group".to_owned(),
            many => format!("{many} groups"),
        };
        let names: Vec<String> = groups.into_iter().map(|group| group.name).collect();
        let content = json!({ "user": execution.intent().target, "groups": names });
        Ok(ToolOutput { content, summary })
    }
}
