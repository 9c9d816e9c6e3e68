//! The tools and their implementation. A tool that a token may not call is not listed for it either.

use serde_json::{Map, Value, json};

use super::desk::Status;
use super::{Caller, Tasks};

/// A tool and the scope that it requires.
struct Offer {
    name: &'static str,
    scope: &'static str,
    definition: fn() -> Value,
}

const OFFERS: [Offer; 2] = [
    Offer { name: "tasks___get_tasks", scope: "tasks:read", definition: get_tasks },
    Offer { name: "tasks___complete_task", scope: "tasks:write", definition: complete_task },
];

fn get_tasks() -> Value {
    json!({
        "name": "tasks___get_tasks",
        "title": "Get tasks",
        "description": "List the tasks that are assigned to the signed-in person, with due dates.",
        "inputSchema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "status": {"type": "string", "enum": ["open", "done", "all"], "description": "Which tasks; all without it."}
            },
            "required": [],
            "additionalProperties": false
        },
        "outputSchema": {"type": "object", "properties": {"tasks": {"type": "array"}}, "required": ["tasks"]},
        "annotations": {"readOnlyHint": true, "openWorldHint": false}
    })
}

fn complete_task() -> Value {
    json!({
        "name": "tasks___complete_task",
        "title": "Complete a task",
        "description": "Mark one of the signed-in person's tasks as done.",
        "inputSchema": {
            "type": "object",
            "properties": {"id": {"type": "string", "description": "The task's id, such as T-101."}},
            "required": ["id"]
        },
        "annotations": {"readOnlyHint": false, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false}
    })
}

/// Returns the definitions of all tools that this caller may call.
pub(super) fn offered(caller: &Caller) -> Vec<Value> {
    OFFERS.iter().filter(|offer| may(caller, offer)).map(|offer| (offer.definition)()).collect()
}

fn may(caller: &Caller, offer: &Offer) -> bool {
    caller.scopes.iter().any(|own| own == offer.scope)
}

impl Tasks {
    /// Executes a tool call; `None` if this caller has no such tool.
    pub(super) fn call(&self, caller: &Caller, name: &str, arguments: &Map<String, Value>) -> Option<Value> {
        OFFERS.iter().find(|offer| offer.name == name && may(caller, offer))?;
        let done = match name {
            "tasks___get_tasks" => self.get_tasks(caller, arguments),
            _ => self.complete_task(caller, arguments),
        };
        Some(match done {
            Ok(value) => {
                json!({"content": [{"type": "text", "text": value.to_string()}], "structuredContent": value, "isError": false})
            }
            Err(text) => json!({"content": [{"type": "text", "text": text}], "isError": true}),
        })
    }

    fn get_tasks(&self, caller: &Caller, arguments: &Map<String, Value>) -> Result<Value, String> {
        if let Some(other) = arguments.keys().find(|key| *key != "status") {
            self.sin(format!("tasks___get_tasks was called with the unknown argument {other:?}"));
            return Err(format!("There is no argument {other:?}."));
        }
        let wanted = match arguments.get("status").map(Value::as_str) {
            None | Some(Some("all")) => None,
            Some(Some("open")) => Some(Status::Open),
            Some(Some("done")) => Some(Status::Done),
            Some(_) => return Err("`status` must be open, done or all.".to_owned()),
        };
        let tasks: Vec<_> = self.of(&caller.subject);
        let tasks: Vec<_> =
            tasks.into_iter().filter(|task| wanted.is_none_or(|status| task.status == status)).collect();
        Ok(json!({"tasks": tasks}))
    }

    fn complete_task(&self, caller: &Caller, arguments: &Map<String, Value>) -> Result<Value, String> {
        let id = arguments.get("id").and_then(Value::as_str).ok_or("`id` must be a string.")?;
        let done = self.lock().desk.complete(&caller.subject, id);
        done.map(|task| json!({"task": task})).ok_or_else(|| "There is no such task.".to_owned())
    }
}
