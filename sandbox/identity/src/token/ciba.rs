//! The CIBA grant: answers polls until the person has decided, then issues the tokens once.
//! Must not depend on how a push is displayed.

use axum::body::Body;
use axum::response::Response;
use futures::StreamExt;
use sandbox_kit::canary;

use crate::adversary::RefusalOrder;
use crate::ciba::Request;
use crate::ciba::pushes::Poll;
use crate::http::Params;
use crate::provider::Provider;
use crate::settings::{Client, Grant};
use crate::store::Authorization;
use crate::token::error::TokenError;
use crate::token::families::Family;
use crate::token::issue::{self, Issue};
use crate::token::refused;

pub(super) const PARAMETERS: [&str; 1] = ["auth_req_id"];

pub(super) fn poll(provider: &Provider, client: &Client, params: &Params) -> Result<Response, TokenError> {
    let auth_req_id = params.get("auth_req_id").ok_or_else(|| TokenError::missing("auth_req_id"))?;
    let poll = PollUnderWay::enter(provider, client, auth_req_id);
    let answer = poll.answer(client).unwrap_or_else(|refusal| refused(provider, refusal));
    Ok(poll.send(answer))
}

/// A poll from its arrival until its response is sent completely. Concurrent polls for one `auth_req_id` are a protocol
/// violation.
struct PollUnderWay {
    provider: Provider,
    client: String,
    auth_req_id: String,
}

impl PollUnderWay {
    fn enter(provider: &Provider, client: &Client, auth_req_id: &str) -> Self {
        for sin in provider.store(|store| store.pushes.enter(auth_req_id, &client.id)) {
            provider.sin(format!("/oauth/token: {sin}"));
        }
        Self { provider: provider.clone(), client: client.id.clone(), auth_req_id: auth_req_id.to_owned() }
    }

    fn answer(&self, client: &Client) -> Result<Response, TokenError> {
        let Self { provider, auth_req_id, .. } = self;
        let statuses = provider.settings().ciba.poll_statuses;
        let now_ms = provider.now_ms();
        if let Some(early) = provider.store(|store| store.pushes.too_early(auth_req_id, &client.id, now_ms)) {
            let refusal = TokenError::slow_down(statuses, early.interval_s);
            // A restarted client may poll too early once; by the second time it has received `slow_down`.
            let told = early.times > 1;
            return Err(if told { refusal.blame("polling is still too fast after slow_down") } else { refusal });
        }
        self.obey(client)?;
        match provider.store(|store| store.pushes.settle(auth_req_id, &client.id, now_ms)) {
            Poll::Approved { request, at_s } => tokens(provider, client, *request, at_s),
            Poll::Pending => Err(TokenError::authorization_pending(statuses)),
            Poll::Refused => Err(TokenError::denied_or_expired(statuses)),
            Poll::Unknown | Poll::Redeemed => Err(TokenError::invalid_auth_req_id(statuses)),
        }
    }

    /// Refuses a valid poll if the adversary says so.
    fn obey(&self, client: &Client) -> Result<(), TokenError> {
        let Self { provider, auth_req_id, .. } = self;
        let settings = provider.settings().ciba;
        let (now, now_ms) = (provider.now(), provider.now_ms());
        let Some(order) = provider.adversary().refusal() else { return Ok(()) };
        Err(match order {
            RefusalOrder::ServerError => TokenError::server_error(),
            RefusalOrder::Throttle => {
                let seconds = 2 * settings.interval_s;
                provider.store(|store| store.pushes.delay(auth_req_id, &client.id, seconds, now_ms));
                TokenError::too_many_requests(now + seconds).retry_after(seconds)
            }
            RefusalOrder::SlowDown => {
                match provider.store(|store| store.pushes.slow_down(auth_req_id, &client.id, now_ms)) {
                    Some(interval_s) => TokenError::slow_down(settings.poll_statuses, interval_s),
                    None => TokenError::invalid_auth_req_id(settings.poll_statuses),
                }
            }
            RefusalOrder::Refuse(error) => TokenError::ordered(settings.poll_statuses, error),
        })
    }

    /// Returns the response with the poll attached to its body, so that the poll ends after the last byte is sent.
    fn send(self, answer: Response) -> Response {
        let (parts, body) = answer.into_parts();
        let bytes = futures::stream::unfold((body.into_data_stream(), self), |(mut bytes, poll)| async move {
            let chunk = bytes.next().await?;
            Some((chunk, (bytes, poll)))
        });
        Response::from_parts(parts, Body::from_stream(bytes))
    }
}

impl Drop for PollUnderWay {
    fn drop(&mut self) {
        self.provider.store(|store| store.pushes.leave(&self.auth_req_id, &self.client));
    }
}

/// Issues the tokens for an approved push. They belong to no browser session.
fn tokens(provider: &Provider, client: &Client, request: Request, approved_at: i64) -> Result<Response, TokenError> {
    let authorization = Authorization {
        id: canary::random(16),
        client: request.client,
        sub: request.sub,
        sid: None,
        auth_time: Some(approved_at),
        audience: request.audience,
        scopes: request.scopes,
    };
    let scopes = &authorization.scopes;
    let refresh_token = scopes.has("offline_access").then(|| {
        let until = provider.now() + client.lifetimes.refresh_token_s;
        let family = Family::new(authorization.clone(), until);
        provider.store(|store| store.families.begin(family, canary::secret("rt")))
    });
    let issue = Issue {
        client,
        authorization: &authorization,
        scopes,
        nonce: None,
        gty: Some(Grant::Ciba.wire()),
        refresh_token,
        details: request.details.as_ref(),
    };
    issue::answer(provider, &issue)
}
