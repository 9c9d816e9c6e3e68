//! MCP's Streamable HTTP beneath the SDK: one token, one address, limited answers, no redirects. It must not interpret
//! messages, except the discovery that an older server rejects.

use crate::body;
use crate::error::Cause;
use crate::stream;
use futures::stream::BoxStream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::{RequestBuilder, Response};
use rmcp::model::{ClientJsonRpcMessage, ClientRequest, ErrorData, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
};
use secrecy::{ExposeSecret, SecretString};
use sse_stream::Sse;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Longest body of a refusal that is read, in bytes.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// Longest session id that is sent back, in bytes.
const LONGEST_SESSION: usize = 256;

/// Most times that one stream is resumed. The time limit of the call applies in any case.
const MOST_RESUMPTIONS: usize = 20;

const SESSION: &str = "mcp-session-id";

type Answered = Result<StreamableHttpPostResponse, StreamableHttpError<Cause>>;

/// The HTTP access with one token to one server. The token is sent only in its header.
#[derive(Clone)]
pub(crate) struct Wire {
    http: reqwest::Client,
    token: SecretString,
    longest: usize,
    deepest: usize,
    /// The last failure, kept here because the SDK passes errors on only as text.
    fault: Arc<Mutex<Option<Cause>>>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

impl Wire {
    pub(crate) fn new(http: reqwest::Client, token: SecretString, longest: usize, deepest: usize) -> Self {
        Self { http, token, longest, deepest, fault: Arc::default() }
    }

