//! `/authorize`: the authorization code flow with PKCE. Must not depend on tokens.

pub(crate) mod callback;
pub(crate) mod consent;
pub(crate) mod request;
pub(crate) mod sign_in;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use sandbox_kit::canary;

use crate::provider::Provider;
use crate::sessions::Session;
use crate::settings::Party;
use crate::store::{Authorization, Code, FreshCode, Store};
use crate::trace::Endpoint;
use crate::{pages, sessions};
use callback::Callback;
use request::{Prompt, Refusal, Request};

/// Lifetime of a sign-in page, in seconds.
const SIGN_IN_S: i64 = 3600;
/// Time for which a used code is kept to detect reuse, in seconds.
const USED_CODE_S: i64 = 86_400;

pub(crate) async fn authorize(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    provider.saw(Endpoint::Authorize);
    match request::read(&provider, query.as_deref().unwrap_or_default()) {
        Ok(request) => proceed(&provider, request, &headers),
        Err(Refusal::Page(what)) => pages::error(provider.settings(), &what),
        Err(Refusal::Callback { redirect_uri, state, error, description }) => {
            Callback::new(&provider, &redirect_uri, state.as_deref()).error(error, &description)
        }
    }
}

/// Issues a code at once if the browser has a suitable session, after the consent that a third party's client needs; otherwise
/// redirects to the sign-in page.
fn proceed(provider: &Provider, request: Request, headers: &HeaderMap) -> Response {
    let now = provider.now();
    let session = provider
        .store(|store| store.sessions.of(headers, now).filter(|session| will_do(session, &request, now)).cloned());
    match (session, request.prompt) {
        (Some(_), Prompt::None) if request.party == Party::Third => {
            Callback::of(provider, &request).error("consent_required", "Consent required")
        }
        (Some(session), _) if request.party == Party::Third => consent::ask(provider, request, &session.sub),
        (Some(_), _) => finish(provider, &request, headers),
        (None, Prompt::None) => Callback::of(provider, &request).error("login_required", "Login required"),
        (None, _) => {
            let id = canary::random(24);
            let page = provider.settings().url(&format!("u/login?state={id}"));
            provider.store(|store| store.sign_ins.insert(id, request, now + SIGN_IN_S, now));
            pages::redirect(&page)
        }
    }
}

fn will_do(session: &Session, request: &Request, now: i64) -> bool {
    let asked_again = matches!(request.prompt, Prompt::Login | Prompt::SelectAccount);
    let too_old = request.max_age.is_some_and(|age| age == 0 || now - session.auth_time > age);
    !asked_again && !too_old
}

/// Signs `sub` in with this browser and redirects to the client with a code, or to the consent page.
fn complete(provider: &Provider, request: Request, headers: &HeaderMap, sub: &str) -> Response {
    let now = provider.now();
    let (code, cookie) = provider.store(|store| {
        let (session, cookie) = store.sessions.sign_in(headers, sub, now);
        let authorization = (request.party == Party::First).then(|| begin(session, &request));
        (authorization.map(|authorization| keep(provider, store, &request, authorization)), cookie)
    });
    let answer = match code {
        Some(code) => Callback::of(provider, &request).code(&code),
        None => consent::ask(provider, request, sub),
    };
    pages::with_cookie(answer, &sessions::set_cookie(&cookie, &provider.settings().issuer))
}

/// Redirects to the client with a code for the person who is signed in with this browser.
fn finish(provider: &Provider, request: &Request, headers: &HeaderMap) -> Response {
    let now = provider.now();
    let code = provider.store(|store| {
        let authorization = begin(store.sessions.of(headers, now)?, request);
        Some(keep(provider, store, request, authorization))
    });
    match code {
        Some(code) => Callback::of(provider, request).code(&code),
        None => Callback::of(provider, request).error("login_required", "Login required"),
    }
}

fn begin(session: &mut Session, request: &Request) -> Authorization {
    session.clients.insert(request.client.clone());
    Authorization {
        id: canary::random(16),
        client: request.client.clone(),
        sub: session.sub.clone(),
        sid: Some(session.sid.clone()),
        auth_time: request.max_age.map(|_| session.auth_time),
        audience: request.audience.clone(),
        scopes: request.scopes.clone(),
    }
}

fn keep(provider: &Provider, store: &mut Store, request: &Request, authorization: Authorization) -> String {
    let now = provider.now();
    let code = canary::secret("code");
    let fresh = FreshCode {
        authorization,
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        expires_at: now + provider.settings().code_lifetime_s,
    };
    store.codes.insert(code.clone(), Code::Fresh(fresh.into()), now + USED_CODE_S, now);
    code
}
