//! The adversary: what the model, the service, or the network may do to a client, instead of answering well.
//! It must never be set off by words in a conversation alone: only by [`Bedrock::next`](crate::Bedrock::next),
//! [`Bedrock::always`](crate::Bedrock::always), [`Bedrock::obey`](crate::Bedrock::obey), and the sandbox-only route
//! `/_sandbox/mischief`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use crate::obedience::Obedience;
use crate::plan::Block;
use crate::script::Conversation;

/// One misbehaviour. In JSON a unit is its camelCase name, the others `{"say": […]}`, `{"gate":{"afterWords":5}}`.
///
/// What happens in mid-stream happens halfway through the answer. Converse has no stream: there a mid-stream
/// exception becomes the error itself, an early end or a cut leaves half of the body, and nonsense replaces it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Mischief {
    /// 429 `ThrottlingException`.
    Throttle429 {
        /// Seconds for the header `retry-after`; absent without it.
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
    /// A clean end of the stream before `messageStop`.
    EndBeforeMessageStop,
    /// The connection is cut in mid-stream.
    CutConnection,
    /// No answer, not even a status, for as long as the client waits.
    Silence,
    /// Half of the stream, then nothing for as long as the client waits.
    SilenceMidStream,
    /// A frame in mid-stream whose checksum is wrong.
    NonsenseFrames,
    /// A sound frame in mid-stream whose payload isn't JSON.
    NonsenseJson,
    /// An event in mid-stream that the service model doesn't have; the rest is as it should be.
    UnknownEvent,
    /// A call whose arguments aren't JSON. Converse answers `ModelErrorException`, for it can't carry them.
    MalformedToolInput,
    /// A call, and yet the stop reason `end_turn`.
    EndTurnWithToolUse,
    /// `<thinking>` before the answer, in the text.
    ThinkingText,
    /// Half of the answer, then the stop reason `max_tokens`.
    MaxTokens,
    /// The guardrail's words in place of the answer.
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
    /// These very blocks: the attacker writes every word, every call and every argument.
    Say(Vec<Block>),
    /// The scripted answer, which waits after some words until [`Bedrock::release`](crate::Bedrock::release).
    Gate {
        /// How many words are sent first. A shorter answer waits before its `messageStop`.
        after_words: usize,
    },
}

/// What to do next, and what to do always. Clones share it.
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

    /// How many recorded answers were not given.
    pub(crate) fn unobeyed(&self) -> usize {
        self.lock().obedience.as_ref().map_or(0, |obedience| obedience.answers.len())
    }

    pub(crate) fn clear(&self) {
        *self.lock() = Inner::default();
    }

    /// What befalls this request: the oldest queued mischief, else what the model obeys, else the standing one.
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
