//! The page of connected accounts: each account with its uses and dates; connects more, and disconnects.

use super::load::{Named, page};
use crate::ui::nav::Destination;
use leptos::prelude::*;

/// A provider of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// The tools that use its accounts, in words that continue "to": `read groups`.
    pub uses: Vec<String>,
    /// The person's accounts.
    pub accounts: Accounts,
}

/// A person's accounts at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// The accounts that are connected.
    Known(Vec<Account>),
    /// The sign-in is too old to look them up.
    SignInAgain,
    /// They cannot be looked up now.
    Unknown,
}

/// A connected account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identifier.
    pub id: String,
    /// Time of the connection.
    pub since: String,
    /// Last use; `None` if it is known only for several accounts together.
    pub used: Option<String>,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// The consequence of disconnecting it.
    pub lost: String,
}

/// The page at `/connections`.
#[component]
pub fn AccountsPage() -> impl IntoView {
    page(
        Named(Destination::Accounts, "Connected accounts"),
        |backend, _| async move { Ok(backend.accounts().await?) },
        |_, providers| content(providers),
    )
}

pub(super) fn content(providers: Vec<Provider>) -> AnyView {
    let none = providers.is_empty().then(|| {
        view! { <p>"Your company has set up Countersign with its own account, so there is nothing to connect."</p> }
    });
    view! {
        <p>"Countersign uses these accounts only when you ask for something that needs them. "
            "It never sees your passwords. You can disconnect the accounts at any time."</p>
        {none}
        <div class="cards">{providers.into_iter().map(section).collect_view()}</div>
    }
    .into_any()
}

fn section(provider: Provider) -> AnyView {
    let Provider { id, name, uses, accounts } = provider;
    let (state, tone, body) = match accounts {
        Accounts::Known(accounts) => {
            let connected = !accounts.is_empty();
            let (state, tone) = if connected { ("Connected", "tag good") } else { ("Not connected", "tag mute") };
            let label = if connected { format!("Update access to {name}") } else { format!("Connect {name}") };
            let accounts = accounts.into_iter().map(|own| account(own, &name)).collect_view();
            let body = view! {
                {accounts}
                <form class="row" method="post" action="/connections/connect">
                    <input type="hidden" name="provider" value=id/>
                    <button class="btn" type="submit">{label}</button>
                </form>
            };
            (state, tone, body.into_any())
        }
        Accounts::SignInAgain => {
            let body = view! {
                <p>"Your sign-in is too old to look this up. Nothing was changed."</p>
                <p class="row"><a class="btn" href="/auth/login?return_to=/connections">"Sign in again"</a></p>
            };
            ("Cannot be looked up now", "tag wait", body.into_any())
        }
        Accounts::Unknown => {
            let body = view! {
                <p>"Your account cannot be looked up right now. Nothing was changed; try again in a moment."</p>
            };
            ("Cannot be looked up now", "tag wait", body.into_any())
        }
    };
    let uses = (!uses.is_empty()).then(|| view! { <p>{format!("Used to: {}.", uses.join(", "))}</p> });
    view! {
        <section class="card" aria-label=name.clone()>
            <h2>{name.clone()}" "<span class=tone>{state}</span></h2>
            {uses}
            {body}
        </section>
    }
    .into_any()
}

fn account(account: Account, name: &str) -> AnyView {
    let Account { id, since, used, scopes, lost } = account;
    let used = used.map(|used| view! { <dt>"Last used"</dt><dd>{used}</dd> });
    view! {
        <dl class="facts">
            <dt>"Since"</dt><dd>{since}</dd>
            {used}
            <dt>"It allows"</dt><dd><code>{scopes.join(" ")}</code></dd>
        </dl>
        <details>
            <summary class="btn quiet">{format!("Disconnect {name}…")}</summary>
            <p>{lost}</p>
            <form class="row" method="post" action="/connections/disconnect">
                <input type="hidden" name="id" value=id/>
                <button class="btn" type="submit">{format!("Disconnect {name} now")}</button>
            </form>
        </details>
    }
    .into_any()
}
