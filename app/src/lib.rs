//! Pages, components, wire types, server functions and the fold of a conversation, shared by browser and server. This
//! crate depends on no other crate of the workspace: it knows wire types only.

#![recursion_limit = "256"]
#![expect(unreachable_pub, reason = "the component macro makes public items of private modules")]

pub mod api;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod pages;
pub mod state;
pub mod ui;
pub mod wire;

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{ParamSegment, SsrMode, StaticSegment};
use pages::{ChatPage, NotFound};
use ui::title::page_title;

/// The sign-in state of a page's reader. A signed-out page loads no WebAssembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// Signed in.
    Known,
    /// Signed out.
    Unknown,
}

/// Renders the HTML document around the application; only the server does.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let hydrate = use_context::<Visitor>() == Some(Visitor::Known);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href="/pkg/countersign.css"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                {hydrate.then(|| view! {
                    <AutoReload options=options.clone()/>
                    <HydrationScripts options/>
                })}
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
    #[cfg(feature = "ssr")]
    leptos_meta::provide_meta_context();
    // End-to-end tests wait for this attribute before they press buttons.
    Effect::new(|_| {
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-hydrated", "");
        }
    });
    page_title(|| "Countersign".to_owned());
    view! {
        <Router>
            <FlatRoutes fallback=NotFound>
                <Route path=StaticSegment("") view=ChatPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("c"), ParamSegment("id")) view=ChatPage ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}
