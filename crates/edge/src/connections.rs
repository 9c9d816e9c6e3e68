//! Connects more accounts, and disconnects them; the pages on the way.

use super::connect::{self, Caller, Connect};
use super::current_user::CurrentUser;
use super::page_error::PageError;
use crate::services::Services;
use crate::session::SessionId;
use agent::Actor;
use agent::ports::Unavailable;
use app::pages::notice::{Notice, Way};
use axum::extract::{Extension, Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use credentials::accounts::{AccountError, Disconnected};
use leptos::prelude::*;
use serde::Deserialize;
use std::sync::Arc;

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
    let scopes = connect.services.accounts.provider(&chosen.provider).map(|provider| provider.scopes.clone());
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
    Ok(match remove(&connect.services, actor, gone.id).await.map_err(not_disconnected)? {
        Disconnected::Everywhere => Redirect::to("/connections").into_response(),
        Disconnected::HereAlone => here_alone().into_response(),
    })
}

/// Disconnects an account. A task of its own, so that a browser that goes away leaves no entry of the ledger without its
/// outcome.
async fn remove(services: &Arc<Services>, actor: Actor, id: String) -> Result<Disconnected, AccountError> {
    let services = services.clone();
    let removing = tokio::spawn(async move { services.accounts.disconnect(&actor, &id).await });
    removing.await.unwrap_or_else(|error| Err(Unavailable::new("this server", error.to_string()).into()))
}

/// Returns the page for an account that was disconnected here, but not at the third party, which could not be told.
fn here_alone() -> Html<String> {
    let sentence = "Countersign has removed the account and can no longer use it. The provider could not be notified: it \
                    may still list Countersign among the applications that you allowed. Remove it there as well.";
    Html(Notice::new("The account is disconnected here", sentence.to_owned(), Way::accounts()).document(None))
}

const NOT_CONNECTED: &str = "The account is not connected";

fn back(href: &str) -> Way {
    Way { href: href.to_owned(), label: "Go back" }
}

/// The advice to a person whose account allows less than was requested.
const AGAIN: &str = "If you allowed only part of the request, connect the account again and allow everything. If you had no choice, \
                     connecting it again does not help: tell the person who runs Countersign.";

/// Returns the page for an account that is connected and allows less than was requested.
pub(super) fn lacking(missing: &[String], to: &str) -> Html<String> {
    let t = app::texts();
    let without = format!("It is connected, but without: {}. That part cannot be done.", missing.join(" "));
    let body = view! {
        <p>{t.stored(&without).into_owned()}</p>
        <p>{t.stored(AGAIN).into_owned()}</p>
    };
    let heading = "The account allows less than requested";
    Html(Notice { heading, body: body.into_any(), way: back(to) }.document(None))
}

/// Returns the page for a callback that matches no pending connection, or comes too late.
pub(super) fn refused() -> Notice {
    let sentence = "This link could not be verified, or was already used. Start again.";
    Notice::new(NOT_CONNECTED, sentence.to_owned(), Way::accounts())
}

/// Translates the fault of a failed disconnection; its cause goes to the log.
fn not_disconnected(fault: AccountError) -> PageError {
    tracing::warn!(error = %fault, "an account could not be disconnected");
    let notice = |sentence: &str, way| Notice::new("The account is still connected", sentence.to_owned(), way);
    match fault {
        AccountError::SignInAgain => {
            let sentence = "Your sign-in is too old for this. Sign in again, then disconnect the account.";
            let way = Way { href: "/auth/login?return_to=/connections".to_owned(), label: app::texts().sign_in() };
            PageError::notice(StatusCode::UNAUTHORIZED, notice(sentence, way))
        }
        AccountError::Declined(_) | AccountError::Refused(_) => {
            let sentence = "It could not be disconnected. You can try again.";
            PageError::notice(StatusCode::BAD_REQUEST, notice(sentence, Way::accounts()))
        }
        AccountError::NotRecorded(_) => {
            let sentence = "It was not disconnected, because the ledger could not record it. You can try again.";
            PageError::notice(StatusCode::SERVICE_UNAVAILABLE, notice(sentence, Way::accounts()))
        }
        AccountError::Unavailable(error) => error.into(),
    }
}

/// Returns the page for a connection that the person or the provider declined.
pub(super) fn declined(to: &str) -> Notice {
    Notice::new(NOT_CONNECTED, "It was cancelled or not allowed. You can try again.".to_owned(), back(to))
}

/// Returns the page for a sign-in that no longer gives access to the person's accounts.
pub(super) fn sign_in_again(to: &str) -> Notice {
    let sentence = "Your sign-in is too old for this. Sign in again; your text is kept, and waiting requests continue.";
    let way = Way { href: format!("/auth/login?return_to={to}"), label: app::texts().sign_in() };
    Notice::new(NOT_CONNECTED, sentence.to_owned(), way)
}

/// Returns a page that announces and performs a redirect to `url`, where the person is asked for access to their
/// account at `provider`.
pub(super) fn leading(provider: &str, url: &str) -> Html<String> {
    let go = view! { <meta http-equiv="refresh" content=format!("0;url={url}")/> };
    let sentence = format!("You are being redirected to a page that asks what Countersign may access at {provider}.");
    let notice = Notice::new("One moment", sentence, Way { href: url.to_owned(), label: "Continue" });
    Html(notice.document(Some(go.into_any())))
}

/// Returns a page whose script requests `path` again, with the fragment of the URL as the query.
pub(super) fn unfolding(nonce: &str, path: &str) -> Html<String> {
    let script = format!("if(location.hash.length>1)location.replace('{path}?'+location.hash.slice(1))");
    let script = view! { <script nonce=nonce.to_owned()>{script}</script> };
    let notice = Notice::new(NOT_CONNECTED, "The provider sent no answer. Start again.".to_owned(), Way::accounts());
    Html(notice.document(Some(script.into_any())))
}
