//! The permissions of the person, tool by tool: what works, what needs a confirmation or an account, what is not permitted
//! and why; and their requests for access.

pub mod data;
mod request;
mod revoke;

use super::PageFailure;
use super::load::{Named, page};
use crate::ui::nav::Destination;
use data::{Ability, AbilityState, MissingPermission, PermissionsPage as Permissions, permissions_backend};
use leptos::prelude::*;
pub(super) use request::answerable;
pub use revoke::RevokePage;

/// The page at `/permissions`.
#[component]
pub fn PermissionsPage() -> impl IntoView {
    let own = permissions_backend();
    page(
        Named(Destination::Permissions, "What Countersign may do for you"),
        |_, _| async move { Ok(own?.permissions().await?) },
        |_, data| content(data),
    )
}

/// The page at `/help`: the same in everyday words.
#[component]
pub fn HelpPage() -> impl IntoView {
    let own = permissions_backend();
    page(
        Named(Destination::Help, "What you can ask"),
        |_, _| async move { Ok::<_, PageFailure>(own?.permissions().await?) },
        |_, data| help(&data.abilities),
    )
}

fn content(data: Permissions) -> AnyView {
    let requests = (!data.requests.is_empty()).then(|| {
        let items = data.requests.into_iter().rev().map(request::own).collect_view();
        view! { <h2>"Your requests for access"</h2><ul class="cards">{items}</ul> }
    });
    view! {
        <p>"Your company's permission service answered just now. Countersign asks it again before every action."</p>
        {requests}
        <h2>"Tools"</h2>
        <ul class="cards">{data.abilities.into_iter().map(ability).collect_view()}</ul>
    }
    .into_any()
}

fn ability(own: Ability) -> AnyView {
    let (tone, state, more) = match own.state {
        AbilityState::Works => ("tag good", "Works", None),
        AbilityState::NeedsConfirmation => ("tag good", "You confirm each time", None),
        AbilityState::NeedsAccount { name, provider } => {
            let label = format!("Connect {name}");
            let form = view! {
                <form method="post" action="/connections/connect">
                    <input type="hidden" name="provider" value=provider/>
                    <button class="btn" type="submit">{label}</button>
                </form>
            };
            ("tag wait", "Needs your account", Some(form.into_any()))
        }
        AbilityState::NotPermitted(missing) => ("tag bad", "Not permitted", Some(not_permitted(&own.tool, missing))),
        AbilityState::DependsOnArguments => ("tag mute", "Depends on what you ask about", None),
        AbilityState::Unknown => ("tag wait", "Cannot be looked up now", None),
    };
    let object = own
        .depends_on_object
        .then(|| view! { <p><small>"The person or thing that you name decides as well."</small></p> });
    let system = own.system.map(|system| view! { <small>{system}</small> });
    view! {
        <li class="card">
            <h3>{own.example.unwrap_or_else(|| own.tool.clone())}" "<span class=tone>{state}</span>{system}</h3>
            {object}
            {more}
            <p><small>"Tool "<code>{own.tool}</code></small></p>
        </li>
    }
    .into_any()
}

fn not_permitted(tool: &str, missing: MissingPermission) -> AnyView {
    let MissingPermission { relation, object, why, administrators, more_administrators, can_ask } = missing;
    let whom = match (administrators.is_empty(), more_administrators) {
        (true, _) => String::new(),
        (false, false) => format!("You can ask: {}.", administrators.join(", ")),
        (false, true) => format!("You can ask: {}, and others.", administrators.join(", ")),
    };
    let form = can_ask.then(|| request::form(tool));
    view! {
        <p>"This needs the permission "<code>{relation}</code>" on "<code>{object}</code>"."</p>
        {why.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()}
        <p>{whom}</p>
        {form}
    }
    .into_any()
}

fn help(abilities: &[Ability]) -> AnyView {
    let group = |title: &'static str, fits: fn(&AbilityState) -> bool| {
        let items: Vec<_> = abilities.iter().filter(|own| fits(&own.state)).filter_map(example).collect();
        (!items.is_empty()).then(|| view! { <h2>{title}</h2><ul class="cards">{items}</ul> })
    };
    view! {
        <p>"Ask in your own words. These are examples."</p>
        {group("You can ask", |state| matches!(state, AbilityState::Works | AbilityState::DependsOnArguments))}
        {group("You confirm", |state| matches!(state, AbilityState::NeedsConfirmation))}
        {group("You connect an account first", |state| matches!(state, AbilityState::NeedsAccount { .. }))}
        {group("Not available to you", |state| matches!(state, AbilityState::NotPermitted(_)))}
        {group("Cannot be looked up now", |state| matches!(state, AbilityState::Unknown))}
        <h2>"Confirming"</h2>
        <p>"Important changes wait until you confirm them. Countersign shows a code; your phone shows the same code and \
            what would be done. Confirm only if both agree. A confirmation counts once, for that change only."</p>
        <p><a href="/permissions">"Your permissions in detail, and how to ask for more"</a></p>
    }
    .into_any()
}

fn example(own: &Ability) -> Option<AnyView> {
    let text = own.example.clone()?;
    let system = own.system.clone().map(|system| view! { <small>{system}</small> });
    Some(view! { <li class="card"><h3>{text}{system}</h3></li> }.into_any())
}
