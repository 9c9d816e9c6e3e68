//! The Okta groups and their members.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

use super::html::{button, escape, input, section as framed, select, table};
use super::{Done, Refused};
use crate::sandbox::Parts;

pub(super) fn section(parts: &Parts) -> String {
    let groups = parts.okta.groups();
    let rows: Vec<Vec<String>> = (groups.iter())
        .flat_map(|group| group.members.iter().map(move |login| (group, login)))
        .map(|(group, login)| {
            let name = format!("Remove {login} from {}", group.name);
            let fields = [("login", login.as_str()), ("group", group.name.as_str())];
            let way_out = if group.is_built_in() {
                "<span class=\"meta\">built in</span>".to_owned()
            } else {
                button("/groups/remove", &name, "Remove", &fields)
            };
            vec![escape(&group.name), escape(login), way_out]
        })
        .collect();
    let logins = parts.people.iter().map(|person| (person.email.as_str(), person.email.as_str()));
    let form = format!(
        "<form class=\"row\" method=\"post\" action=\"/groups/add\">{}{}<button class=\"btn first\">Add to group</button></form>",
        select("Person", "login", logins),
        input("Group", "group", "required maxlength=\"255\""),
    );
    let body = table(&["Group", "Member", ""], &rows, "No groups.") + &form;
    framed("groups", "Okta groups", &body)
}

#[derive(Deserialize)]
pub(super) struct Membership {
    login: String,
    group: String,
}

pub(super) async fn add(State(parts): State<Parts>, Form(form): Form<Membership>) -> Done {
    let group = form.group.trim();
    if group.is_empty() {
        return Err(Refused("The group needs a name.".to_owned()));
    }
    parts.okta.add_to_group(&form.login, group)?;
    Ok(Redirect::to("/#groups"))
}

pub(super) async fn remove(State(parts): State<Parts>, Form(form): Form<Membership>) -> Done {
    parts.okta.remove_from_group(&form.login, &form.group)?;
    Ok(Redirect::to("/#groups"))
}
