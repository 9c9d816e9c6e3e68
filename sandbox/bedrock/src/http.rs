//! The routes, and the order of checks on a request: authentication, media type, model, body, context length; then the
//! answer. Must not contain validation rules of its own.

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use sandbox_kit::canary;
use serde_json::Value;

use crate::answer::{answer, usage};
use crate::bedrock::Bedrock;
use crate::fault::{Fault, Kind};
use crate::models::Family;
use crate::playback::stage::stage;
use crate::playback::steps::steps;
use crate::playback::stream::{Player, opened};
use crate::playback::{Stage, Twist};
use crate::reasoning::{Moment, think};
use crate::record::Recorded;
use crate::script::Conversation;
use crate::validate::Operation;
use crate::{auth, control, models, validate, wire};

/// Largest body that is read, in bytes. It exceeds Bedrock's own limit, so that a request beyond the model's context
/// gets the error for that.
const BODY_LIMIT: usize = 32 << 20;

pub(crate) fn router(bedrock: Bedrock) -> Router {
    Router::new()
        .route("/model/{model_id}/converse", post(converse))
        .route("/model/{model_id}/converse-stream", post(converse_stream))
        .merge(control::router())
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(middleware::from_fn(identified))
        .layer(DefaultBodyLimit::disable())
        .with_state(bedrock)
}

async fn converse(
    State(bedrock): State<Bedrock>,
    Path(model): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let (started, mut gate) = (bedrock.clock.millis(), bedrock.gate());
    let asked = receive(&bedrock, &model, request, Operation::Converse).await?;
    let (plan, twist) = asked.stage(&bedrock).await?;
    if matches!(twist, Twist::Gate(_)) {
        opened(&mut gate).await;
    }
    let usage = usage(asked.tokens, &plan);
    answer(plan, &twist, &usage, (bedrock.clock.millis() - started).max(0))
}

async fn converse_stream(
    State(bedrock): State<Bedrock>,
    Path(model): Path<String>,
    request: Request,
) -> Result<Response, Fault> {
    let (started, gate) = (bedrock.clock.millis(), bedrock.gate());
    let asked = receive(&bedrock, &model, request, Operation::ConverseStream).await?;
    let (plan, twist) = asked.stage(&bedrock).await?;
    let usage = usage(asked.tokens, &plan);
    let steps = steps(&plan, twist).into();
    let player = Player { steps, pace: bedrock.settings.pace, clock: bedrock.clock, started, usage, gate };
    let body = Body::from_stream(player.play());
    Ok(([(CONTENT_TYPE, "application/vnd.amazon.eventstream")], body).into_response())
}

/// A request that passed all checks.
struct Asked {
    request: wire::Request,
    family: Family,
    tokens: usize,
}

impl Asked {
    async fn stage(&self, bedrock: &Bedrock) -> Result<(crate::Plan, Twist), Fault> {
        let conversation = Conversation::of(&self.request);
        match stage(bedrock.mischief.take(&conversation), &conversation) {
            Stage::Refuse(fault) => Err(fault),
            Stage::Hang => std::future::pending().await,
            Stage::Play(plan, twist) => {
                let plan = if self.family == Family::ClaudeThinking { think(plan, self.moment()) } else { plan };
                let limit = self.request.inference_config.as_ref().and_then(|config| config.max_tokens);
                let limit = limit.and_then(|tokens| usize::try_from(tokens).ok()).unwrap_or(usize::MAX);
                Ok((plan.limited(limit), twist))
            }
        }
    }

    /// Returns [`Moment::Asked`] if the last message holds text, that is, a message by the person.
    fn moment(&self) -> Moment {
        let blocks = self.request.messages.last().map(|message| message.content.as_slice()).unwrap_or_default();
        let said = blocks.iter().any(|block| matches!(block, wire::ContentBlock::Text(_)));
        if said { Moment::Asked } else { Moment::Informed }
    }
}

async fn receive(bedrock: &Bedrock, model_id: &str, request: Request, operation: Operation) -> Result<Asked, Fault> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| too_long())?;
    record(bedrock, model_id, &body, operation);
    let sin = |what: &str| bedrock.sins.commit("bedrock", what);
    auth::check(&parts, &body, bedrock.settings.credentials.as_ref()).map_err(|denied| {
        if let auth::Denied::Malformed(fault) = &denied {
            sin(&fault.to_string());
        }
        denied.fault()
    })?;
    let media_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let malformed = |message: String| {
        sin(&message);
        Fault::new(Kind::Validation, message)
    };
    if media_type.split(';').next().map(str::trim) != Some("application/json") {
        return Err(malformed(format!("The content-type must be application/json, not {media_type:?}.")));
    }
    let family = models::find(model_id)?;
    let request: wire::Request =
        serde_json::from_slice(&body).and_then(|_: wire::Request| sorted(&body)).map_err(|error| {
            malformed(format!("Malformed input request: {error}, please reformat your input and try again."))
        })?;
    validate::request(&request, family, operation).map_err(malformed)?;
    let tokens = body.len().div_ceil(4);
    if tokens > bedrock.settings.context_tokens {
        return Err(too_long());
    }
    Ok(Asked { request, family, tokens })
}

fn record(bedrock: &Bedrock, model_id: &str, body: &Bytes, operation: Operation) {
    let body =
        serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    let streaming = operation == Operation::ConverseStream;
    bedrock.records.push(Recorded { at: bedrock.clock.millis(), model_id: model_id.to_owned(), body, streaming });
}

fn too_long() -> Fault {
    Fault::new(Kind::Validation, "Input is too long for requested model.")
}

async fn unknown(State(bedrock): State<Bedrock>, request: Request) -> Fault {
    bedrock
        .sins
        .commit("bedrock", format!("requested the unknown operation {} {}", request.method(), request.uri().path()));
    Fault::new(Kind::UnknownOperation, "The requested operation is not recognized by the service.")
}

/// Adds an `x-amzn-requestid` to every response.
async fn identified(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(id) = HeaderValue::from_str(&canary::random(18)) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// Reads a request with the members of all objects in order. Senders write them in any order, since the SDK's documents have
/// none, and what the model says must not depend on it.
fn sorted(body: &[u8]) -> Result<wire::Request, serde_json::Error> {
    let mut value: Value = serde_json::from_slice(body)?;
    value.sort_all_objects();
    serde_json::from_value(value)
}
