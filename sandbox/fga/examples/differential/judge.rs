//! Evaluates every query of a case, lets the CLI verify the answers, and parses its output.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

use sandbox_fga::eval::{self, Fault, UserFilter, World};
use sandbox_fga::tuple::{Object, Tuple, User};
use serde_json::{Map, Value, json};

use crate::generate::{Case, Flavour, IDS, TYPES, USERS};

/// Number of reruns for a case with a disagreement. The server's branches race, and the first to finish decides.
const RUNS: usize = 25;

/// Result of the CLI for a case.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) agreed: usize,
    /// `true` if the server rejected the model, so nothing could be compared.
    pub(crate) refused: bool,
    /// Number of disagreements that did not occur in every run.
    pub(crate) raced: usize,
    /// Number of user lists in which the server contradicts its own checks.
    pub(crate) contradicted: usize,
    pub(crate) disagreements: Vec<String>,
}

/// The queries of a file, and this evaluator's answers by the CLI's name of each query.
#[derive(Default)]
struct Questions {
    check: Vec<Value>,
    list_objects: Vec<Value>,
    list_users: Vec<Value>,
    answers: BTreeMap<String, Result<String, Fault>>,
    /// Object and relation of each query for users.
    lists: BTreeMap<String, (Object, String)>,
}

pub(crate) fn judge(case: &Case, path: &Path) -> io::Result<Verdict> {
    let questions = ask(case);
    let tuples: Vec<Value> = case.list.iter().map(tuple_json).collect();
    let test = json!({ "name": "t", "check": questions.check, "list_objects": questions.list_objects, "list_users": questions.list_users });
    // JSON is valid YAML.
    let file = json!({ "name": "case", "model": case.text, "tuples": tuples, "tests": [test] });
    std::fs::write(path, serde_json::to_string_pretty(&file)?)?;
    let mut verdict = compare(&questions.answers, &run(path)?);
    let first = verdict.disagreements.len();
    for _ in 0..RUNS {
        if verdict.disagreements.is_empty() {
            break;
        }
        let again = compare(&questions.answers, &run(path)?);
        verdict.disagreements.retain(|(name, _)| again.disagreements.iter().any(|(other, _)| other == name));
    }
    let raced = first - verdict.disagreements.len();
    let (contradictions, rest): (Vec<_>, Vec<_>) = verdict
        .disagreements
        .into_iter()
        .partition(|(name, theirs)| contradicts_itself(case, &questions, name, theirs));
    Ok(Verdict {
        agreed: verdict.agreed,
        refused: verdict.refused,
        raced,
        contradicted: contradictions.len(),
        disagreements: rest
            .into_iter()
            .map(|(name, theirs)| format!("{name}): ours {:?}, {theirs}", questions.answers.get(&name)))
            .collect(),
    })
}

fn run(path: &Path) -> io::Result<String> {
    // More threads than cores and frequent garbage collection vary the outcome of the races.
    let output = Command::new("fga")
        .args(["model", "test", "--tests"])
        .arg(path)
        .env("GOMAXPROCS", "16")
        .env("GOGC", "5")
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

/// One run: number of agreements, and the other queries by the CLI's name, with its answer.
#[derive(Default)]
struct Comparison {
    agreed: usize,
    refused: bool,
    disagreements: Vec<(String, String)>,
}

fn compare(answers: &BTreeMap<String, Result<String, Fault>>, text: &str) -> Comparison {
    // The server's search for entry points marks relations as visited across branches, and therefore rejects some valid
    // models.
    if text.contains("potential loop") || text.contains("no entrypoints defined") {
        return Comparison { refused: true, ..Comparison::default() };
    }
    if let Some(error) = text.lines().find(|line| line.starts_with("Error:")) {
        return Comparison { disagreements: vec![("file".to_owned(), error.to_owned())], ..Comparison::default() };
    }
    let mut failures: BTreeMap<String, &str> = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("ⅹ ")) {
        if let Some((name, rest)) = line.split_once("): expected=") {
            failures.insert(without_pointer(name), rest);
        }
    }
    let mut comparison = Comparison::default();
    for (name, answer) in answers {
        let failure = failures.remove(name);
        let agrees = match (answer, failure) {
            (Ok(_), None) => true,
            (Ok(_), Some(_)) | (Err(_), None) => false,
            (Err(fault), Some(failure)) => {
                failure.contains(if *fault == Fault::TooComplex { "Code(2002)" } else { "Code(2000)" })
            }
        };
        if agrees {
            comparison.agreed += 1;
        } else {
            comparison.disagreements.push((name.clone(), failure.unwrap_or("as expected").to_owned()));
        }
    }
    comparison.disagreements.extend(failures.into_iter().map(|(name, failure)| (name, failure.to_owned())));
    comparison
}

