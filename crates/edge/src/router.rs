//! All routes and their middleware.

use crate::backend::ForCaller;
use crate::backend::permissions::CallerPermissions;
use crate::connect::Connect;
use crate::headers::{Headers, PageNonce};
use crate::logout::Auth;
use crate::services::Services;
use crate::session::SessionId;
use crate::zone::Zone;
use crate::{
    access, activity, answers, argument_errors, assets, connect, connections, export, headers, health, identity,
    language, log, logout, notifications, origin, owner, page_error, passkeys, reactive_scope, scan, sign_in, standing,
    timeout, tools, unsent,
};
use agent::Actor;
use app::backend::{Backend, UnsentMessage};
use app::pages::StyleGuide;
use app::pages::permissions::data::PermissionsBackend;
use app::{Assets, Visitor};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use dynamo::PendingConnections;
use leptos::config::LeptosOptions;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use std::net::SocketAddr;
use std::path::PathBuf;
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

/// The place at which the application is served.
#[derive(Debug, Clone)]
pub struct Site {
    /// The public origin, `https://desk.example.com`.
    pub origin: String,
    /// The address on which the server listens.
    pub listen: SocketAddr,
    /// The folder of the built front end.
    pub root: PathBuf,
    /// The permission to serve the style guide; `None` if it does not exist.
    pub style_guide: Option<StyleGuide>,
}

/// The state behind the routes.
#[derive(Debug, Clone)]
pub struct AppState {
    /// Services of the request handlers.
    pub services: Arc<Services>,
    /// Services of sign-in and sign-out.
    pub auth: Auth,
    /// Store of pending account connections.
    pub pending: PendingConnections,
}

/// Returns all routes with their middleware. Read it from the bottom: the last layer is the outermost.
pub fn router(site: &Site, state: &AppState) -> Router {
    let headers = Headers { transport: state.auth.cookies.0, provider: state.auth.relying_party.clone() };
    let assets = assets::find(&site.root);
    pages(site, &assets, &state.services)
        .layer(from_fn(argument_errors::explain))
        .layer(from_fn(unsent::give_back))
        .merge(sign_in_and_out(&state.auth))
        .merge(activity(&state.services))
        .merge(exports(&state.services))
        .merge(tools(&state.services))
        .merge(access(&state.services))
        .merge(answers(state))
        .merge(notifications(state))
        .merge(accounts(state))
        .layer(from_fn(owner::check))
        .layer(from_fn(log::note_actor))
        .layer(from_fn_with_state(state.auth.clone(), identity::identify))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(from_fn_with_state(Arc::<str>::from(site.origin.as_str()), origin::check))
        .merge(health(&state.services))
        .layer(from_fn(timeout::answer))
        .layer(from_fn(page_error::face))
        .layer(from_fn_with_state(headers, headers::add))
        .layer(from_fn_with_state(assets, reactive_scope::alone))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(log::line))
}

/// The pages of `app`, its server functions, and the files of the front end.
fn pages(site: &Site, assets: &Assets, services: &Arc<Services>) -> Router {
    let options = LeptosOptions::builder()
        .output_name("countersign")
        .site_root(site.root.display().to_string())
        .site_pkg_dir(&*assets.0)
        .site_addr(site.listen)
        .build();
    let (services, assets, style_guide) = (services.clone(), assets.clone(), site.style_guide);
    let context = move || {
        provide_context(assets.clone());
        provide_request(&services);
        if let Some(style_guide) = style_guide {
            provide_context(style_guide);
        }
    };
    // Without its route the style guide is an unknown address for every method.
    let routes =
        PAGES.iter().filter(|page| style_guide.is_some() || page.path() != StyleGuide::PATH).cloned().collect();
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    Router::new()
        .leptos_routes_with_context(&options, routes, context.clone(), shell)
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(context, app::shell))
        .with_state(options)
}

fn sign_in_and_out(auth: &Auth) -> Router {
    Router::new()
        .route("/auth/login", get(sign_in::login))
        .route("/auth/callback", get(sign_in::callback))
        .route("/auth/logout", post(logout::logout))
        .route("/language", post(language::choose))
        .route(origin::BACKCHANNEL_LOGOUT, post(logout::backchannel))
        .with_state(auth.clone())
}

