//! A tool with separate operations for the execution of its action and for its return.

use crate::gates::{Gates, Who};
use agent::intent::{Intent, Need, Object, Relation, Risk};
use agent::tool::{BadInput, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::json;
use std::sync::{Arc, Mutex};

pub(crate) struct Reset {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    /// Set if the tool uses the person's account.
    pub(crate) borrows: bool,
    pub(crate) spec: ToolSpec,
    /// Calls whose action was performed.
    pub(crate) done: Arc<Mutex<Vec<String>>>,
}

/// Returns the definition of the tool.
pub(crate) fn spec() -> ToolSpec {
    ToolSpec {
        name: ToolName("reset".to_owned()),
        description: "Resets something.".to_owned(),
        input_schema: json!({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}),
    }
}

#[async_trait]
impl Tool for Reset {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn risk(&self) -> Risk {
        Risk::Elevated
    }

    fn intend(&self, _: &Actor, _: &ToolCall) -> Result<Intent, BadInput> {
        Ok(Intent {
            effect: None,
            summary: "Reset it".to_owned(),
            verb: "Reset",
            target: "1".to_owned(),
            relation: Relation("may"),
            object: Object::new("thing", "1").map_err(|error| BadInput(error.to_string()))?,
            risk: Risk::Elevated,
            needs: self.borrows.then(|| Need { provider: "okta".to_owned(), scopes: Vec::new() }),
        })
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        let (who, gates, done) = (self.who, self.gates.clone(), self.done.clone());
        let call = execution.call().id.to_string();
        let sent = tokio::spawn(async move {
            let answer = gates.pass(who, "act").await;
            done.lock().unwrap().push(call);
            answer
        });
        let answer = sent.await.unwrap();
        answer.arrives("the service").map_err(|_| ToolError::Unknown { service: "the service" })?;
        self.gates.pass(self.who, "acted").await;
        Ok(ToolOutput { content: json!("ok"), summary: "done".to_owned() })
    }
}
