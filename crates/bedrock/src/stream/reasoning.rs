//! One block of a model's reasoning, assembled from its deltas.

use agent::ports::Reasoning;
use aws_sdk_bedrockruntime::types::ReasoningContentBlockDelta;

/// The pieces so far. A block consists of either text with a signature, or redacted bytes.
#[derive(Default)]
pub(super) struct Thought {
    text: String,
    signature: String,
    redacted: Vec<u8>,
}

impl Thought {
    /// Adds one delta. Unknown members of a later service version are skipped.
    pub(super) fn take(&mut self, delta: ReasoningContentBlockDelta) {
        match delta {
            ReasoningContentBlockDelta::Text(text) => self.text.push_str(&text),
            ReasoningContentBlockDelta::Signature(signature) => self.signature.push_str(&signature),
            ReasoningContentBlockDelta::RedactedContent(bytes) => self.redacted.extend_from_slice(bytes.as_ref()),
            _ => {}
        }
    }

    /// Returns the block unless nothing arrived. A block with a signature may have an empty text if the model did not
    /// show its thinking.
    pub(super) fn finish(self) -> Option<Reasoning> {
        if !self.redacted.is_empty() {
            return Some(Reasoning::Redacted { content: aws_smithy_types::base64::encode(self.redacted) });
        }
        let reasoning =
            Reasoning::Text { text: self.text, signature: (!self.signature.is_empty()).then_some(self.signature) };
        (!reasoning.is_empty()).then_some(reasoning)
    }
}
