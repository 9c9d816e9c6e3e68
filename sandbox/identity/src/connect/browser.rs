//! The browser's part of connecting an account: the third party's consent page and the redirect with a code.
//! Must redirect only to the URL validated at the start.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use sandbox_kit::canary;
use url::Url;

use super::{Connecting, Stage};
use crate::http::{self, Params};
use crate::pages::connect::Question;
use crate::provider::Provider;
use crate::settings::ThirdPartyAccount;
use crate::store::Store;
use crate::trace::Endpoint;
use crate::{pages, sessions};

/// Cookie that binds the consent page to one browser.
const COOKIE: &str = "connect";
const OVER: &str = "This link has expired. Go back to the application and connect the account again.";
const ELSEWHERE: &str = "This link was opened in another browser.";

pub(super) async fn page(State(provider): State<Provider>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    provider.saw(Endpoint::Connect);
    let settings = provider.settings();
    let query = Params::form(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let ticket = query.get("ticket").unwrap_or_default();
    let (connecting, cookie) = match open(&provider, ticket, &headers) {
        Ok(found) => found,
        Err(why) => return pages::error(settings, why),
    };
    let client = settings.client(&connecting.client);
    let person = settings.people.by_sub(&connecting.sub);
    let (Some(connection), Some(client), Some(person)) = (settings.connection(&connecting.connection), client, person)
    else {
        return pages::error(settings, OVER);
    };
    if let Some(unknown) = connecting.scopes.iter().find(|scope| !connection.scopes.iter().any(|own| own == scope)) {
        let what = format!("{} does not support the scope {unknown}", connection.title);
        provider.store(|store| fail(store, ticket, provider.now()));
        return back(&provider, &connecting, &[("error", "invalid_scope"), ("error_description", &what)]);
    }
    let accounts = accounts_here(&provider, &connecting, &headers);
    let question = Question { client, connection, person, scopes: &connecting.scopes, accounts: &accounts, ticket };
    let answer = question.show(settings, &connecting.redirect_uri);
    pages::with_cookie(answer, &cookie)
}

pub(super) async fn answer(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    provider.saw(Endpoint::Connect);
    let settings = provider.settings();
    let form = Params::form_alone(&headers, &body).unwrap_or_default();
    let ticket = form.get("ticket").unwrap_or_default();
    let connecting = match open(&provider, ticket, &headers) {
        // Reject an answer from a browser that has not loaded the consent page.
        Ok((connecting, _)) if http::cookie(&headers, COOKIE).is_some() => connecting,
        Ok(_) => return pages::error(settings, ELSEWHERE),
        Err(why) => return pages::error(settings, why),
    };
    if form.get("action") != Some("allow") {
        provider.store(|store| fail(store, ticket, provider.now()));
        let denied = [("error", "access_denied"), ("error_description", "The user denied the request")];
        return back(&provider, &connecting, &denied);
    }
    let accounts = accounts_here(&provider, &connecting, &headers);
    let Some(account) = accounts.iter().find(|account| form.get("account") == Some(account.id.as_str())) else {
        return pages::error(settings, "You are not signed in there with this account.");
    };
    // At most 46 characters, Auth0's maximum.
    let code = format!("cc_{}_{}", canary::MARK, canary::random(18));
    let allowed = Stage::Allowed { code: code.clone(), account: account.id.clone() };
    provider.store(|store| set_stage(store, ticket, allowed, provider.now()));
    back(&provider, &connecting, &[("connect_code", &code)])
}

/// Finds the open connection for this ticket and binds it to the first browser that opens it. Returns the binding
/// cookie.
fn open(provider: &Provider, ticket: &str, headers: &HeaderMap) -> Result<(Connecting, String), &'static str> {
    let now = provider.now();
    let sent = http::cookie(headers, COOKIE).map(str::to_owned);
    provider.store(|store| {
        let by_ticket = |connecting: &Connecting| connecting.ticket == ticket && connecting.stage == Stage::Open;
        let (_, connecting) = store.connecting.find(by_ticket, now).ok_or(OVER)?;
        if connecting.browser.is_some() && connecting.browser != sent {
            return Err(ELSEWHERE);
        }
        let value = connecting.browser.get_or_insert_with(|| sent.unwrap_or_else(|| canary::random(24)));
        let cookie = sessions::cookie(COOKIE, value, super::LIFETIME_S, &provider.settings().issuer);
        Ok((connecting.clone(), cookie))
    })
}

/// Returns the third-party accounts available in this browser: those of the person signed in to the provider, otherwise
/// those of the person who started the connection. Only the client can ensure that the two are the same person.
fn accounts_here(provider: &Provider, connecting: &Connecting, headers: &HeaderMap) -> Vec<ThirdPartyAccount> {
    let now = provider.now();
    let here = provider.store(|store| store.sessions.of(headers, now).map(|session| session.sub.clone()));
    let sub = here.unwrap_or_else(|| connecting.sub.clone());
    let connection = provider.settings().connection(&connecting.connection);
    connection.map(|connection| connection.accounts_of(&sub).cloned().collect()).unwrap_or_default()
}

fn fail(store: &mut Store, ticket: &str, now: i64) {
    set_stage(store, ticket, Stage::Failed, now);
}

fn set_stage(store: &mut Store, ticket: &str, stage: Stage, now: i64) {
    if let Some((_, connecting)) = store.connecting.find(|connecting| connecting.ticket == ticket, now) {
        connecting.stage = stage;
    }
}

fn back(provider: &Provider, connecting: &Connecting, answer: &[(&str, &str)]) -> Response {
    let Ok(mut url) = Url::parse(&connecting.redirect_uri) else {
        return pages::error(provider.settings(), OVER);
    };
    let state = connecting.state.as_deref().map(|state| ("state", state));
    url.query_pairs_mut().extend_pairs(answer.iter().copied().chain(state));
    pages::redirect(url.as_str())
}
