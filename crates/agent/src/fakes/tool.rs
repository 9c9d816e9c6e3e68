//! A tool that records its actions.

use super::MemoryDirectory;
use crate::intent::{Intent, Need, Object, Relation, Risk};
use crate::permission::Permission;
use crate::target::TargetLookup;
use crate::tool::{AccountUse, BadInput, Example, ToolError, ToolOutput, ToolSpec};
use crate::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};

/// The scripted behaviour of the tool.
#[derive(Debug, Clone)]
pub enum FakeAction {
    /// Returns this.
    Brings(serde_json::Value),
    /// Fails with this error.
    Fails(ToolError),
    /// Never finishes.
    Hangs,
}

/// A tool that touches `thing:<id>`, where `id` is its one argument, with relation `may`.
#[derive(Debug)]
pub struct FakeTool {
    spec: ToolSpec,
    risk: Risk,
    deed: FakeAction,
    lookup: Option<Arc<MemoryDirectory>>,
    recipient: Option<&'static str>,
    requires: Option<Permission>,
    example: Option<Example>,
    account: Option<AccountUse>,
    done: Mutex<Vec<String>>,
}

impl FakeTool {
    /// Creates a tool with this name.
    #[must_use]
    pub fn new(name: &str, risk: Risk, deed: FakeAction) -> Self {
        let spec = ToolSpec {
            name: ToolName(name.to_owned()),
            description: "Does a deed.".to_owned(),
            input_schema: json!({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}),
        };
        Self {
            spec,
            risk,
            deed,
            lookup: None,
            recipient: None,
            requires: None,
            example: None,
            account: None,
            done: Mutex::default(),
        }
    }

    /// Replaces the description.
    #[must_use]
    pub fn described(mut self, description: &str) -> Self {
        description.clone_into(&mut self.spec.description);
        self
    }

    /// Makes the tool look its objects up in `directory`.
    #[must_use]
    pub fn located(mut self, directory: Arc<MemoryDirectory>) -> Self {
        self.lookup = Some(directory);
        self
    }

    /// Declares the permission that every call requires.
    #[must_use]
    pub fn requiring(mut self, permission: Permission) -> Self {
        self.requires = Some(permission);
        self
    }

    /// Declares an example of this system.
    #[must_use]
    pub fn shown_by(mut self, system: &'static str, text: &'static str) -> Self {
        self.example = Some(Example { system, text });
        self
    }

    /// Declares the use of an account at this provider.
    #[must_use]
    pub fn with_account(mut self, provider: &str) -> Self {
        let need = Need { provider: provider.to_owned(), scopes: Vec::new() };
        self.account = Some(AccountUse { need, purpose: "do deeds" });
        self
    }

    /// Declares `recipient` as the external recipient of the arguments.
    #[must_use]
    pub fn sending_to(mut self, recipient: &'static str) -> Self {
        self.recipient = Some(recipient);
        self
    }

    /// The principal and the object of each action.
    #[must_use]
    pub fn done(&self) -> Vec<String> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Tool for FakeTool {
    fn risk(&self) -> Risk {
        self.risk
    }

    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn intend(&self, _actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let id = call.input["id"].as_str().ok_or_else(|| BadInput("`id` must be a text.".to_owned()))?;
        Ok(Intent {
            effect: None,
            summary: format!("Do the deed to {id}"),
            verb: "Do deed",
            target: id.to_owned(),
            relation: Relation("may"),
            object: Object::new("thing", id).map_err(|error| BadInput(error.to_string()))?,
            risk: self.risk,
            needs: Some(Need { provider: "okta".to_owned(), scopes: Vec::new() }),
        })
    }

    fn account(&self) -> Option<AccountUse> {
        self.account.clone()
    }

    fn requires(&self) -> Option<Permission> {
        self.requires.clone()
    }

    fn example(&self) -> Option<Example> {
        self.example
    }

    fn recipient(&self) -> Option<&str> {
        self.recipient
    }

    fn lookup(&self) -> Option<Arc<dyn TargetLookup>> {
        self.lookup.clone().map(|directory| directory as Arc<dyn TargetLookup>)
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        assert!(execution.token().is_some(), "the guard supplies the token that the intent needs");
        let object = execution.target().map_or(&execution.intent().object, |target| &target.object);
        let line = format!("{} {object}", execution.actor().principal());
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        match self.deed.clone() {
            FakeAction::Brings(content) => Ok(ToolOutput { content, summary: "done".to_owned() }),
            FakeAction::Fails(error) => Err(error),
            FakeAction::Hangs => std::future::pending().await,
        }
    }
}
