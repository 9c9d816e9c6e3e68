//! The suite's file format, and the requests that correspond to its assertions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct File {
    tests: Vec<Test>,
}

#[derive(Deserialize)]
pub(crate) struct Test {
    pub(crate) name: String,
    pub(crate) stages: Vec<Stage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) model: String,
    pub(crate) tuples: Vec<Value>,
    check_assertions: Vec<Assertion>,
    list_objects_assertions: Vec<Assertion>,
    list_users_assertions: Vec<Assertion>,
}

#[derive(Deserialize, Serialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Assertion {
    tuple: Value,
    request: Value,
    pub(crate) contextual_tuples: Vec<Value>,
    context: Option<Map<String, Value>>,
    expectation: Value,
    error_code: Option<u16>,
}

/// The expected result of an assertion.
pub(crate) enum Expected<'a> {
    Error(u16),
    Answer(&'a Value),
}

/// The kind of query in an assertion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    Check,
    ListObjects,
    ListUsers,
}

pub(crate) fn read(text: &str) -> Result<Vec<Test>, serde_yaml_ng::Error> {
    serde_yaml_ng::from_str::<File>(text).map(|file| file.tests)
}

impl Stage {
    pub(crate) fn assertions(&self) -> impl Iterator<Item = (Question, &Assertion)> {
        let of = |question, list| std::iter::repeat(question).zip::<&Vec<Assertion>>(list);
        of(Question::Check, &self.check_assertions)
            .chain(of(Question::ListObjects, &self.list_objects_assertions))
            .chain(of(Question::ListUsers, &self.list_users_assertions))
    }
}

impl Assertion {
    pub(crate) fn expected(&self) -> Expected<'_> {
        self.error_code.map_or(Expected::Answer(&self.expectation), Expected::Error)
    }
}

impl Question {
    /// Returns the route and the body.
    pub(crate) fn request(self, assertion: &Assertion, contextual: Vec<Value>) -> (&'static str, Value) {
        let (request, context) = (&assertion.request, &assertion.context);
        let wrapped = json!({ "tuple_keys": contextual });
        match self {
            Self::Check => {
                ("check", json!({ "tuple_key": assertion.tuple, "contextual_tuples": wrapped, "context": context }))
            }
            Self::ListObjects => (
                "list-objects",
                json!({
                    "user": request["user"], "type": request["type"], "relation": request["relation"],
                    "contextual_tuples": wrapped, "context": context,
                }),
            ),
            Self::ListUsers => {
                let (kind, id) =
                    request["object"].as_str().and_then(|object| object.split_once(':')).unwrap_or_default();
                let filters: Vec<Value> = request["filters"].as_array().into_iter().flatten().map(filter).collect();
                let body = json!({
                    "object": { "type": kind, "id": id }, "relation": request["relation"], "user_filters": filters,
                    "contextual_tuples": contextual, "context": context,
                });
                ("list-users", body)
            }
        }
    }

    /// Converts a response to the form of an expectation; `None` for an error.
    pub(crate) fn answer(self, answer: &Value) -> Option<Value> {
        match self {
            Self::Check => answer.get("allowed").cloned(),
            Self::ListObjects => answer.get("objects").map(set),
            Self::ListUsers => {
                let users = answer.get("users")?.as_array()?;
                Some(set(&users.iter().map(user).collect()))
            }
        }
    }

    /// Normalizes an expectation; for lists, an absent one becomes an empty list.
    pub(crate) fn expectation(self, expected: &Value) -> Value {
        if self == Self::Check { expected.clone() } else { set(expected) }
    }
}

fn set(list: &Value) -> Value {
    let items: BTreeSet<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    json!(items)
}

fn filter(filter: &Value) -> Value {
    match filter.as_str().unwrap_or_default().split_once('#') {
        Some((kind, relation)) => json!({ "type": kind, "relation": relation }),
        None => json!({ "type": filter }),
    }
}

fn user(user: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (object, wildcard, userset) = (&user["object"], &user["wildcard"], &user["userset"]);
    if object.is_object() {
        return json!(format!("{}:{}", text(&object["type"]), text(&object["id"])));
    }
    if wildcard.is_object() {
        return json!(format!("{}:*", text(&wildcard["type"])));
    }
    json!(format!("{}:{}#{}", text(&userset["type"]), text(&userset["id"]), text(&userset["relation"])))
}
