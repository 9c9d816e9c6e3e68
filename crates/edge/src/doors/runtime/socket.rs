//! `GET /ws`: a session over one WebSocket (RFC 6455). Each text frame is a prompt, and each is answered with the events of
//! the stream of `/invocations`, one after the other. The turns go on when the socket ends.
//! (docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-get-started-websocket.html)

mod entry;
mod frame;

use super::answer::{Following, left, place};
use super::telling::Told;
use super::{NAME, Session, ask, key_of};
use crate::backend::message::Message;
use crate::doors::DoorState;
use crate::doors::person::proved;
use crate::doors::refusal::Refusal;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use callers::Caller;
use frame::{Prompt, frames, refused};
use futures::StreamExt;
use futures::stream::BoxStream;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};
use turns::Place;

/// Largest frame and message that is read, in bytes (`AgentCore` quotas: 64 KB).
const LARGEST_FRAME: usize = 64 * 1024;

/// Most bytes that wait for a client that does not read.
const LARGEST_BACKLOG: usize = 256 * 1024;

/// Longest wait for a client that does not read.
const LONGEST_SEND: Duration = Duration::from_secs(20);

/// Longest wait for a client's own close.
const LONGEST_FAREWELL: Duration = Duration::from_secs(2);

/// Most prompts of a socket that are not answered yet.
const MOST_WAITING: usize = 20;

/// Most frames of a socket that are not accepted.
const MOST_REFUSED: usize = 32;

/// Beats after which a silent client, which does not even answer pings, has gone.
const SILENT_BEATS: u32 = 3;

/// `GET /ws`.
pub(super) async fn open(State(state): State<DoorState>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, _) = request.into_parts();
    // A page of a browser could open a socket without asking anybody.
    if parts.headers.contains_key(header::ORIGIN) {
        return Err(Refusal::Origin);
    }
    entry::token(&mut parts.headers)?;
    let caller = state.door.authorize(&parts).await?;
    let session = entry::session(&parts)?;
    let place = place(&state, &proved(&caller, NAME, &state)?.0)?;
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &state).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let id = HeaderValue::from_str(session.as_str());
    let own = Own { state, caller, session, _place: place };
    let mut answer = upgrade
        .protocols([entry::PROTOCOL])
        .max_message_size(LARGEST_FRAME)
        .max_frame_size(LARGEST_FRAME)
        .max_write_buffer_size(LARGEST_BACKLOG)
        .on_upgrade(|socket| Open::new(own, socket).run());
    if let Ok(id) = id {
        answer.headers_mut().insert(Session::HEADER, id);
    }
    Ok(answer)
}

/// The caller of a socket.
struct Own {
    state: DoorState,
    caller: Caller,
    session: Session,
    /// The place within the person's limit of streams.
    _place: Place,
}

/// An open socket.
struct Open {
    own: Own,
    socket: WebSocket,
    /// The answers, in the order of the prompts.
    answers: VecDeque<BoxStream<'static, Option<Told>>>,
    refused: usize,
    /// The time of the last frame of the client.
    heard: Instant,
    beats: Interval,
}

/// The reason for which a socket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client has gone, or does not read.
    Gone,
    Closing,
    Expired,
    TooBig,
    TooMuch,
}

/// The next thing that happens at a socket.
enum Step {
    Heard(Option<Result<Frame, axum::Error>>),
    Told(Option<Option<Told>>),
    Beat,
}

