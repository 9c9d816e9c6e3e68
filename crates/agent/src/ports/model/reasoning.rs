//! The reasoning of a model, in the form in which it must be returned to the model.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One block of a model's reasoning. It is opaque: it is stored with its answer and returned unmodified within the same
/// turn, because a model that continues after a tool result without its own reasoning may return an empty answer
/// (platform.claude.com, "Extended thinking with tool use").
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reasoning {
    /// Readable reasoning. The text may be empty while the signature is not.
    Text {
        /// The text, or a summary of it.
        text: String,
        /// The provider's signature of the whole reasoning.
        signature: Option<String>,
    },
    /// Reasoning that only the provider can decrypt.
    Redacted {
        /// The provider's bytes, in base64.
        content: String,
    },
}

impl Reasoning {
    /// Size in the log, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text { text, signature } => text.len() + signature.as_ref().map_or(0, String::len),
            Self::Redacted { content } => content.len(),
        }
    }

    /// Returns whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Shows only the kind and the length: reasoning may repeat any part of the conversation, and other people read logs.
impl fmt::Debug for Reasoning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Text { .. } => "Text",
            Self::Redacted { .. } => "Redacted",
        };
        write!(f, "{kind}({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_is_stored_whole_and_never_printed() {
        for reasoning in [
            Reasoning::Text { text: "secret plan".into(), signature: Some("sig".into()) },
            Reasoning::Text { text: String::new(), signature: Some("sig".into()) },
            Reasoning::Text { text: "secret plan".into(), signature: None },
            Reasoning::Redacted { content: "c2VjcmV0".into() },
        ] {
            let stored = serde_json::to_string(&reasoning).unwrap_or_default();
            assert_eq!(serde_json::from_str::<Reasoning>(&stored).ok(), Some(reasoning.clone()));
            let printed = format!("{reasoning:?}");
            assert!(!printed.contains("secret") && !printed.contains("sig") && !printed.contains("c2V"), "{printed}");
        }
    }
}
