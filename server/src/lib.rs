//! The server of Countersign: configuration, wiring, HTTP edge, turns and the backend of the pages.

pub mod audit;
pub mod backend;
pub mod cached_conversations;
pub mod clock;
pub mod config;
pub mod doctor;
pub mod edge;
pub mod instructions;
mod moment;
mod offered;
pub mod pulse;
pub mod random;
pub mod remote_tools;
mod serve;
pub mod services;
pub mod session;
pub mod telemetry;
pub mod turns;
pub mod wiring;

use crate::backend::ForCaller;
use crate::config::Config;
use crate::edge::connect::Connect;
use crate::edge::headers::{Headers, PageNonce};
use crate::edge::{
    activity, argument_errors, connect, connections, headers, health, identity, log, logout, origin, page_error,
    reactive_scope, sign_in, timeout, tools, unsent,
};
pub use crate::serve::serve;
use crate::services::Services;
use crate::session::SessionId;
use crate::wiring::Application;
use agent::Actor;
use app::Visitor;
use app::backend::{Backend, UnsentMessage};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use leptos::config::LeptosOptions;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use std::sync::{Arc, LazyLock};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

/// Largest request body, in bytes. It is well above the longest message, so that a message that is too long gets an
/// error message, not a broken connection.
const LARGEST_BODY: usize = 512 * 1024;

/// The routes of the pages, generated once per process: while Leptos generates the list, no page anywhere in the
/// process loads its data, and a page whose rendering begins during that time hangs for ever (leptos-rs/leptos issue
/// 4773).
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// Returns all routes with their middleware. Read it from the bottom: the last layer is the outermost.
pub fn router(config: &Config, wired: &Application) -> Router {
    let options = leptos_options(config);
    let services = wired.services.clone();
    let context = move || provide_request(&services);
    let pages = Router::new()
        .leptos_routes_with_context(&options, PAGES.clone(), context.clone(), {
            let options = options.clone();
            move || app::shell(options.clone())
        })
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(context, app::shell))
        .with_state(options);
    let auth = Router::new()
        .route("/auth/login", get(sign_in::login))
        .route("/auth/callback", get(sign_in::callback))
        .route("/auth/logout", post(logout::logout))
        .route(origin::BACKCHANNEL_LOGOUT, post(logout::backchannel))
        .with_state(wired.auth.clone());
    let headers = Headers { transport: wired.auth.cookies.0, provider: wired.auth.relying_party.clone() };
    let activity = Router::new()
        .route("/activity", get(activity::own))
        .route("/activity/all", get(activity::all))
        .route("/activity/export", get(activity::export))
        .route("/activity/receipt/{id}", get(activity::receipt))
        .with_state(wired.services.clone());
    let tools = Router::new()
        .route("/tools", get(tools::list))
        .route("/tools/accept", post(tools::accept))
        .with_state(wired.services.clone());
    let accounts = Router::new()
        .route("/connect", post(connect::wanted))
        .route("/auth/connect/callback", get(connect::callback))
        .route("/connections", get(connections::list))
        .route("/connections/connect", post(connections::connect))
        .route("/connections/disconnect", post(connections::disconnect))
        .with_state(Connect {
            accounts: wired.accounts.clone(),
            services: wired.services.clone(),
            pending: wired.pending.clone(),
        });
    pages
        .layer(from_fn(argument_errors::explain))
        .layer(from_fn(unsent::give_back))
        .merge(auth)
        .merge(activity)
        .merge(tools)
        .merge(accounts)
        .layer(from_fn(log::note_actor))
        .layer(from_fn_with_state(wired.auth.clone(), identity::identify))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(from_fn_with_state(Arc::<str>::from(config.origin()), origin::check))
        .merge(
            Router::new()
                .route("/health/live", get(health::live))
                .route("/health/ready", get(health::ready))
                .with_state(wired.services.clone()),
        )
        .layer(from_fn(timeout::answer))
        .layer(from_fn(page_error::face))
        .layer(from_fn_with_state(headers, headers::add))
        .layer(from_fn(reactive_scope::alone))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(log::line))
}

/// Provides the context of pages and server functions. A signed-out request gets no backend.
fn provide_request(services: &Arc<Services>) {
    let parts = use_context::<axum::http::request::Parts>();
    let nonce = parts.as_ref().and_then(|parts| parts.extensions.get::<PageNonce>().cloned());
    let extension = |parts: &axum::http::request::Parts| {
        (parts.extensions.get::<Actor>().cloned(), parts.extensions.get::<SessionId>().copied())
    };
    let (actor, session) = parts.as_ref().map(extension).unwrap_or_default();
    provide_context(if actor.is_some() { Visitor::Known } else { Visitor::Unknown });
    if let Some(unsent) = parts.as_ref().and_then(|parts| parts.extensions.get::<UnsentMessage>().cloned()) {
        provide_context(unsent);
    }
    if let (Some(actor), Some(session)) = (actor, session) {
        provide_context::<Arc<dyn Backend>>(Arc::new(ForCaller::new(services.clone(), actor, session)));
    }
    if let Some(PageNonce(nonce)) = nonce {
        provide_context(Nonce::from_value(nonce));
    }
}

fn leptos_options(config: &Config) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("countersign")
        .site_root(config.site_root.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(config.listen)
        .build()
}