impl Open {
    fn new(own: Own, socket: WebSocket) -> Self {
        let beat = own.state.services.beat.0;
        let mut beats = interval(beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { own, socket, answers: VecDeque::new(), refused: 0, heard: Instant::now(), beats }
    }

    async fn run(mut self) {
        let closing = self.own.state.services.turns.closing().clone();
        let until = Instant::now() + left(self.own.caller.expires_at());
        let end = tokio::select! {
            biased;
            () = closing.cancelled() => End::Closing,
            // Whatever the token allowed ends with it.
            () = sleep_until(until) => End::Expired,
            end = self.serve() => end,
        };
        self.close(end).await;
    }

    async fn serve(&mut self) -> End {
        loop {
            let end = match self.step().await {
                Step::Heard(frame) => self.hear(frame).await,
                Step::Told(Some(told)) => self.tell(told).await,
                Step::Told(None) => {
                    self.answers.pop_front();
                    None
                }
                Step::Beat => self.beat().await,
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    async fn step(&mut self) -> Step {
        let Self { socket, answers, beats, .. } = self;
        let told = async {
            match answers.front_mut() {
                Some(answer) => answer.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            frame = socket.recv() => Step::Heard(frame),
            told = told => Step::Told(told),
            _ = beats.tick() => Step::Beat,
        }
    }

    async fn hear(&mut self, frame: Option<Result<Frame, axum::Error>>) -> Option<End> {
        self.heard = Instant::now();
        let refusal = match frame {
            None | Some(Ok(Frame::Close(_))) => return Some(End::Gone),
            Some(Err(error)) => return Some(if frame::is_too_big(&error) { End::TooBig } else { End::Gone }),
            Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => return None,
            Some(Ok(Frame::Text(text))) => self.ask(&text).await.err()?,
            Some(Ok(Frame::Binary(_))) => Refusal::Malformed("A frame must be text."),
        };
        self.refused += 1;
        if self.refused > MOST_REFUSED {
            return Some(End::TooMuch);
        }
        self.send(refused(&refusal)).await
    }

    async fn ask(&mut self, text: &str) -> Result<(), Refusal> {
        if self.answers.len() >= MOST_WAITING {
            return Err(Refusal::Malformed("Too many prompts wait for their answers."));
        }
        let Prompt { prompt, idempotency_key } = Prompt::parse(text)?;
        let (message, key) = (Message::parse(&prompt)?, key_of(idempotency_key.as_deref())?);
        let Own { state, caller, session, .. } = &self.own;
        let asked = ask(state, caller, session, message, key).await?;
        self.answers.push_back(Following::new(state, &asked, Duration::MAX).into_stream());
        Ok(())
    }

    async fn tell(&mut self, told: Option<Told>) -> Option<End> {
        match told {
            // Pings have a beat of their own, which does not stop between answers.
            None => return None,
            Some(Told::Error { kind: "expired" }) => return Some(End::Expired),
            Some(Told::Error { kind: "closing" }) => return Some(End::Closing),
            Some(told) => {
                for frame in frames(told) {
                    if let Some(end) = self.send(frame).await {
                        return Some(end);
                    }
                }
            }
        }
        None
    }

    async fn beat(&mut self) -> Option<End> {
        if self.heard.elapsed() > self.beats.period() * SILENT_BEATS {
            return Some(End::Gone);
        }
        self.put(Frame::Ping(axum::body::Bytes::new())).await
    }

    async fn send(&mut self, text: String) -> Option<End> {
        self.put(Frame::Text(text.into())).await
    }

    async fn put(&mut self, frame: Frame) -> Option<End> {
        match timeout(LONGEST_SEND, self.socket.send(frame)).await {
            Ok(Ok(())) => None,
            Ok(Err(_)) | Err(_) => Some(End::Gone),
        }
    }

    async fn close(mut self, end: End) {
        let (code, reason) = match end {
            End::Gone => (close_code::NORMAL, ""),
            End::Closing => (close_code::AWAY, "closing"),
            End::Expired => (close_code::POLICY, "expired"),
            End::TooBig => (close_code::SIZE, "too big"),
            End::TooMuch => (close_code::POLICY, "too many refused frames"),
        };
        let frame = Frame::Close(Some(CloseFrame { code, reason: reason.into() }));
        let farewell = async {
            // Read to the end: a connection that is dropped with unread bytes may lose this frame.
            if self.socket.send(frame).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        // A client that has gone does not notice.
        let _ = timeout(LONGEST_FAREWELL, farewell).await;
    }
}
