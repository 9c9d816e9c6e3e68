//! A human yes by CIBA (OpenID Connect Client-Initiated Backchannel Authentication 1.0), poll mode, as Auth0 speaks it:
//! the question goes to the person's phone as rich authorization details (RFC 9396) and as a binding message.
//! It must never know what is asked, nor decide whether a yes suffices: it says whose yes came, and to which question.

mod details;
mod evidence;
pub(crate) mod wire;

use crate::provider::Provider;
use crate::{RelyingParty, SERVICE, http};
use agent::Actor;
use agent::approval::Question;
use agent::ports::{Approver, AskError, Given, Millis, Seen, Ticket, Unavailable};
use async_trait::async_trait;
pub use details::Form;
use evidence::BadEvidence;
use secrecy::ExposeSecret;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use wire::{Acknowledged, Refused, Tokens};

/// The grant of the poll.
const GRANT: &str = "urn:openid:params:grant-type:ciba";

/// Added to the interval when the provider says `slow_down` (CIBA Core section 11).
const SLOWER: Duration = Duration::from_secs(5);

/// How a person is asked at the provider that they signed in with.
#[derive(Debug)]
pub struct Ciba {
    provider: Arc<RelyingParty>,
    /// Auth0's `audience`: the API that the details' type is registered with.
    audience: Option<String>,
    form: Form,
    http: reqwest::Client,
}

impl Ciba {
    /// Asks at the provider of `provider`, with its client.
    ///
    /// # Errors
    /// A sentence, when no HTTP client can be made.
    pub fn new(provider: Arc<RelyingParty>, audience: Option<String>, form: Form) -> Result<Self, String> {
        let http = http::client().map_err(|error| error.to_string())?;
        Ok(Self { provider, audience, form, http })
    }

    async fn start(&self, url: &str, actor: &Actor, question: &Question, now: Millis) -> Result<Ticket, AskError> {
        let config = self.provider.config();
        let hint = json!({ "format": "iss_sub", "iss": actor.issuer(), "sub": actor.subject() }).to_string();
        let expiry = ((question.until - now) / 1000).clamp(1, 300);
        let details = details::of(question, self.form).to_string();
        let expiry_text = expiry.to_string();
        let mut form = vec![
            ("client_id", config.client_id.as_str()),
            ("client_secret", config.client_secret.expose_secret()),
            ("scope", "openid"),
            ("login_hint", &hint),
            ("binding_message", &question.binding_message),
            ("requested_expiry", &expiry_text),
            ("authorization_details", &details),
        ];
        form.extend(self.audience.as_deref().map(|audience| ("audience", audience)));
        let answer = self.http.post(url).form(&form).send().await;
        let answer = answer.map_err(|error| failed(format!("backchannel request: {}", error.without_url())))?;
        match wire::read::<Acknowledged>(answer).await? {
            Ok(Acknowledged { auth_req_id, expires_in, interval }) => Ok(Ticket {
                handle: auth_req_id,
                interval_ms: interval.clamp(1, 60) * 1000,
                until: now + i64::from(expires_in.min(300)) * 1000,
            }),
            Err(refused) if refused.no_device() => Err(AskError::NoDevice),
            Err(refused) => Err(failed(format!("backchannel request: {refused}")).into()),
        }
    }

    async fn poll(&self, url: &str, ticket: &Ticket) -> Result<Result<Tokens, Refused>, Unavailable> {
        let config = self.provider.config();
        let form = [
            ("grant_type", GRANT),
            ("auth_req_id", &ticket.handle),
            ("client_id", &config.client_id),
            ("client_secret", config.client_secret.expose_secret()),
        ];
        let answer = self.http.post(url).form(&form).send().await;
        wire::read(answer.map_err(|error| failed(format!("poll: {}", error.without_url())))?).await
    }

    /// Whose yes the tokens are, and to which question.
    async fn judge(&self, tokens: &Tokens, question: &Question, now: Millis) -> Result<Seen, Unavailable> {
        let provider: &Provider = self.provider.provider();
        let client = &self.provider.config().client_id;
        let Some(id_token) = &tokens.id_token else { return Ok(invalid("there is no ID token")) };
        let claims = match evidence::verify(provider, client, id_token, question.asked / 1000, now / 1000).await {
            Ok(claims) => claims,
            Err(BadEvidence::Unavailable(error)) => return Err(error),
            Err(bad) => return Ok(invalid(&bad.to_string())),
        };
        let Some(returned) = &tokens.authorization_details else { return Ok(invalid("there are no details")) };
        if *returned != details::of(question, self.form) {
            return Ok(invalid("the details are not those that were asked about"));
        }
        let given = Given { issuer: claims.iss, subject: claims.sub, at: now };
        Ok(Seen::Yes { given, digest: question.digest.clone() })
    }
}

#[async_trait]
impl Approver for Ciba {
    async fn ask(&self, actor: &Actor, question: &Question, now: Millis) -> Result<Ticket, AskError> {
        let metadata = self.provider.provider().metadata().await?;
        let url = metadata.additional_metadata().backchannel_authentication_endpoint.as_ref();
        let url = url.ok_or_else(|| failed("the provider offers no backchannel authentication".to_owned()))?;
        self.start(url.as_str(), actor, question, now).await
    }

    async fn look(
        &self,
        _actor: &Actor,
        question: &Question,
        ticket: &Ticket,
        now: Millis,
    ) -> Result<Seen, Unavailable> {
        let metadata = self.provider.provider().metadata().await?;
        let url = metadata.token_endpoint().ok_or_else(|| failed("the provider has no token endpoint".to_owned()))?;
        let interval = Duration::from_millis(ticket.interval_ms);
        match self.poll(url.as_str(), ticket).await? {
            Ok(tokens) => self.judge(&tokens, question, now).await,
            Err(refused) => match refused.error.as_str() {
                "authorization_pending" => Ok(Seen::Pending { wait: interval }),
                "slow_down" => Ok(Seen::Pending { wait: (interval + SLOWER).max(refused.retry_after()) }),
                "too_many_requests" => Ok(Seen::Pending { wait: interval.max(refused.retry_after()) }),
                "access_denied" | "expired_token" => Ok(Seen::No),
                // A request that was answered is not known any more (CIBA Core section 11).
                "invalid_grant" => Ok(Seen::Gone),
                _ => Err(failed(format!("poll: {refused}"))),
            },
        }
    }
}

fn invalid(what: &str) -> Seen {
    Seen::Invalid { what: what.to_owned() }
}

fn failed(cause: String) -> Unavailable {
    Unavailable::new(SERVICE, cause)
}
