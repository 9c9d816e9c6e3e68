//! The relationship tuples of the product's store.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::Done;
use super::html::{button, code, input, section as framed, table};
use crate::sandbox::Parts;
use crate::seed;

pub(super) fn section(parts: &Parts) -> String {
    let rows: Vec<Vec<String>> = (seed::tuples(&parts.fga).iter())
        .map(|(user, relation, object)| {
            let name = format!("Remove {user} {relation} {object}");
            let fields = [("user", user.as_str()), ("relation", relation.as_str()), ("object", object.as_str())];
            vec![code(user), code(relation), code(object), button("/tuples/remove", &name, "Remove", &fields)]
        })
        .collect();
    let form = format!(
        "<form class=\"row\" method=\"post\" action=\"/tuples/add\">{}{}{}<button class=\"btn first\">Add tuple</button></form>",
        input("User", "user", "required placeholder=\"user:auth0|eve\""),
        input("Relation", "relation", "required placeholder=\"read_okta\""),
        input("Object", "object", "required placeholder=\"okta:groups\""),
    );
    let body = table(&["User", "Relation", "Object", ""], &rows, "Nobody may do anything.") + &form;
    framed("tuples", "Permissions", &body)
}

#[derive(Deserialize)]
pub(super) struct Tuple {
    user: String,
    relation: String,
    object: String,
}

pub(super) async fn add(State(parts): State<Parts>, Form(form): Form<Tuple>) -> Done {
    seed::write(&parts.fga, &form.user, &form.relation, &form.object)?;
    Ok(Redirect::to("/#tuples"))
}

pub(super) async fn remove(State(parts): State<Parts>, Form(form): Form<Tuple>) -> Done {
    seed::delete(&parts.fga, &form.user, &form.relation, &form.object)?;
    Ok(Redirect::to("/#tuples"))
}
