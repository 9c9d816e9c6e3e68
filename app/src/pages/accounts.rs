//! The page of connected accounts: each account with its uses and dates; connects more, and disconnects.

use super::load::{Named, page};
use crate::texts::texts;
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
    /// The owner; `None` if they could not be looked up.
    pub owner: Option<Owner>,
    /// Time of the connection.
    pub since: String,
    /// Last use; `None` if it is known only for several accounts together.
    pub used: Option<String>,
    /// Granted scopes.
    pub scopes: Vec<Scope>,
    /// The consequence of disconnecting it.
    pub lost: String,
}

/// The owner of an account, as its provider names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The name there.
    pub name: String,
    /// The verified e-mail address.
    pub email: Option<String>,
    /// The address of the person's sign-in, if it is another one.
    pub signed_in_as: Option<String>,
}

/// A granted scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The permission in words; `None` for a scope that Countersign does not know.
    pub words: Option<&'static str>,
    /// The scope.
    pub name: String,
}

/// The page at `/connections`.
#[component]
pub fn AccountsPage() -> impl IntoView {
    page(
        Named(Destination::Accounts, texts().nav_accounts()),
        |backend, _| async move { Ok(backend.accounts().await?) },
        |_, providers| content(providers),
    )
}

pub(super) fn content(providers: Vec<Provider>) -> AnyView {
    let t = texts();
    let none = providers.is_empty().then(|| {
        view! { <p>{t.accounts_none()}</p> }
    });
    view! {
        <p>{t.accounts_lead()}</p>
        {none}
        <div class="cards">{providers.into_iter().map(section).collect_view()}</div>
    }
    .into_any()
}

fn section(provider: Provider) -> AnyView {
    let t = texts();
    let Provider { id, name, uses, accounts } = provider;
    let (state, tone, body) = match accounts {
        Accounts::Known(accounts) => {
            let connected = !accounts.is_empty();
            let (state, tone) =
                if connected { (t.accounts_connected(), "tag good") } else { (t.accounts_not_connected(), "tag mute") };
            let label = if connected { t.accounts_update(&name) } else { t.connect_account(&name) };
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
                <p>{t.accounts_old_sign_in()}</p>
                <p class="row"><a class="btn" href="/auth/login?return_to=/connections">{t.sign_in_again()}</a></p>
            };
            (t.ability_unknown(), "tag wait", body.into_any())
        }
        Accounts::Unknown => {
            let body = view! {
                <p>{t.accounts_unknown()}</p>
            };
            (t.ability_unknown(), "tag wait", body.into_any())
        }
    };
    let uses = (!uses.is_empty()).then(|| {
        let uses: Vec<_> = uses.iter().map(|own| t.stored(own)).collect();
        view! { <p>{t.accounts_used_to(&uses.join(", "))}</p> }
    });
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
    let t = texts();
    let Account { id, owner, since, used, scopes, lost } = account;
    let used = used.map(|used| view! { <dt>{t.last_used()}</dt><dd>{t.stored(&used).into_owned()}</dd> });
    view! {
        {self::owner(owner, name)}
        <dl class="facts">
            <dt>{t.accounts_since()}</dt><dd>{since}</dd>
            {used}
            <dt>{t.accounts_allows()}</dt><dd><ul>{scopes.into_iter().map(scope).collect_view()}</ul></dd>
        </dl>
        <details>
            <summary class="btn quiet">{t.accounts_disconnect(name)}</summary>
            <p>{t.stored(&lost).into_owned()}</p>
            <form class="row" method="post" action="/connections/disconnect">
                <input type="hidden" name="id" value=id/>
                <button class="btn" type="submit">{t.accounts_disconnect_now(name)}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Says whose account it is, and warns if it seems to be somebody else's.
fn owner(owner: Option<Owner>, provider: &str) -> AnyView {
    let t = texts();
    let Some(Owner { name, email, signed_in_as }) = owner else {
        return view! { <p>{t.accounts_whose_unknown()}</p> }.into_any();
    };
    let whose = t.accounts_whose(&name, provider);
    let warning = email.clone().zip(signed_in_as).map(|(email, own)| {
        let sentence = t.accounts_other_person(&email, &own);
        view! { <p class="caution" role="note">{sentence}</p> }
    });
    let email = email.map(|email| view! { " "<small>{email}</small> });
    view! { <p><strong>{whose}</strong>{email}</p>{warning} }.into_any()
}

fn scope(scope: Scope) -> AnyView {
    let Scope { words, name } = scope;
    match words {
        Some(words) => {
            view! { <li>{texts().stored(words).into_owned()}" "<small><code>{name}</code></small></li> }.into_any()
        }
        None => view! { <li><code>{name}</code></li> }.into_any(),
    }
}
