//! The adversary: misbehaviour of the model, the service or the network towards a client. Words in a conversation
//! alone must never trigger it; only [`Bedrock::next`](crate::Bedrock::next),
//! [`Bedrock::always`](crate::Bedrock::always), [`Bedrock::obey`](crate::Bedrock::obey) and the sandbox-only route
//! `/_sandbox/mischief` do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use crate::obedience::Obedience;
use crate::plan::Block;
use crate::script::Conversation;

/// One misbehaviour. In JSON, a unit variant is its camelCase name; the others are objects such as `{"say": […]}` or
/// `{"gate":{"afterWords":5}}`.
///
/// Mid-stream misbehaviour happens halfway through the answer. Converse has no stream: there a mid-stream exception
/// becomes the error itself, and an early end, a cut or an invalid frame or payload leaves half of the body.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Mischief {
    /// 429 `ThrottlingException`.
    Throttle429 {
        /// Value of the header `retry-after`, in seconds; without it the header is absent.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// 500 `InternalServerException`.
    Internal500,
    /// 503 `ServiceUnavailableException`.
    ServiceUnavailable503,
    /// 403 `AccessDeniedException`.
    Forbidden403,
    /// 400 `ValidationException`: the input is too long.
    ContextOverflow,
    /// The exception `throttlingException` in mid-stream.
    ThrottleMidStream,
    /// The exception `internalServerException` in mid-stream.
    InternalMidStream,
    /// The stream ends cleanly before `messageStop`.
    EndBeforeMessageStop,
    /// The connection breaks in mid-stream.
    CutConnection,
    /// No response, not even a status, for as long as the client waits.
    Silence,
    /// Half of the stream, then no more data for as long as the client waits.
    SilenceMidStream,
    /// A mid-stream frame with a wrong checksum.
    NonsenseFrames,
    /// A valid mid-stream frame whose payload isn't JSON.
    NonsenseJson,
    /// A mid-stream event that the service model doesn't define; the rest of the stream is correct.
    UnknownEvent,
    /// A tool call whose arguments aren't JSON. Converse cannot carry them and answers `ModelErrorException`.
    MalformedToolInput,
    /// A tool call with the stop reason `end_turn`.
    EndTurnWithToolUse,
    /// A `<thinking>` element in the text before the answer.
    ThinkingText,
    /// Half of the answer, then the stop reason `max_tokens`.
    MaxTokens,
    /// The guardrail's message in place of the answer.
    GuardrailIntervened,
    /// Half of the answer, then the stop reason `content_filtered`.
    ContentFiltered,
    /// Half of the answer, then the stop reason `malformed_model_output`.
    MalformedModelOutput,
    /// Half of the answer, then the stop reason `malformed_tool_use`.
    MalformedToolUse,
    /// Half of the answer, then the stop reason `model_context_window_exceeded`.
    ContextWindowExceeded,
    /// A message without content.
    EmptyMessage,
    /// Exactly these blocks: the attacker controls every word, every tool call and every argument.
    Say(Vec<Block>),
    /// The scripted answer, which pauses after some words until [`Bedrock::release`](crate::Bedrock::release).
    Gate {
        /// Number of words sent before the pause. A shorter answer pauses before its `messageStop`.
        after_words: usize,
    },
}

/// The queued and the standing mischief, and the answers of the obedient model. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    next: VecDeque<Mischief>,
    obedience: Option<Obedience>,
    standing: Option<Mischief>,
}

impl Queue {
    pub(crate) fn push(&self, mischief: Mischief) {
        self.lock().next.push_back(mischief);
    }

    pub(crate) fn stand(&self, mischief: Option<Mischief>) {
        self.lock().standing = mischief;
    }

    pub(crate) fn obey(&self, obedience: Obedience) {
        self.lock().obedience = Some(obedience);
    }

    /// Returns the number of recorded answers that have not been given yet.
    pub(crate) fn unobeyed(&self) -> usize {
        self.lock().obedience.as_ref().map_or(0, |obedience| obedience.answers.len())
    }

    pub(crate) fn clear(&self) {
        *self.lock() = Inner::default();
    }

    /// Returns the mischief for this request: the oldest queued one, else an answer of the obedient model, else the
    /// standing one.
    pub(crate) fn take(&self, conversation: &Conversation<'_>) -> Option<Mischief> {
        let mut inner = self.lock();
        if let Some(mischief) = inner.next.pop_front() {
            return Some(mischief);
        }
        let obeyed = inner.obedience.as_mut().and_then(|obedience| obedience.answer(conversation));
        obeyed.map(Mischief::Say).or_else(|| inner.standing.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
