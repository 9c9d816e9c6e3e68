//! Random models in the modelling language, and random tuples that they allow.

use sandbox_fga::dsl;
use sandbox_fga::eval::Tuples;
use sandbox_fga::model::Model;
use sandbox_fga::tuple::{Tuple, TupleCondition};
use serde_json::json;

use crate::random::Random;

/// The feature that the generated models emphasize.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Plain,
    Conditions,
    /// Conditions, some of which lack a parameter value.
    Missing,
    Wildcards,
    Cycles,
    /// Recursion within one relation: a group's members and a folder's viewers.
    Recursion,
}

impl Flavour {
    fn has_conditions(self) -> bool {
        matches!(self, Self::Conditions | Self::Missing)
    }
}

/// A model with its tuples.
pub(crate) struct Case {
    pub(crate) text: String,
    pub(crate) model: Model,
    pub(crate) list: Vec<Tuple>,
    pub(crate) tuples: Tuples,
    pub(crate) flavour: Flavour,
}

/// The object types, each with the names of its relations.
pub(crate) const TYPES: [(&str, &[&str]); 3] = [
    ("group", &["member", "other"]),
    ("folder", &["viewer", "owner", "third"]),
    ("doc", &["viewer", "editor", "blocked", "shared"]),
];
/// Identifiers of the objects of every type.
pub(crate) const IDS: [&str; 3] = ["1", "2", "3"];
/// Users of tuples and queries.
pub(crate) const USERS: [&str; 4] = ["user:1", "user:2", "user:3", "employee:1"];

pub(crate) fn case(random: &mut Random, flavour: Flavour) -> Case {
    loop {
        let text = model(random, flavour);
        let Ok(json) = dsl::to_json(&text) else { continue };
        let Ok(model) = Model::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV", json) else { continue };
        let list = tuples(random, &model, flavour);
        let tuples = list.iter().cloned().collect();
        return Case { text, model, list, tuples, flavour };
    }
}

fn model(random: &mut Random, flavour: Flavour) -> String {
    let mut text = "model\n  schema 1.1\ntype user\ntype employee\n".to_owned();
    for (kind, relations) in TYPES {
        text += &format!("type {kind}\n  relations\n");
        if kind != "group" {
            let parents = *random.pick(&["folder", "folder, group", "doc, folder"]);
            text += &format!("    define parent: [{parents}]\n");
        }
        for relation in relations {
            if let Some(fixed) = recursive(kind, relation).filter(|_| flavour == Flavour::Recursion) {
                text += fixed;
                continue;
            }
            text += &format!("    define {relation}: {}\n", rewrite(random, kind, relations, flavour, 2, true));
        }
    }
    if flavour.has_conditions() {
        text += "condition above(x: int) {\n  x > 3\n}\n";
    }
    text
}

fn recursive(kind: &str, relation: &str) -> Option<&'static str> {
    match (kind, relation) {
        ("group", "member") => Some("    define member: [user, group#member]\n"),
        ("folder", "viewer") => Some("    define viewer: [user] or viewer from parent\n"),
        ("doc", "viewer") => Some("    define viewer: [user] but not viewer from parent\n"),
        ("doc", "editor") => Some("    define editor: [user] but not shared\n"),
        ("doc", "shared") => Some("    define shared: [group#member]\n"),
        _ => None,
    }
}

fn rewrite(
    random: &mut Random,
    kind: &str,
    relations: &[&str],
    flavour: Flavour,
    depth: usize,
    direct: bool,
) -> String {
    let choice = if depth == 0 { random.below(3) } else { random.below(7) };
    let mut operand = |direct: bool| match rewrite(random, kind, relations, flavour, depth - 1, direct) {
        text if text.contains(" or ") || text.contains(" and ") || text.contains(" but ") => format!("({text})"),
        text => text,
    };
    match choice {
        0 | 1 if direct => restrictions(random, flavour),
        0 | 2 if kind != "group" => {
            format!("{} from parent", random.pick(&["viewer", "owner", "member", "other", "third", "editor"]))
        }
        0..=2 => (*random.pick(relations)).to_owned(),
        3 | 4 => format!("{} or {}", operand(direct), operand(false)),
        5 => format!("{} and {}", operand(direct), operand(false)),
        _ => format!("{} but not {}", operand(direct), operand(false)),
    }
}

fn restrictions(random: &mut Random, flavour: Flavour) -> String {
    const ALL: [&str; 13] = [
        "user",
        "user",
        "user",
        "user:*",
        "group:*",
        "employee",
        "group#member",
        "group#member",
        "group#other",
        "folder#viewer",
        "doc#viewer",
        "doc#editor",
        "group",
    ];
    const WILDCARDS: [&str; 5] = ["user", "user:*", "user:*", "group#member", "employee"];
    const CYCLES: [&str; 7] =
        ["user", "group#member", "group#member", "group#other", "folder#viewer", "doc#viewer", "doc#blocked"];
    let all: &[&str] = match flavour {
        Flavour::Plain | Flavour::Conditions | Flavour::Missing | Flavour::Recursion => &ALL,
        Flavour::Wildcards => &WILDCARDS,
        Flavour::Cycles => &CYCLES,
    };
    let mut chosen: Vec<String> = Vec::new();
    for _ in 0..=random.below(3) {
        let mut entry = (*random.pick(all)).to_owned();
        if flavour.has_conditions() && random.once_in(3) {
            entry += " with above";
        }
        if !chosen.contains(&entry) {
            chosen.push(entry);
        }
    }
    format!("[{}]", chosen.join(", "))
}

fn tuples(random: &mut Random, model: &Model, flavour: Flavour) -> Vec<Tuple> {
    let mut list: Vec<Tuple> = Vec::new();
    let wanted = if flavour == Flavour::Cycles { 25 } else { 4 + random.below(22) };
    for _ in 0..4000 {
        let (kind, relations) = random.pick(&TYPES);
        let relation = if random.once_in(4) { "parent" } else { *random.pick(relations) };
        let choice = match flavour {
            Flavour::Plain | Flavour::Conditions | Flavour::Missing | Flavour::Recursion => random.below(8),
            Flavour::Wildcards => random.below(5),
            Flavour::Cycles => 4 + random.below(8),
        };
        let user = match choice {
            0..=2 => (*random.pick(&USERS)).to_owned(),
            3 => (*random.pick(&["user:*", "group:*"])).to_owned(),
            4 | 5 => format!("{}:{}", random.pick(&["folder", "doc", "group"]), random.pick(&IDS)),
            _ => {
                let (kind, relations) = random.pick(&TYPES);
                format!("{kind}:{}#{}", random.pick(&IDS), random.pick(relations))
            }
        };
        let Some(mut tuple) = Tuple::parse(&user, relation, &format!("{kind}:{}", random.pick(&IDS))) else { continue };
        if flavour.has_conditions() && random.once_in(2) {
            let context = if random.once_in(2) { json!({ "x": random.below(8) }) } else { json!({}) };
            let context = context.as_object().cloned().unwrap_or_default();
            tuple.condition = Some(TupleCondition { name: "above".to_owned(), context });
        }
        if model.admit(&tuple).is_ok() && !list.iter().any(|other| other.same(&tuple)) {
            list.push(tuple);
        }
        if list.len() == wanted {
            break;
        }
    }
    list
}
