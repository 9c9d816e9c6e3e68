//! The relationship tuples of the product's store.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use sandbox_fga::tuple::Tuple;
use serde::Deserialize;

use super::html::{button, code, input, section as framed, table};
use super::{Done, Refused};
use crate::sandbox::Parts;
use crate::seed;

pub(super) fn section(parts: &Parts) -> String {
    let rows: Vec<Vec<String>> = (parts.fga.tuples(seed::STORE).iter())
        .map(|tuple| {
            let (user, relation, object) = (tuple.user.to_string(), &tuple.relation, tuple.object.to_string());
            let name = format!("Remove {user} {relation} {object}");
            let fields = [("user", user.as_str()), ("relation", relation.as_str()), ("object", object.as_str())];
            vec![code(&user), code(relation), code(&object), button("/tuples/remove", &name, "Remove", &fields)]
        })
        .collect();
    let form = format!(
        "<form class=\"row\" method=\"post\" action=\"/tuples/add\">{}{}{}<button class=\"btn first\">Add tuple</button></form>",
        input("User", "user", "required placeholder=\"user:auth0|eve\""),
        input("Relation", "relation", "required placeholder=\"read_okta\""),
        input("Object", "object", "required placeholder=\"okta:groups\""),
    );
    let body = table(&["User", "Relation", "Object", ""], &rows, "No permissions.") + &form;
    framed("tuples", "Permissions", &body)
}

#[derive(Deserialize)]
pub(super) struct Named {
    user: String,
    relation: String,
    object: String,
}

impl Named {
    fn parse(&self) -> Result<Tuple, Refused> {
        let Self { user, relation, object } = self;
        let tuple = Tuple::parse(user.trim(), relation.trim(), object.trim());
        tuple.ok_or_else(|| Refused(format!("This is not a tuple: {user} {relation} {object}.")))
    }
}

pub(super) async fn add(State(parts): State<Parts>, Form(form): Form<Named>) -> Done {
    parts.fga.write(seed::STORE, vec![form.parse()?])?;
    Ok(Redirect::to("/#tuples"))
}

pub(super) async fn remove(State(parts): State<Parts>, Form(form): Form<Named>) -> Done {
    parts.fga.delete(seed::STORE, vec![form.parse()?])?;
    Ok(Redirect::to("/#tuples"))
}