    /// Takes the last failure.
    pub(crate) fn fault(&self) -> Option<Cause> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn exchange(
        &self,
        uri: &str,
        message: &ClientJsonRpcMessage,
        session: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Cause> {
        let (sent, again) = (session, headers.clone());
        let body = serde_json::to_vec(message).map_err(|_| Cause::Unreadable)?;
        let request = self.http.post(uri).header(header::CONTENT_TYPE, "application/json").body(body);
        let answer = self.send(request, session, headers).await?;
        let status = answer.status();
        if matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        let id = match message {
            ClientJsonRpcMessage::Request(request) => request.id.clone(),
            // Nobody waits for the answer to a notification.
            _ if status.is_success() => return Ok(StreamableHttpPostResponse::Accepted),
            _ if status == StatusCode::NOT_FOUND && session.is_some() => return Err(Cause::Forgotten),
            _ => return Err(refusal(status)),
        };
        if !status.is_success() {
            return self.refused(answer, message, id, session).await;
        }
        let session = session_of(answer.headers());
        let message = match content_type(answer.headers()) {
            Some("application/json") => self.message(&body::whole(answer, self.longest).await?)?,
            Some("text/event-stream") => self.streamed(uri, answer, sent, again).await?,
            _ => return Err(Cause::Unreadable),
        };
        Ok(StreamableHttpPostResponse::Json(message, session))
    }

    /// Reads the answer from a stream, and resumes the stream if the server ends it early: a server may close a stream
    /// that it can continue, and expect the client to reconnect (2025-11-25, basic/transports). Resuming does not
    /// repeat the request.
    async fn streamed(
        &self,
        uri: &str,
        mut answer: Response,
        session: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<ServerJsonRpcMessage, Cause> {
        let mut left = self.longest;
        for _ in 0..MOST_RESUMPTIONS {
            let broken = match stream::first_event(answer, &mut left, |data| self.answer_in(data)).await {
                Ok(message) => return Ok(message),
                Err(broken) => broken,
            };
            let Some((resume, session)) = broken.resume.zip(session) else { return Err(broken.cause) };
            tokio::time::sleep(resume.wait).await;
            let request = self.http.get(uri).header("last-event-id", resume.after);
            answer = self.send(request, Some(session), headers.clone()).await?;
            // A server that cannot continue after all may say so in many ways, and each means that the answer is lost.
            if answer.status() != StatusCode::OK || content_type(answer.headers()) != Some("text/event-stream") {
                return Err(Cause::Cut);
            }
        }
        Err(Cause::Cut)
    }

    async fn send(
        &self,
        request: RequestBuilder,
        session: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<Response, Cause> {
        let mut request = request
            .header(header::ACCEPT, "application/json, text/event-stream")
            .bearer_auth(self.token.expose_secret());
        // A schema may map arguments to headers; none of those may replace a header of this client.
        for (name, value) in headers.into_iter().filter(|(name, _)| name.as_str().starts_with("mcp-")) {
            request = request.header(name, value);
        }
        if let Some(session) = session {
            request = request.header(SESSION, session);
        }
        request.send().await.map_err(|error| match egress::reason(&error) {
            Some(reason) => Cause::Egress(reason),
            None if error.is_connect() || error.is_builder() => Cause::Unreachable,
            None if error.is_timeout() => Cause::Late,
            None => Cause::Cut,
        })
    }

    /// Handles an unsuccessful status: returns the JSON-RPC error in the body if there is one, because a gateway's
    /// policy denies with 403.
    async fn refused(
        &self,
        answer: Response,
        message: &ClientJsonRpcMessage,
        id: RequestId,
        session: Option<&str>,
    ) -> Result<StreamableHttpPostResponse, Cause> {
        let status = answer.status();
        if status == StatusCode::UNAUTHORIZED || !status.is_client_error() {
            return Err(refusal(status));
        }
        let json = content_type(answer.headers()) == Some("application/json");
        let body = if json { body::whole(answer, LONGEST_REFUSAL).await? } else { Vec::new() };
        let discovering = matches!(message, ClientJsonRpcMessage::Request(own)
            if matches!(own.request, ClientRequest::DiscoverRequest(_)));
        let error = match self.message(&body) {
            // An error in a tool's name or arguments says nothing about the session.
            Ok(ServerJsonRpcMessage::Error(own)) if matches!(own.error.code.0, -32602 | -32601) => own.error,
            // 404 to a request with a session id means that the session does not exist (2025-11-25, basic/transports),
            // whatever the body says.
            _ if status == StatusCode::NOT_FOUND && session.is_some() => return Err(Cause::Forgotten),
            Ok(ServerJsonRpcMessage::Error(own)) => own.error,
            // An older server does not know discovery and may reject it with any body.
            _ if discovering && session.is_none() && status != StatusCode::FORBIDDEN => {
                ErrorData::invalid_request("discovery was refused", None)
            }
            _ => return Err(refusal(status)),
        };
        Ok(StreamableHttpPostResponse::Json(ServerJsonRpcMessage::error(error, Some(id)), None))
    }

    /// Returns the answer in an event. Other messages of the server are ignored.
    fn answer_in(&self, data: &[u8]) -> Result<Option<ServerJsonRpcMessage>, Cause> {
        let message = self.message(data)?;
        let answers = matches!(message, ServerJsonRpcMessage::Response(_) | ServerJsonRpcMessage::Error(_));
        Ok(answers.then_some(message))
    }

    fn message(&self, json: &[u8]) -> Result<ServerJsonRpcMessage, Cause> {
        if !untrusted::shallow(json, self.deepest) {
            return Err(Cause::TooDeep);
        }
        serde_json::from_slice(json).map_err(|_| Cause::Unreadable)
    }
}

impl StreamableHttpClient for Wire {
    type Error = Cause;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _token: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Answered {
        self.exchange(&uri, &message, session.as_deref(), headers).await.map_err(|cause| {
            *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(cause.clone());
            StreamableHttpError::Client(cause)
        })
    }

    /// Ignores the status of the answer: the client drops the session in any case, and at the server it expires.
    async fn delete_session(
        &self,
        uri: Arc<str>,
        session: Arc<str>,
        _token: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), StreamableHttpError<Cause>> {
        let sent = self.send(self.http.delete(&*uri), Some(&session), headers).await;
        sent.map(drop).map_err(StreamableHttpError::Client)
    }

    /// Does not open the server's own stream, because unsolicited messages are not wanted.
    async fn get_stream(
        &self,
        _uri: Arc<str>,
        _session: Option<Arc<str>>,
        _last_event: Option<String>,
        _token: Option<String>,
        _headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, StreamableHttpError<Cause>> {
        Err(StreamableHttpError::ServerDoesNotSupportSse)
    }
}

fn refusal(status: StatusCode) -> Cause {
    match status {
        StatusCode::UNAUTHORIZED => Cause::Unauthorized,
        StatusCode::FORBIDDEN => Cause::Forbidden,
        status if status.is_redirection() => Cause::Redirected,
        status => Cause::Status(status.as_u16()),
    }
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next().map(str::trim)
}

fn session_of(headers: &HeaderMap) -> Option<String> {
    let session = headers.get(SESSION)?.to_str().ok()?;
    (session.len() <= LONGEST_SESSION).then(|| session.to_owned())
}
