//! The HTML document around every page, and the routes of the pages.

use crate::assets::asset;
use crate::pages::{
    AccountsPage, ActivityEntryPage, ActivityPage, AuditPage, ChatPage, ConversationsPage, HelpPage, InboxPage,
    NotFound, PermissionsPage, RevokePage, StyleGuidePage, ToolsPage,
};
use crate::texts::texts;
use crate::ui::title::page_title;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{ParamSegment, SsrMode, StaticSegment};

/// The sign-in state of a page's reader. A signed-out page loads no WebAssembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// Signed in.
    Known,
    /// Signed out.
    Unknown,
}

/// Renders the HTML document around the application. Only the pages of the chat load WebAssembly.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let signed_in = use_context::<Visitor>() == Some(Visitor::Known);
    let program = (signed_in && is_chat()).then(|| view! { <HydrationScripts options islands=true/> });
    // A page of a signed-out person loads no script.
    let nonce = leptos::nonce::use_nonce().filter(|_| signed_in).map(|nonce| nonce.to_string());
    html(nonce, view! { {program}<leptos_meta::MetaTags/> }.into_any(), view! { <App/> }.into_any())
}

/// Returns `true` if the request is for a page that holds an island.
fn is_chat() -> bool {
    let parts = use_context::<http::request::Parts>();
    parts.is_some_and(|parts| parts.uri.path() == "/" || parts.uri.path().starts_with("/c/"))
}

/// Returns a complete document for an answer outside the routes of the application. Without a nonce it has no script.
pub(crate) fn document(title: &str, nonce: Option<String>, more: Option<AnyView>, body: AnyView) -> String {
    let head = view! { <title>{format!("{title} · Countersign")}</title>{more} };
    html(nonce, head.into_any(), body).into_view().to_html()
}

fn html(nonce: Option<String>, head: AnyView, body: AnyView) -> impl IntoView {
    let script = nonce.map(|nonce| view! { <script type="module" src=asset("page.js") nonce=nonce></script> });
    view! {
        <!DOCTYPE html>
        <html lang=texts().language().code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content=texts().welcome_title()/>
                <link rel="stylesheet" href=asset("countersign.css")/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                {script}
                {head}
            </head>
            <body>{body}</body>
        </html>
    }
}

/// The application.
#[component]
pub fn App() -> impl IntoView {
    leptos_meta::provide_meta_context();
    page_title("Countersign");
    view! {
        <Router>
            <FlatRoutes fallback=NotFound>
                <Route path=StaticSegment("") view=ChatPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("c"), ParamSegment("id")) view=ChatPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("conversations") view=ConversationsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("help") view=HelpPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("permissions") view=PermissionsPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("access"), ParamSegment("id"), StaticSegment("revoke")) view=RevokePage ssr=SsrMode::Async/>
                <Route path=StaticSegment("inbox") view=InboxPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("activity") view=ActivityPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("activity"), StaticSegment("all")) view=AuditPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("activity"), ParamSegment("id")) view=ActivityEntryPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("connections") view=AccountsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("tools") view=ToolsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("styleguide") view=StyleGuidePage ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}
