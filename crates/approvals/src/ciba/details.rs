//! The question as rich authorization details (RFC 9396), within Auth0's limits: 5 KB, ten members, 255 characters a value.

use agent::approval::Question;
use serde_json::{Map, Value, json};

/// The form of the details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetailsForm {
    /// The schema that Auth0's stock Guardian app displays.
    Guardian,
    /// A type defined by Countersign, for a company's own approver app.
    Own,
}

impl DetailsForm {
    /// The `type`, which must be registered with the provider.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guardian => "urn:auth0:schemas:authorization-details:v1:countersign-call",
            Self::Own => "urn:countersign:authorization-details:v1:call",
        }
    }
}

/// The details of `question`. They are deterministic, so that they can be compared with those in the answer.
pub(super) fn of(question: &Question, form: DetailsForm) -> Value {
    match form {
        DetailsForm::Guardian => guardian(question, form),
        DetailsForm::Own => own(question, form),
    }
}

fn guardian(question: &Question, form: DetailsForm) -> Value {
    let mut properties = Map::new();
    let code = ("Code".to_owned(), question.code());
    for (order, (name, value)) in question.details.iter().chain([&code]).enumerate() {
        let property =
            json!({ "display": true, "name": name, "display_order": order + 1, "description": name, "value": value });
        properties.insert(key(name), property);
    }
    properties.insert("digest".to_owned(), json!({ "display": false, "name": "Digest", "value": question.digest }));
    json!([{ "type": form.name(), "instruction": instruction(question), "properties": properties }])
}

fn own(question: &Question, form: DetailsForm) -> Value {
    let mut members = Map::new();
    members.insert("type".to_owned(), json!(form.name()));
    for (name, value) in &question.details {
        members.insert(key(name), json!(value));
    }
    members.insert("code".to_owned(), json!(question.code()));
    members.insert("digest".to_owned(), json!(question.digest));
    json!([members])
}

fn instruction(question: &Question) -> String {
    format!("Countersign asks: code {}", question.code())
}

/// The JSON member name: `In full` becomes `in_full`.
fn key(name: &str) -> String {
    name.to_ascii_lowercase().replace(' ', "_")
}
