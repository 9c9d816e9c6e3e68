//! `github_repositories`: the repositories of the person's own account.

use crate::client::{Client, Listed, Repository, Rest};
use agent::intent::{Intent, Need, Object, Relation, Risk};
use agent::permission::Permission;
use agent::tool::{AccountUse, BadInput, Example, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::{Value, json};

/// The relation that the tool requires in FGA.
const RELATION: Relation = Relation("read_github");

/// Limits on the listed repositories: their number, and the bytes of their names. Nobody reads a longer list.
const MOST_REPOSITORIES: usize = 200;
const LARGEST_LIST: usize = 12 * 1024;

/// Lists repositories.
#[derive(Debug)]
pub struct GitHubRepositories {
    spec: ToolSpec,
    client: Client,
    scopes: Vec<String>,
}

impl GitHubRepositories {
    /// Creates the tool with `client`, for tokens with `scopes`.
    #[must_use]
    pub fn new(client: Client, scopes: Vec<String>) -> Self {
        let spec = ToolSpec {
            name: ToolName("github_repositories".to_owned()),
            description: "List the repositories that the signed-in user can see at GitHub, by name, and which of them \
                          are private."
                .to_owned(),
            input_schema: json!({ "type": "object", "properties": {}, "required": [] }),
        };
        Self { spec, client, scopes }
    }
}

#[async_trait]
impl Tool for GitHubRepositories {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn intend(&self, _actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        if !call.input.as_object().is_some_and(serde_json::Map::is_empty) {
            return Err(BadInput("This takes no arguments.".to_owned()));
        }
        Ok(Intent {
            effect: None,
            summary: "List your GitHub repositories".to_owned(),
            verb: "List repositories",
            target: "your GitHub account".to_owned(),
            relation: RELATION,
            object: Object::new("github", "repositories").map_err(|error| BadInput(error.to_string()))?,
            risk: Risk::Read,
            needs: self.account().map(|account| account.need),
        })
    }

    fn requires(&self) -> Option<Permission> {
        Some(Permission::of(RELATION, &Object::new("github", "repositories").ok()?))
    }

    fn example(&self) -> Option<Example> {
        Some(Example { system: crate::SERVICE, text: "Which repositories do I have on GitHub?" })
    }

    fn account(&self) -> Option<AccountUse> {
        let need = Need { provider: crate::PROVIDER.to_owned(), scopes: self.scopes.clone() };
        Some(AccountUse { need, purpose: "list repositories" })
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        Ok(told(self.client.repositories(&execution).await?))
    }
}

/// Builds the output for the model and the person.
fn told(Listed { repositories, rest }: Listed) -> ToolOutput {
    let read = repositories.len();
    let mut bytes = 0;
    let fits = |repository: &Repository| {
        bytes += repository.full_name.len();
        bytes <= LARGEST_LIST
    };
    let listed: Vec<Value> = (repositories.into_iter().take_while(fits).take(MOST_REPOSITORIES))
        .map(|own| json!({ "name": own.full_name, "visibility": if own.private { "private" } else { "public" } }))
        .collect();
    let shown = listed.len();
    let summary = match (shown, rest) {
        (1, Rest::None) if read == 1 => "1 repository".to_owned(),
        (_, Rest::None) if read == shown => format!("{shown} repositories"),
        _ => format!("the first {shown} repositories"),
    };
    let mut content = json!({ "repositories": listed });
    if shown < read || rest == Rest::Some {
        content["note"] = json!(format!("There are more than these {shown}; they are in the order of their names."));
    }
    ToolOutput { content, summary }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let rows = [
            (0, 5, Rest::None, "0 repositories", 0),
            (1, 5, Rest::None, "1 repository", 1),
            (200, 5, Rest::None, "200 repositories", 200),
            (201, 5, Rest::None, "the first 200 repositories", 200),
            (200, 5, Rest::Some, "the first 200 repositories", 200),
            (100, 1024, Rest::None, "the first 12 repositories", 12),
        ];
        for (many, length, rest, summary, shown) in rows {
            let one = |_| Repository { full_name: "x".repeat(length), private: true };
            let output = told(Listed { repositories: (0..many).map(one).collect(), rest });
            assert_eq!(
                (output.summary.as_str(), output.content["repositories"].as_array().map(Vec::len)),
                (summary, Some(shown))
            );
            assert_eq!(output.content.get("note").is_some(), shown < many || rest == Rest::Some, "{summary}");
        }
    }
}
