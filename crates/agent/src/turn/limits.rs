//! The limits of a turn. A limit that ends a turn is shown to the person.

use std::time::Duration;

/// The limits of one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most answers of the model in one turn.
    pub steps: u32,
    /// Most calls in one turn.
    pub calls: u32,
    /// Most tokens in one answer of the model, including its thinking.
    pub tokens_per_answer: u32,
    /// Most bytes of text in one turn.
    pub written_bytes: usize,
    /// Longest time of a turn.
    pub time: Duration,
    /// Longest time of one call.
    pub call_time: Duration,
    /// Most bytes of reasoning in one answer of the model: its event must fit into one item of the store.
    pub reasoning_bytes: usize,
    /// Longest silence of the model, before its first byte and between two events of its stream.
    pub silence: Duration,
    /// Most bytes of arguments of one call.
    pub input_bytes: usize,
    /// Most bytes of a conversation that are sent to the model. Beyond it, older turns are omitted until half of this
    /// limit is free. A byte is about a quarter of a token; models with a smaller window report that themselves.
    pub history_bytes: usize,
    /// Most bytes of one tool result that are sent to the model.
    pub result_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 8,
            calls: 16,
            tokens_per_answer: 4096,
            written_bytes: 64 * 1024,
            time: Duration::from_secs(180),
            call_time: Duration::from_secs(20),
            reasoning_bytes: 192 * 1024,
            silence: Duration::from_secs(45),
            input_bytes: 16 * 1024,
            history_bytes: 384 * 1024,
            result_bytes: 32 * 1024,
        }
    }
}