/// Returns `true` if, for every user in only one of the two lists, a check confirms this evaluator's list. The server
/// lists users with a different algorithm than it checks, in which the last result for a user wins.
fn contradicts_itself(case: &Case, questions: &Questions, name: &str, theirs: &str) -> bool {
    let Some((object, relation)) = questions.lists.get(name) else { return false };
    let Some(Ok(ours)) = questions.answers.get(name) else { return false };
    let Some((_, theirs)) = theirs.split_once("got={Users:[") else { return false };
    let theirs: Vec<&str> = theirs.trim_end_matches(['}', ']']).split_whitespace().collect();
    let ours: Vec<&str> = ours.split_whitespace().collect();
    let world = World { model: &case.model, tuples: &case.tuples, context: &context(case) };
    let stands =
        |user: &str| User::parse(user).is_some_and(|user| eval::check(world, &user, relation, object) == Ok(true));
    theirs.iter().filter(|user| !ours.contains(user)).all(|user| !stands(user))
        && ours.iter().filter(|user| !theirs.contains(user)).all(|user| stands(user))
}

fn context(case: &Case) -> Map<String, Value> {
    match case.flavour {
        Flavour::Conditions => Map::from_iter([("x".to_owned(), json!(5))]),
        Flavour::Plain | Flavour::Missing | Flavour::Wildcards | Flavour::Cycles | Flavour::Recursion => Map::new(),
    }
}

/// Replaces the pointer that the CLI prints for a filter's relation.
fn without_pointer(line: &str) -> String {
    match line.find("Relation:0x") {
        Some(at) => {
            let end = line[at..].find('}').map_or(line.len(), |end| at + end);
            format!("{}Relation:some{}", &line[..at], &line[end..])
        }
        None => line.to_owned(),
    }
}

fn ask(case: &Case) -> Questions {
    let mut questions = Questions::default();
    let context = context(case);
    let shown = if context.is_empty() { String::new() } else { ", context:&map[x:5]".to_owned() };
    let world = World { model: &case.model, tuples: &case.tuples, context: &context };
    let relations: Vec<(&str, &str)> =
        TYPES.iter().flat_map(|(kind, names)| names.iter().map(|name| (*kind, *name))).collect();
    let users = USERS
        .iter()
        .map(|user| (*user).to_owned())
        .chain(["user:*", "group:1#member", "doc:1#viewer", "group:1"].map(str::to_owned));
    for user in users.filter_map(|text| User::parse(&text)) {
        for (kind, relation) in &relations {
            for id in IDS {
                let object = Object { kind: (*kind).to_owned(), id: id.to_owned() };
                let answer = eval::check(world, &user, relation, &object);
                let expected = answer.clone().unwrap_or(true);
                questions.check.push(with_context(
                    json!({ "user": user.to_string(), "object": object.to_string(), "assertions": { (*relation): expected } }),
                    &context,
                ));
                let name = format!("Check(user={user},relation={relation},object={object}{shown}");
                questions.answers.insert(name, answer.map(|answer| answer.to_string()));
            }
            if !matches!(user, User::Wildcard(_)) {
                let answer = eval::list_objects(world, &user, relation, kind);
                let listed = answer.map(|objects| objects.iter().map(ToString::to_string).collect::<Vec<_>>());
                let expected = listed.clone().unwrap_or_else(|_| vec!["an:error".to_owned()]);
                questions.list_objects.push(with_context(
                    json!({ "user": user.to_string(), "type": kind, "assertions": { (*relation): expected } }),
                    &context,
                ));
                let name = format!("ListObjects(user={user},relation={relation},type={kind}{shown}");
                questions.answers.insert(name, listed.map(|listed| listed.join(" ")));
            }
        }
    }
    for (kind, relation) in &relations {
        for id in IDS {
            let object = Object { kind: (*kind).to_owned(), id: id.to_owned() };
            for (filter, of) in [("user", None), ("employee", None), ("group", Some("member")), ("group", None)] {
                let user_filter = UserFilter { kind: filter.to_owned(), relation: of.map(str::to_owned) };
                let answer = eval::list_users(world, &object, relation, &user_filter);
                let listed = answer.map(|users| users.iter().map(ToString::to_string).collect::<Vec<_>>());
                let expected = listed.clone().unwrap_or_else(|_| vec!["an:error".to_owned()]);
                let mut json_filter = json!({ "type": filter });
                if let Some(of) = of {
                    json_filter["relation"] = json!(of);
                }
                questions.list_users.push(with_context(
                    json!({
                        "object": object.to_string(),
                        "user_filter": [json_filter],
                        "assertions": { (*relation): { "users": expected } },
                    }),
                    &context,
                ));
                let of = if of.is_some() { "some" } else { "<nil>" };
                let shown_object = format!("{{Type:{kind} Id:{id}}}");
                let name = format!(
                    "ListUsers(object={shown_object},relation={relation},user_filter={{Type:{filter} Relation:{of}}}{shown}"
                );
                questions.lists.insert(name.clone(), (object.clone(), (*relation).to_owned()));
                questions.answers.insert(name, listed.map(|listed| listed.join(" ")));
            }
        }
    }
    questions
}

fn with_context(mut question: Value, context: &Map<String, Value>) -> Value {
    if !context.is_empty() {
        question["context"] = Value::Object(context.clone());
    }
    question
}

fn tuple_json(tuple: &Tuple) -> Value {
    let mut json =
        json!({ "user": tuple.user.to_string(), "relation": tuple.relation, "object": tuple.object.to_string() });
    if let Some(condition) = &tuple.condition {
        json["condition"] = json!({ "name": condition.name, "context": condition.context });
    }
    json
}
