//! Approval by CIBA (OpenID Connect Client-Initiated Backchannel Authentication Core 1.0), poll mode.
//!
//! With Auth0 the request carries the whole action as rich authorization details (RFC 9396), and the answer must repeat
//! them. Other providers show only the binding message: the page then shows the action, the phone shows verb, target
//! and code, and the answer belongs to the question because it is the answer to this question's `auth_req_id`.

mod details;
mod message;

pub use details::DetailsForm;

use agent::Actor;
use agent::approval::{ApprovalEvidence, Channel, Question, SignedApproval};
use agent::ports::{Approver, AskError, Asking, EvidenceError, Millis, PollResult, Ticket, Unavailable};
use async_trait::async_trait;
use oidc::Claims;
use oidc::id_token::{self, Expected, InvalidIdToken};
use oidc::profile::{CibaDialect, LoginHint};
use oidc::{ErrorResponse, RelyingParty, SERVICE, TokenError, TokenResponse};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// `grant_type` of a poll (CIBA Core section 10.1).
const GRANT: &str = "urn:openid:params:grant-type:ciba";

/// Increase of the polling interval after `slow_down` (CIBA Core section 11).
const SLOWER: Duration = Duration::from_secs(5);

/// Longest lifetime of a request, in seconds. Auth0 sends requests with a longer one by e-mail.
const LONGEST_S: i64 = 300;

/// Largest `authorization_details`, in bytes (auth0.com/docs, "Authorization Code Flow with Rich Authorization Requests").
const LARGEST_DETAILS: usize = 5 * 1024;

/// The claim that binds an ID token to a request. Providers must include it only in push mode (CIBA Core section
/// 10.3.1).
const AUTH_REQ_ID: &str = "urn:openid:params:jwt:claim:auth_req_id";

/// Prompts people at the provider where they signed in, and nobody whom another issuer vouches for: by their name the
/// provider would ring the phone of somebody else.
#[derive(Debug)]
pub struct Ciba {
    provider: Arc<RelyingParty>,
    /// Auth0's `audience`: the API for which the details' type is registered.
    audience: Option<String>,
    form: DetailsForm,
}

/// The acknowledgement of a request (CIBA Core section 7.3).
#[derive(Deserialize)]
struct Acknowledgement {
    auth_req_id: String,
    expires_in: u32,
    #[serde(default = "default_interval")]
    interval: u64,
}

const fn default_interval() -> u64 {
    5
}

impl Ciba {
    /// Creates an approver at `provider`, with its client.
    #[must_use]
    pub const fn new(provider: Arc<RelyingParty>, audience: Option<String>, form: DetailsForm) -> Self {
        Self { provider, audience, form }
    }

    /// Returns whether the person is one of this provider.
    fn knows(&self, actor: &Actor) -> bool {
        self.provider.issuer() == actor.issuer()
    }

    fn dialect(&self) -> Result<&'static CibaDialect, Unavailable> {
        self.provider.profile().ciba.as_ref().ok_or_else(|| failed("the provider's profile has no CIBA".to_owned()))
    }

    /// Verifies the tokens that answer `question`, and determines whose approval they are.
    async fn judge(
        &self,
        tokens: TokenResponse,
        asking: &Asking<'_>,
        ticket: &Ticket,
        now: Millis,
    ) -> Result<PollResult, Unavailable> {
        let question = asking.question;
        let Some(id_token) = tokens.id_token else { return Ok(invalid("the answer has no ID token")) };
        let evidence = match ApprovalEvidence::new(id_token) {
            Ok(evidence) => evidence,
            Err(error) => return Ok(invalid(&error.to_string())),
        };
        let claims = match self.claims(&evidence, tokens.access_token.as_ref(), question, now).await {
            Ok(claims) => claims,
            Err(EvidenceError::Unavailable(error)) => return Err(error),
            Err(EvidenceError::Invalid(what)) => return Ok(PollResult::Invalid { what }),
        };
        if claims.text(AUTH_REQ_ID).is_some_and(|request| request != ticket.handle) {
            return Ok(invalid("the ID token answers another request"));
        }
        if self.dialect()?.details {
            match &tokens.authorization_details {
                None => return Ok(invalid("the answer has no authorization details")),
                Some(returned) if *returned != details::of(question, self.form) => {
                    return Ok(invalid("the authorization details differ from the question"));
                }
                Some(_) => {}
            }
        }
        let subject = claims.text("sub").unwrap_or_default().to_owned();
        let issuer = self.provider.issuer().to_owned();
        // The person is the actor, or the approval is refused, so the principal is theirs.
        let given =
            SignedApproval { issuer, subject, ..SignedApproval::of(asking.actor, Channel::Ciba, now, evidence) };
        Ok(PollResult::Approved { given, digest: question.digest.clone() })
    }

    /// Returns the claims of an ID token that was received at `now`, if it can be evidence of an answer to `question`.
    async fn claims(
        &self,
        evidence: &ApprovalEvidence,
        access_token: Option<&SecretString>,
        question: &Question,
        now: Millis,
    ) -> Result<Claims, EvidenceError> {
        let expected = Expected {
            client_id: &self.provider.client().id,
            other_audiences: self.provider.other_audiences(),
            nonce: None,
            access_token,
            // An older token is evidence of another approval.
            issued_after: Some(question.asked / 1000),
            now: now / 1000,
        };
        let claims = match id_token::verify(self.provider.discovery(), evidence.signed(), expected).await {
            Ok(claims) => claims,
            Err(InvalidIdToken::Unavailable(error)) => return Err(error.into()),
            Err(refused) => return Err(EvidenceError::Invalid(refused.to_string())),
        };
        // A request for approval carries no nonce, while a sign-in does. This assumes that no supported provider adds
        // one of its own.
        if claims.text("nonce").is_some() {
            return Err(EvidenceError::Invalid("the ID token comes from a sign-in".to_owned()));
        }
        Ok(claims)
    }
}