fn activity(services: &Arc<Services>) -> Router {
    Router::new()
        .route("/activity/export", get(activity::export))
        .route("/activity/receipt/{id}", get(activity::receipt))
        .route("/activity/filters/save", post(activity::saved::save))
        .route("/activity/filters/remove", post(activity::saved::remove))
        .with_state(services.clone())
}

fn exports(services: &Arc<Services>) -> Router {
    Router::new()
        .route("/export/{form}", get(export::all))
        .route("/export/{form}/{id}", get(export::one))
        .with_state(services.clone())
}

fn tools(services: &Arc<Services>) -> Router {
    Router::new().route("/tools/accept", post(tools::accept)).with_state(services.clone())
}

fn access(services: &Arc<Services>) -> Router {
    Router::new()
        .route("/access/ask", post(access::ask))
        .route("/access/{id}/withdraw", post(access::withdraw))
        .route("/access/{id}/grant", post(access::grant))
        .route("/access/{id}/decline", post(access::decline))
        .route("/access/{id}/revoke", post(access::revoke))
        .with_state(services.clone())
}

fn answers(state: &AppState) -> Router {
    let AppState { services, auth, .. } = state.clone();
    let code = Router::new().route("/approve/{id}/code.svg", get(scan::code)).with_state(auth.clone());
    let own = Router::new()
        .route("/passkeys", get(passkeys::page))
        .route("/passkeys/enrol", post(passkeys::enrol))
        .route("/passkeys/options", post(passkeys::options))
        .route("/passkeys/revoke", post(passkeys::revoke))
        .with_state(passkeys::PasskeyState { services: services.clone(), auth });
    Router::new()
        .route("/approve", get(answers::list))
        .route("/approve/{id}", get(answers::page))
        .route("/approve/{id}/done", get(answers::done))
        .route("/approvals", get(answers::waiting_json))
        .route("/approvals/{id}", get(answers::question).post(answers::approve))
        .route("/approvals/{id}/decline", post(answers::decline))
        .route("/approvals/{id}/standing", post(standing::options))
        .route("/standing/revoke", post(standing::revoke))
        .with_state(services)
        .merge(code)
        .merge(own)
}

fn notifications(state: &AppState) -> Router {
    let AppState { services, auth, .. } = state.clone();
    let removing =
        Router::new().route("/notifications/remove", post(notifications::remove)).with_state(services.clone());
    Router::new()
        .route("/notifications/subscribe", post(notifications::subscribe))
        .with_state(notifications::SubscribeState { services, auth })
        .merge(removing)
}

fn accounts(state: &AppState) -> Router {
    let AppState { services, pending, .. } = state.clone();
    Router::new()
        .route("/connect", post(connect::wanted))
        .route("/auth/connect/callback", get(connect::callback))
        .route("/connections/connect", post(connections::connect))
        .route("/connections/disconnect", post(connections::disconnect))
        .with_state(Connect { services, pending })
}

fn health(services: &Arc<Services>) -> Router {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(services.clone())
}

/// Provides the context of pages and server functions. A signed-out request gets no backend.
fn provide_request(services: &Arc<Services>) {
    let parts = use_context::<axum::http::request::Parts>();
    let nonce = parts.as_ref().and_then(|parts| parts.extensions.get::<PageNonce>().cloned());
    let extension = |parts: &axum::http::request::Parts| {
        (parts.extensions.get::<Actor>().cloned(), parts.extensions.get::<SessionId>().copied())
    };
    let (actor, session) = parts.as_ref().map(extension).unwrap_or_default();
    let zone = parts.as_ref().map_or(Zone::UTC, |parts| Zone::of(&parts.headers));
    provide_context(zone.texts());
    provide_context(if actor.is_some() { Visitor::Known } else { Visitor::Unknown });
    if let Some(unsent) = parts.as_ref().and_then(|parts| parts.extensions.get::<UnsentMessage>().cloned()) {
        provide_context(unsent);
    }
    if let (Some(actor), Some(session)) = (actor, session) {
        let permissions = CallerPermissions::new(services.clone(), actor.clone(), zone.clone());
        provide_context::<Arc<dyn PermissionsBackend>>(Arc::new(permissions));
        provide_context::<Arc<dyn Backend>>(Arc::new(ForCaller::new(services.clone(), actor, session, zone)));
    }
    if let Some(PageNonce(nonce)) = nonce {
        provide_context(Nonce::from_value(nonce));
    }
}
