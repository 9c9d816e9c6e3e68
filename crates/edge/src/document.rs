//! The shared parts of all pages without script: the HTML document, the page header, and the signed-in reader.

use super::page_error::PageError;
use crate::backend::me;
use agent::Actor;
use app::ui::Account;
use app::ui::icons::Brand;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Html;
use leptos::prelude::*;

/// The signed-in person.
#[derive(Debug)]
pub(crate) struct CurrentUser(pub(super) Actor);

impl<S: Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let return_to = match parts.uri.path() {
            "/activity/all" | "/activity/export" => "/activity/all",
            path if path.starts_with("/activity") => "/activity",
            path if path.starts_with("/tools") => "/tools",
            path if path.starts_with("/connections") => "/connections",
            path if path.starts_with("/passkeys") => "/passkeys",
            path if path.starts_with("/approve/") && path.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/') => {
                path
            }
            path if path.starts_with("/approve") => "/approve",
            _ => "/",
        };
        let actor = parts.extensions.get::<Actor>().cloned();
        // Not a redirect: a person whom the provider knows and this application does not would be redirected for ever.
        actor.map(Self).ok_or_else(|| PageError::Page(StatusCode::UNAUTHORIZED, signed_out(return_to)))
    }
}

/// Returns the page for a person who is not signed in; `return_to` is the page that they requested.
fn signed_out(return_to: &str) -> Html<String> {
    let href = format!("/auth/login?return_to={return_to}");
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"You are signed out"</h1>
            <p>"Sign in to see this page."</p>
            <p class="row"><a class="btn first" href=href>"Sign in"</a></p>
        </main>
    };
    document("Sign in", main.into_any())
}

/// Returns the header of a page.
pub(super) fn head(actor: &Actor) -> AnyView {
    let me = me(actor);
    let between = view! {
        <p><a href="/">"Your conversations"</a></p>
        <p><a href="/activity">"Your activity"</a></p>
        <p><a href="/connections">"Connected accounts"</a></p>
    }
    .into_any();
    view! {
        <header class="head">
            <a class="home" href="/"><Brand/></a>
            <Account me between/>
        </header>
    }
    .into_any()
}

/// Returns a page that announces and performs a redirect to `url`, where the person is asked for access to their
/// account at `provider`.
pub(super) fn leading(provider: &str, url: &str) -> Html<String> {
    let go = format!("0;url={url}");
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"One moment"</h1>
            <p>{format!("You are being redirected to a page that asks what Countersign may access at {provider}.")}</p>
            <p class="row"><a class="btn first" href=url.to_owned()>"Continue"</a></p>
        </main>
    };
    page("Connect an account", Some(view! { <meta http-equiv="refresh" content=go/> }.into_any()), main.into_any())
}

/// Returns a page whose script requests `path` again, with the fragment of the URL as the query.
pub(super) fn unfolding(nonce: &str, path: &str) -> Html<String> {
    let script = format!("if(location.hash.length>1)location.replace('{path}?'+location.hash.slice(1))");
    let main = view! {
        <main class="plain">
            <Brand/>
            <h1>"The account is not connected"</h1>
            <p>"The provider sent no answer. Start again."</p>
            <p class="row"><a class="btn first" href="/connections">"Connected accounts"</a></p>
            <script nonce=nonce.to_owned()>{script}</script>
        </main>
    };
    document("Connect an account", main.into_any())
}

/// Returns a page of a signed-in person that runs `passkey.js`; without a nonce, no script runs.
pub(super) fn scripted(title: &'static str, nonce: Option<&str>, actor: &Actor, body: AnyView) -> Html<String> {
    let script = nonce.map(|nonce| view! { <script type="module" src="/passkey.js" nonce=nonce.to_owned()></script> });
    page(title, script.map(IntoAny::into_any), view! { {head(actor)}{body} }.into_any())
}

/// Returns a complete page.
pub(super) fn document(title: &'static str, body: AnyView) -> Html<String> {
    page(title, None, body)
}

fn page(title: &'static str, more: Option<AnyView>, body: AnyView) -> Html<String> {
    let title = format!("{title} · Countersign");
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="stylesheet" href="/pkg/countersign.css"/>
                {more}
            </head>
            <body>{body}</body>
        </html>
    };
    Html(format!("<!DOCTYPE html>{}", page.to_html()))
}
