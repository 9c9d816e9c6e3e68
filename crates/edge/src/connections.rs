//! The page of connected accounts, without script: shows each account with its uses and dates, connects more, and
//! disconnects.

use super::connect::{self, Caller, Connect};
use super::document::{CurrentUser, document, head};
use super::page_error::PageError;
use crate::session::SessionId;
use crate::time_text;
use agent::Actor;
use agent::ports::{Clock, Millis, PastEntry, Verdict};
use app::ui::icons::Brand;
use axum::extract::{Extension, Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use credentials::accounts::{Account, AccountError, AccountLookup, Disconnected, Keeper, Listing, Provider, Since};
use leptos::prelude::*;
use serde::Deserialize;
use system::SystemClock;

/// Period that is searched for the last use of an account, in milliseconds: 30 days.
const OF_LATE: Millis = 30 * 86_400_000;

/// Most entries that are searched for it.
const MOST_ENTRIES: usize = 200;

/// `GET /connections`.
pub(crate) async fn list(State(connect): State<Connect>, CurrentUser(actor): CurrentUser) -> Html<String> {
    let providers = &connect.accounts.providers;
    if providers.is_empty() {
        return page(&actor, providers, &Listing::default(), Some(&[]));
    }
    let (listing, past) = tokio::join!(connect.accounts.list(&actor), past(&connect, &actor));
    page(&actor, providers, &listing, past.as_deref())
}

/// Returns what was recently done for this person, newest first; `None` if it cannot be read.
async fn past(connect: &Connect, actor: &Actor) -> Option<Vec<PastEntry>> {
    let now = SystemClock.now();
    let entries = connect.services.audit.entries_of(actor, now - OF_LATE..now + 1, MOST_ENTRIES).await;
    entries.inspect_err(|error| tracing::warn!(error = %error, "the last uses of accounts could not be read")).ok()
}

/// Says when an account of this provider was last used, and by which tool.
fn last_use(provider: &Provider, past: Option<&[PastEntry]>) -> String {
    let Some(past) = past else { return "unknown right now".to_owned() };
    let used = past.iter().find(|entry| entry.verdict == Verdict::Allowed && provider.names.contains(&entry.tool.0));
    let never = if past.len() < MOST_ENTRIES { "not in the last 30 days" } else { "not recently" };
    used.map_or_else(|| never.to_owned(), |entry| format!("{}, {}", entry.tool, time_text::display(entry.at)))
}

/// The provider to connect.
#[derive(Debug, Deserialize)]
pub(crate) struct ChosenProvider {
    provider: String,
}

/// `POST /connections/connect`: connects an account, or connects it again with all scopes that the tools may request.
pub(crate) async fn connect(
    State(connect): State<Connect>,
    CurrentUser(actor): CurrentUser,
    Extension(session): Extension<SessionId>,
    Form(chosen): Form<ChosenProvider>,
) -> Result<Response, PageError> {
    let scopes = connect.accounts.provider(&chosen.provider).map(|provider| provider.scopes.clone());
    let scopes = scopes.unwrap_or_default();
    let caller = Caller { actor: &actor, session };
    connect::begin(&connect, caller, &chosen.provider, &scopes, None).await
}

/// The account to disconnect.
#[derive(Debug, Deserialize)]
pub(crate) struct Gone {
    id: String,
}

/// `POST /connections/disconnect`: disconnects one of the person's own accounts.
pub(crate) async fn disconnect(
    State(connect): State<Connect>,
    CurrentUser(actor): CurrentUser,
    Form(gone): Form<Gone>,
) -> Result<Response, PageError> {
    let disconnected = connect.accounts.disconnect(&actor, &gone.id).await.map_err(not_disconnected)?;
    Ok(match disconnected {
        Disconnected::Everywhere => Redirect::to("/connections").into_response(),
        Disconnected::HereAlone => here_alone().into_response(),
    })
}

fn page(actor: &Actor, providers: &[Provider], listing: &Listing, past: Option<&[PastEntry]>) -> Html<String> {
    let all = providers.iter().map(|provider| match listing.at(provider) {
        AccountLookup::Accounts(own) => section(provider, &own, &last_use(provider, past)),
        AccountLookup::Unknown(fault) => unknown(provider, fault),
    });
    let none = providers.is_empty().then(|| {
        view! { <p>"Your company has set up Countersign with its own account, so there is nothing to connect."</p> }
    });
    let main = view! {
        <main class="wide">
            <h1>"Connected accounts"</h1>
            <p>"Countersign uses these accounts only when you ask for something that needs them. "
                "It never sees your passwords. You can disconnect the accounts at any time."</p>
            {none}
            {all.collect_view()}
        </main>
    };
    document("Connected accounts", (head(actor), main).into_any())
}

fn uses(provider: &Provider) -> Option<AnyView> {
    let uses = (!provider.tools.is_empty()).then(|| format!("Used to: {}.", provider.tools.join(", ")));
    uses.map(|uses| view! { <p>{uses}</p> }.into_any())
}

/// Renders a provider whose accounts cannot be looked up. It is unknown whether there are any, so no action is offered
/// that depends on it.
fn unknown(provider: &Provider, fault: &AccountError) -> AnyView {
    let name = provider.name.clone();
    let way = match fault {
        AccountError::SignInAgain => view! {
            <p>"Your sign-in is too old to look this up. Nothing was changed."</p>
            <p class="row"><a class="btn" href="/auth/login?return_to=/connections">"Sign in again"</a></p>
        }
        .into_any(),
        AccountError::Declined(_) | AccountError::Refused(_) | AccountError::Unavailable(_) => view! {
            <p>"Your account cannot be looked up right now. Nothing was changed; try again in a moment."</p>
        }
        .into_any(),
    };
    view! {
        <section class="account" aria-label=name.clone()>
            <h2>{name.clone()}" "<small>"cannot be looked up now"</small></h2>
            {uses(provider)}
            {way}
        </section>
    }
    .into_any()
}

fn section(provider: &Provider, accounts: &[&Account], used: &str) -> AnyView {
    let name = provider.name.clone();
    let connected = !accounts.is_empty();
    let state = if connected { "connected" } else { "not connected" };
    let label = if connected { format!("Update access to {name}") } else { format!("Connect {name}") };
    let tools = provider.tools.clone();
    view! {
        <section class="account" aria-label=name.clone()>
            <h2>{name.clone()}" "<small>{state}</small></h2>
            {uses(provider)}
            {match accounts {
                [only] => one((*only).clone(), &name, Some(used), &lost(&tools, provider)),
                several => {
                    let stays = "The others stay connected. With only one left, Countersign knows which one to use.";
                    several.iter().map(|account| one((*account).clone(), &name, None, stays)).collect_view().into_any()
                }
            }}
            <form class="row" method="post" action="/connections/connect">
                <input type="hidden" name="provider" value=provider.id.clone()/>
                <button class="btn" type="submit">{label}</button>
            </form>
        </section>
    }
    .into_any()
}

/// Says what the person loses by disconnecting their only account.
fn lost(tools: &[String], provider: &Provider) -> String {
    let lost = match tools {
        [] => "Countersign will no longer be able to use it.".to_owned(),
        tools => format!("Countersign will no longer be able to do this for you: {}.", tools.join(", ")),
    };
    match provider.keeper {
        Keeper::LocalVault => lost,
        Keeper::TokenVault => {
            format!("{lost} {} is not notified. You can also remove the access there.", provider.name)
        }
    }
}

/// Renders one account. The last use is known only for all accounts of a provider together, so it is given only for a
/// single one.
fn one(account: Account, name: &str, used: Option<&str>, lost: &str) -> AnyView {
    let since = match &account.since {
        Since::Millis(at) => time_text::display(*at),
        Since::Stamp(stamp) => time_text::display_rfc3339(stamp),
    };
    let used = used.map(|used| view! { <dt>"Last used"</dt><dd>{used.to_owned()}</dd> });
    view! {
        <dl class="facts">
            <dt>"Since"</dt><dd>{since}</dd>
            {used}
            <dt>"It allows"</dt><dd><code>{account.scopes.join(" ")}</code></dd>
        </dl>
        <details>
            <summary class="btn quiet">{format!("Disconnect {name}…")}</summary>
            <p>{lost.to_owned()}</p>
            <form class="row" method="post" action="/connections/disconnect">
                <input type="hidden" name="id" value=account.id/>
                <button class="btn" type="submit">{format!("Disconnect {name} now")}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Returns the page for an account that was disconnected here, but not at the third party, which could not be told.
fn here_alone() -> Html<String> {
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"The account is disconnected here"</h1>
            <p>"Countersign has removed the account and can no longer use it. The provider could not be notified: it \
                may still list Countersign among the applications that you allowed. Remove it there as well."</p>
            <p class="row"><a class="btn first" href="/connections">"Connected accounts"</a></p>
        </main>
    };
    document("Disconnect an account", main.into_any())
}

const NOT_CONNECTED: &str = "The account is not connected";

/// Returns the page for an account that is connected and allows less than was requested.
pub(super) fn lacking(missing: &[String], back: &str) -> Html<String> {
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"The account allows less than requested"</h1>
            <p>"It is connected, but without: "<code>{missing.join(" ")}</code>". That part cannot be done."</p>
            <p>"If you allowed only part of the request, connect the account again and allow everything. If you had no \
                choice, connecting it again does not help: tell the person who runs Countersign."</p>
            <p class="row"><a class="btn first" href=back.to_owned()>"Go back"</a></p>
        </main>
    };
    document("Connect an account", main.into_any())
}

/// Returns the page for a callback that matches no pending connection, or comes too late.
pub(super) fn refused() -> Html<String> {
    let sentence = "This link could not be verified, or was already used. Start again.";
    notice(NOT_CONNECTED, sentence, "/connections", "Connected accounts")
}

/// Translates the fault of a failed disconnection; its cause goes to the log.
fn not_disconnected(fault: AccountError) -> PageError {
    tracing::warn!(error = %fault, "an account could not be disconnected");
    let heading = "The account is still connected";
    match fault {
        AccountError::SignInAgain => {
            let sentence = "Your sign-in is too old for this. Sign in again, then disconnect the account.";
            let page = notice(heading, sentence, "/auth/login?return_to=/connections", "Sign in");
            PageError::Page(StatusCode::UNAUTHORIZED, page)
        }
        AccountError::Declined(_) | AccountError::Refused(_) => {
            let sentence = "It could not be disconnected. You can try again.";
            PageError::Page(StatusCode::BAD_REQUEST, notice(heading, sentence, "/connections", "Connected accounts"))
        }
        AccountError::Unavailable(error) => error.into(),
    }
}

/// Returns the page for a connection that the person or the provider declined.
pub(super) fn declined(back: &str) -> Html<String> {
    notice(NOT_CONNECTED, "It was cancelled or not allowed. You can try again.", back, "Go back")
}

/// Returns the page for a sign-in that no longer gives access to the person's accounts.
pub(super) fn sign_in_again(back: &str) -> Html<String> {
    let way = format!("/auth/login?return_to={back}");
    notice(
        NOT_CONNECTED,
        "Your sign-in is too old for this. Sign in again; your text is kept, and waiting requests continue.",
        &way,
        "Sign in",
    )
}

fn notice(heading: &'static str, sentence: &'static str, way: &str, label: &'static str) -> Html<String> {
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>{heading}</h1>
            <p>{sentence}</p>
            <p class="row"><a class="btn first" href=way.to_owned()>{label}</a></p>
        </main>
    };
    document("Connect an account", main.into_any())
}
