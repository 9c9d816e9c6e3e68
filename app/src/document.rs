//! The HTML document around every page, and the routes of the pages.

use crate::pages::{ChatPage, NotFound};
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

/// Renders the HTML document around the application.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let alive = use_context::<Visitor>() == Some(Visitor::Known);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href="/pkg/countersign.css"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                {alive.then(|| view! { <HydrationScripts options islands=true/> })}
                <leptos_meta::MetaTags/>
            </head>
            <body>
                <App/>
            </body>
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
            </FlatRoutes>
        </Router>
    }
}
