//! The capabilities of a model, derived from its id.
//!
//! Sources: the model cards of the Bedrock user guide (`docs.aws.amazon.com/bedrock/latest/userguide/model-card-…`),
//! its page "Prompt caching", and reports of the service's own error messages: "`temperature` is deprecated for this
//! model" (github.com/promptfoo/promptfoo/issues/10307, github.com/cline/cline/issues/10572) and "extraneous key
//! \[cachePoint\]" for tools of Nova (github.com/danny-avila/LibreChat/issues/13838).

use std::time::Duration;

/// A group of models that accept the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Amazon Nova: accepts sampling parameters, including `topK`, and caches prompts by itself.
    Nova,
    /// Claude 4 to 4.6: accepts a temperature.
    ClaudeWithSampling,
    /// Claude 4.7 and later: rejects every sampling parameter, may think by default, and needs its reasoning back.
    Claude,
    /// Any other model, and an id that names no model (an application inference profile): only what every model
    /// accepts.
    Other,
}

/// The Claude models that accept a temperature. The list is closed, because every later model rejects it.
const WITH_SAMPLING: [&str; 8] = [
    "claude-sonnet-4-2025",
    "claude-opus-4-2025",
    "claude-opus-4-1-",
    "claude-sonnet-4-5-",
    "claude-haiku-4-5-",
    "claude-opus-4-5-",
    "claude-sonnet-4-6",
    "claude-opus-4-6",
];

/// Claude models before version 4: they have other limits and are retired on Bedrock, or about to be.
const BEFORE_4: [&str; 3] = ["claude-3", "claude-v2", "claude-instant"];

impl Family {
    /// Returns the family of a model id, an inference profile id, or an ARN that contains one of these. An application
    /// inference profile or a provisioned model does not name its model and is [`Family::Other`].
    #[must_use]
    pub fn of(model_id: &str) -> Self {
        if named(model_id, "amazon.nova-").is_some() {
            return Self::Nova;
        }
        let Some(claude) = named(model_id, "anthropic.") else { return Self::Other };
        if BEFORE_4.iter().any(|old| claude.starts_with(old)) {
            Self::Other
        } else if WITH_SAMPLING.iter().any(|known| claude.starts_with(known)) {
            Self::ClaudeWithSampling
        } else {
            Self::Claude
        }
    }

    /// Returns whether a temperature may be sent.
    pub(crate) const fn takes_temperature(self) -> bool {
        matches!(self, Self::Nova | Self::ClaudeWithSampling)
    }

    /// Returns whether explicit cache points are accepted in the system prompt, the tools and the messages.
    pub(crate) const fn takes_cache_points(self) -> bool {
        matches!(self, Self::ClaudeWithSampling | Self::Claude)
    }

    /// Tokens for one answer: enough for it, and allowed by every model of the family. Thinking and answer share them.
    #[must_use]
    pub const fn output_tokens(self) -> u32 {
        match self {
            Self::Nova | Self::Other => 4_096,
            Self::ClaudeWithSampling => 8_192,
            Self::Claude => 16_384,
        }
    }

    /// Longest silence to accept. Claude streams its thinking only on request, so thinking looks like silence
    /// (github.com/can1357/oh-my-pi/issues/1373); an unknown model may behave the same.
    #[must_use]
    pub const fn silence(self) -> Duration {
        match self {
            Self::Nova | Self::ClaudeWithSampling => Duration::from_secs(45),
            Self::Claude | Self::Other => Duration::from_secs(120),
        }
    }
}

/// Returns the part of the id after `vendor`, if `vendor` starts a segment of the id.
fn named<'a>(model_id: &'a str, vendor: &str) -> Option<&'a str> {
    let (before, rest) = model_id.split_once(vendor)?;
    (before.is_empty() || before.ends_with(['.', '/'])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_gives_the_family_and_one_without_a_model_the_cautious_one() {
        let rows = [
            ("amazon.nova-pro-v1:0", Family::Nova),
            ("us.amazon.nova-pro-v1:0", Family::Nova),
            ("global.amazon.nova-2-lite-v1:0", Family::Nova),
            ("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0", Family::Nova),
            ("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0", Family::Nova),
            ("us.anthropic.claude-sonnet-4-20250514-v1:0", Family::ClaudeWithSampling),
            ("eu.anthropic.claude-opus-4-1-20250805-v1:0", Family::ClaudeWithSampling),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Family::ClaudeWithSampling),
            ("us.anthropic.claude-haiku-4-5-20251001-v1:0", Family::ClaudeWithSampling),
            ("global.anthropic.claude-opus-4-5-20251101-v1:0", Family::ClaudeWithSampling),
            ("jp.anthropic.claude-sonnet-4-6", Family::ClaudeWithSampling),
            ("us.anthropic.claude-opus-4-6-v1", Family::ClaudeWithSampling),
            ("us.anthropic.claude-opus-4-7", Family::Claude),
            ("us.anthropic.claude-opus-4-8", Family::Claude),
            ("global.anthropic.claude-opus-5", Family::Claude),
            ("jp.anthropic.claude-opus-5-5", Family::Claude),
            ("global.anthropic.claude-sonnet-5-5", Family::Claude),
            ("au.anthropic.claude-haiku-5-5", Family::Claude),
            ("us.anthropic.claude-fable-5-1", Family::Claude),
            ("us.anthropic.claude-of-next-year", Family::Claude),
            ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-5", Family::Claude),
            ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", Family::Other),
            ("us.meta.llama4-maverick-17b-instruct-v1:0", Family::Other),
            ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/8qkk3v2xyz01", Family::Other),
            ("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2c3d4e5f6", Family::Other),
            ("xamazon.nova-pro-v1:0", Family::Other),
            ("", Family::Other),
        ];
        for (id, family) in rows {
            assert_eq!(Family::of(id), family, "{id}");
        }
    }
}
