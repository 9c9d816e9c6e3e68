//! Runs a file of `OpenFGA`'s own test suite, such as `assets/tests/consolidated_1_1_tests.yaml`, against the
//! in-process routes.
//!
//! Usage: `cargo run -p sandbox-fga --example conformance -- <file>`. A test is a list of stages, each of which writes
//! its model and its tuples in addition to those of the earlier stages. A test with a single stage runs a second time
//! with all its tuples passed as contextual tuples. Errors are compared by number.

mod client;
mod suite;

use std::io::{self, Write};

use client::Client;
use sandbox_fga::{Code, dsl};
use serde_json::{Value, json};
use suite::{Assertion, Expected, Question, Stage, Test};

/// Maximum number of tuples that the second run can pass as contextual tuples.
const MAX_CONTEXTUAL: usize = 100;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| io::Error::other("usage: conformance <file>"))?;
    let tests = suite::read(&std::fs::read_to_string(path)?).map_err(io::Error::other)?;
    let mut out = io::stdout();
    let (mut passed, mut failed) = (0, 0);
    for test in &tests {
        let mut failures = run(test, Tuples::Stored).await;
        let contextual = test.stages.len() == 1 && test.stages[0].tuples.len() <= MAX_CONTEXTUAL;
        if contextual {
            failures.extend(run(test, Tuples::Contextual).await);
        }
        let runs = if contextual { 2 } else { 1 };
        let asked = runs * test.stages.iter().map(|stage| stage.assertions().count()).sum::<usize>();
        passed += asked - failures.len().min(asked);
        failed += failures.len();
        for failure in failures {
            writeln!(out, "{}: {failure}", test.name)?;
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")
}

/// The way in which a stage's tuples reach the service.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tuples {
    Stored,
    Contextual,
}

async fn run(test: &Test, tuples: Tuples) -> Vec<String> {
    let client = Client::new().await;
    let mut failures = Vec::new();
    for stage in &test.stages {
        let model = match dsl::to_json(&stage.model) {
            Ok(model) => model,
            Err(fault) => return vec![format!("the model is invalid: {fault}")],
        };
        let written = client.post("authorization-models", model).await;
        if written["authorization_model_id"].is_null() {
            return vec![format!("the server refused the model: {written}")];
        }
        if tuples == Tuples::Stored {
            for chunk in stage.tuples.chunks(40) {
                let written = client.post("write", json!({ "writes": { "tuple_keys": chunk } })).await;
                if written != json!({}) {
                    return vec![format!("the server refused the tuples: {written}")];
                }
            }
        }
        for (question, assertion) in stage.assertions() {
            failures.extend(ask(&client, stage, tuples, question, assertion).await);
        }
    }
    failures
}

async fn ask(
    client: &Client,
    stage: &Stage,
    tuples: Tuples,
    question: Question,
    assertion: &Assertion,
) -> Option<String> {
    let mut contextual = assertion.contextual_tuples.clone();
    if tuples == Tuples::Contextual {
        contextual.extend(stage.tuples.iter().cloned());
    }
    let (route, body) = question.request(assertion, contextual);
    let answer = client.post(route, body).await;
    let met = match assertion.expected() {
        Expected::Error(number) => number_of(&answer) == Some(number),
        Expected::Answer(expected) => {
            question.answer(&answer).is_some_and(|found| found == question.expectation(expected))
        }
    };
    (!met).then(|| format!("{route} {}: {answer}", json!(assertion)))
}

/// Returns the number of an error, looked up by name.
fn number_of(answer: &Value) -> Option<u16> {
    const CODES: [Code; 6] = [
        Code::ValidationError,
        Code::ModelNotFound,
        Code::TooComplex,
        Code::TypeNotFound,
        Code::RelationNotFound,
        Code::InvalidTuple,
    ];
    CODES.iter().map(|code| code.parts()).find(|(name, _)| answer["code"] == *name).map(|(_, number)| number)
}