/// The person in the form that `login_hint` requires.
fn login_hint(dialect: &CibaDialect, actor: &Actor) -> Result<String, Unavailable> {
    match dialect.login_hint {
        LoginHint::IssuerAndSubject => {
            Ok(json!({ "format": "iss_sub", "iss": actor.issuer(), "sub": actor.subject() }).to_string())
        }
        LoginHint::Username => {
            let username = actor.username().map(str::to_owned);
            username.ok_or_else(|| failed("the sign-in has no user name for login_hint".to_owned()))
        }
    }
}

#[async_trait]
impl Approver for Ciba {
    async fn is_offered(&self, actor: &Actor) -> Result<bool, Unavailable> {
        Ok(self.knows(actor) && self.provider.support().await?.approval)
    }

    async fn ask(&self, asking: &Asking<'_>, now: Millis) -> Result<Ticket, AskError> {
        let Asking { actor, question, .. } = *asking;
        if !self.knows(actor) {
            return Err(AskError::NoDevice);
        }
        let metadata = self.provider.discovery().metadata().await?;
        let url = metadata.additional_metadata().backchannel_authentication_endpoint.as_ref();
        let url = url.ok_or_else(|| failed("the provider offers no backchannel authentication".to_owned()))?;
        let dialect = self.dialect()?;
        let hint = login_hint(dialect, actor)?;
        let message = message::fitting(&question.binding_message, &question.code(), dialect.binding_message);
        let expiry = ((question.until - now) / 1000).clamp(1, LONGEST_S).to_string();
        let mut form = vec![
            ("scope", "openid"),
            ("login_hint", &hint),
            ("binding_message", &message),
            (dialect.expiry_parameter, &expiry),
        ];
        let details = dialect.details.then(|| details::of(question, self.form).to_string());
        if let Some(details) = &details {
            if details.len() > LARGEST_DETAILS {
                return Err(failed(format!("the details have {} bytes, more than Auth0 accepts", details.len())).into());
            }
            form.push(("authorization_details", details));
            form.extend(self.audience.as_deref().map(|audience| ("audience", audience)));
        }
        match self.provider.post::<Acknowledgement>(url, &form).await {
            Ok(Acknowledgement { auth_req_id, expires_in, interval }) => Ok(Ticket {
                handle: auth_req_id,
                interval_ms: interval.clamp(1, 60) * 1000,
                until: now + i64::from(expires_in.min(300)) * 1000,
                page: None,
                channels: Vec::new(),
            }),
            Err(TokenError::Refused(refused)) if cannot_be_asked(&refused) => Err(AskError::NoDevice),
            Err(error) => Err(error.into_unavailable(SERVICE, "backchannel request").into()),
        }
    }

    async fn poll(
        &self,
        asking: &Asking<'_>,
        ticket: &Ticket,
        _received: &[SignedApproval],
        now: Millis,
    ) -> Result<PollResult, Unavailable> {
        let interval = Duration::from_millis(ticket.interval_ms);
        let form = [("grant_type", GRANT), ("auth_req_id", ticket.handle.as_str())];
        let refused = match self.provider.token(&form).await {
            Ok(tokens) => return self.judge(tokens, asking, ticket, now).await,
            Err(TokenError::Refused(refused)) => refused,
            Err(TokenError::Unavailable(error)) => return Err(error),
        };
        // A rejection of the client says nothing about the person's answer.
        if refused.refuses_client() {
            return Err(failed(format!("poll: the provider refuses the client: {refused}")));
        }
        match refused.error.as_str() {
            "authorization_pending" => Ok(PollResult::Pending { wait: interval }),
            "slow_down" => Ok(PollResult::Pending { wait: (interval + SLOWER).max(refused.retry_after()) }),
            "too_many_requests" => Ok(PollResult::Pending { wait: interval.max(refused.retry_after()) }),
            "access_denied" => Ok(PollResult::NotApproved),
            "expired_token" => Ok(PollResult::Expired),
            // The request was answered before and is no longer known (CIBA Core section 11).
            "invalid_grant" => Ok(PollResult::Gone),
            _ => Err(failed(format!("poll: {refused}"))),
        }
    }

    async fn verify(&self, asking: &Asking<'_>, approval: &SignedApproval) -> Result<(), EvidenceError> {
        let Asking { actor, question, .. } = *asking;
        // The token is short-lived. It must have been valid when it was received, within the time for an answer.
        let received = approval.at.min(question.until);
        let claims = self.claims(&approval.evidence, None, question, received).await?;
        let of_actor = self.knows(actor) && claims.text("sub") == Some(actor.subject());
        if of_actor { Ok(()) } else { Err(EvidenceError::Invalid("the ID token belongs to another person".to_owned())) }
    }
}

/// Returns whether the provider has no way to prompt this person: no enrolled device (Auth0 has no code for that), or
/// no such user according to the codes of CIBA Core section 13 and of Okta.
fn cannot_be_asked(refused: &ErrorResponse) -> bool {
    refused.mentions("No eligible notification channels")
        || ["unknown_user_id", "ciba_request_unknown_user_id"].contains(&refused.error.as_str())
}

fn invalid(what: &str) -> PollResult {
    PollResult::Invalid { what: what.to_owned() }
}

fn failed(cause: String) -> Unavailable {
    Unavailable::new(SERVICE, cause)
}
