//! The permissions of the person, tool by tool: what works, what needs a confirmation or an account, what is not permitted
//! and why; and their requests for access.

pub mod data;
mod request;
mod revoke;

use super::PageFailure;
use super::load::{Named, page};
use crate::texts::texts;
use crate::ui::nav::Destination;
use crate::ui::words::{NAMES, said, with_names};
use data::{Ability, AbilityState, MissingPermission, PermissionsPage as Permissions, permissions_backend};
use leptos::prelude::*;
pub(super) use request::answerable;
pub use revoke::RevokePage;

/// The page at `/permissions`.
#[component]
pub fn PermissionsPage() -> impl IntoView {
    let own = permissions_backend();
    page(
        Named(Destination::Permissions, texts().permissions_title()),
        |_, _| async move { Ok(own?.permissions().await?) },
        |_, data| content(data),
    )
}

/// The page at `/help`: the same in everyday words.
#[component]
pub fn HelpPage() -> impl IntoView {
    let own = permissions_backend();
    page(
        Named(Destination::Help, texts().nav_help()),
        |_, _| async move { Ok::<_, PageFailure>(own?.permissions().await?) },
        |_, data| help(&data.abilities),
    )
}

pub(super) fn content(data: Permissions) -> AnyView {
    let t = texts();
    let requests = (!data.requests.is_empty()).then(|| {
        let items = data.requests.into_iter().rev().map(request::own).collect_view();
        view! { <h2>{t.permissions_requests()}</h2><ul class="cards">{items}</ul> }
    });
    view! {
        <p>{t.permissions_lead()}</p>
        {requests}
        <h2>{t.permissions_tools()}</h2>
        <ul class="cards">{data.abilities.into_iter().map(ability).collect_view()}</ul>
    }
    .into_any()
}

fn ability(own: Ability) -> AnyView {
    let t = texts();
    let (tone, state, more) = match own.state {
        AbilityState::Works => ("tag good", t.ability_works(), None),
        AbilityState::NeedsConfirmation => ("tag good", t.ability_confirm(), None),
        AbilityState::NeedsAccount { name, provider } => {
            let label = t.connect_account(&name);
            let form = view! {
                <form method="post" action="/connections/connect">
                    <input type="hidden" name="provider" value=provider/>
                    <button class="btn" type="submit">{label}</button>
                </form>
            };
            ("tag wait", t.ability_account(), Some(form.into_any()))
        }
        AbilityState::NotPermitted(missing) => ("tag bad", t.ability_denied(), Some(not_permitted(&own.tool, missing))),
        AbilityState::DependsOnArguments => ("tag mute", t.ability_depends(), None),
        AbilityState::Unknown => ("tag wait", t.ability_unknown(), None),
    };
    let object = own.depends_on_object.then(|| view! { <p><small>{t.ability_object()}</small></p> });
    let system = own.system.map(|system| view! { <small>{t.stored(&system).into_owned()}</small> });
    view! {
        <li class="card">
            <h3>{own.example.map_or_else(|| own.tool.clone(), |own| t.stored(&own).into_owned())}" "<span class=tone>{state}</span>{system}</h3>
            {object}
            {more}
            <p><small>{said(with_names(&t.ability_tool(NAMES[0]), [&own.tool, ""]))}</small></p>
        </li>
    }
    .into_any()
}

fn not_permitted(tool: &str, missing: MissingPermission) -> AnyView {
    let t = texts();
    let MissingPermission { relation, object, why, administrators, more_administrators, can_ask } = missing;
    let whom = match (administrators.is_empty(), more_administrators) {
        (true, _) => String::new(),
        (false, false) => t.ask_whom(&administrators.join(", ")),
        (false, true) => t.ask_whom_more(&administrators.join(", ")),
    };
    let form = can_ask.then(|| request::form(tool));
    view! {
        <p>{said(with_names(&t.needs_permission(NAMES[0], NAMES[1]), [&relation, &object]))}</p>
        {why.into_iter().map(|sentence| view! { <p>{t.stored(&sentence).into_owned()}</p> }).collect_view()}
        <p>{whom}</p>
        {form}
    }
    .into_any()
}

fn help(abilities: &[Ability]) -> AnyView {
    let t = texts();
    let group = |title: &'static str, fits: fn(&AbilityState) -> bool| {
        let items: Vec<_> = abilities.iter().filter(|own| fits(&own.state)).filter_map(example).collect();
        (!items.is_empty()).then(|| view! { <h2>{title}</h2><ul class="cards">{items}</ul> })
    };
    view! {
        <p>{t.help_lead()}</p>
        {group(t.help_ask(), |state| matches!(state, AbilityState::Works | AbilityState::DependsOnArguments))}
        {group(t.help_confirm(), |state| matches!(state, AbilityState::NeedsConfirmation))}
        {group(t.help_connect(), |state| matches!(state, AbilityState::NeedsAccount { .. }))}
        {group(t.help_not(), |state| matches!(state, AbilityState::NotPermitted(_)))}
        {group(t.help_unknown(), |state| matches!(state, AbilityState::Unknown))}
        <h2>{t.help_confirming()}</h2>
        <p>{t.help_confirming_lead()}</p>
        <p><a href="/permissions">{t.help_details()}</a></p>
    }
    .into_any()
}

fn example(own: &Ability) -> Option<AnyView> {
    let t = texts();
    let text = t.stored(own.example.as_deref()?).into_owned();
    let system = own.system.as_deref().map(|system| view! { <small>{t.stored(system).into_owned()}</small> });
    Some(view! { <li class="card"><h3>{text}{system}</h3></li> }.into_any())
}
