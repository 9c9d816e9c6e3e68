//! The reasoning of a thinking model: issued with signatures, and verified when a client sends it back. Verification
//! is stateless: a signature covers the text, the position of its block and the number of blocks, so a changed,
//! omitted or moved block does not verify.
//!
//! The real service checks at least the text against the signature (platform.claude.com, "Extended thinking with tool
//! use": pass thinking blocks back complete and unmodified). Whether it notices a missing block is not verified
//! against the service: there the answer may just be empty (github.com/Bike4Mind/bike4mind/issues/1942). This stand-in
//! is stricter.

use aws_lc_rs::hmac;
use aws_smithy_types::base64;

use crate::plan::{Block, Plan, StopReason};
use crate::wire::Reasoning;

/// The occasion of an answer, which determines its reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The person has written: a summary, and a part that only the provider can read.
    Asked,
    /// Tool results have arrived: a signature alone, as from a model that does not show its thinking.
    Informed,
}

/// Prepends the model's reasoning to the answer. An answer by the guardrail, without content, or with reasoning of its
/// own stays unchanged.
pub(crate) fn think(mut plan: Plan, moment: Moment) -> Plan {
    let reasons = plan.blocks.iter().any(|block| matches!(block, Block::Reasoning { .. } | Block::Redacted(_)));
    if plan.stop == StopReason::GuardrailIntervened || plan.blocks.is_empty() || reasons {
        return plan;
    }
    let thoughts = match moment {
        Moment::Asked => vec![
            Block::Reasoning {
                text: "The user wants something. I should think about what to do.".into(),
                signature: Some(signature("The user wants something. I should think about what to do.", 0, 2)),
            },
            Block::Redacted(signature("", 1, 2)),
        ],
        Moment::Informed => vec![Block::Reasoning { text: String::new(), signature: Some(signature("", 0, 1)) }],
    };
    plan.blocks.splice(0..0, thoughts);
    plan
}

/// Returns the index of the first block that differs from the one issued.
pub(crate) fn first_change(blocks: &[&Reasoning]) -> Option<usize> {
    blocks.iter().enumerate().position(|(at, block)| match block {
        Reasoning::ReasoningText(block) => {
            block.signature.as_deref() != Some(&*signature(&block.text, at, blocks.len()))
        }
        Reasoning::RedactedContent(content) => *content != signature("", at, blocks.len()),
    })
}

fn signature(text: &str, at: usize, of: usize) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"the sandbox's model reasons in public");
    base64::encode(hmac::sign(&key, format!("{at} of {of}: {text}").as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ReasoningText;

    fn issued(moment: Moment) -> Vec<Reasoning> {
        let blocks = think(Plan::say("Hello"), moment).blocks.into_iter();
        let reasoning = blocks.filter_map(|block| match block {
            Block::Reasoning { text, signature } => Some(Reasoning::ReasoningText(ReasoningText { text, signature })),
            Block::Redacted(content) => Some(Reasoning::RedactedContent(content)),
            _ => None,
        });
        reasoning.collect()
    }

    #[test]
    fn only_unmodified_reasoning_is_recognized() {
        let (asked, informed) = (issued(Moment::Asked), issued(Moment::Informed));
        let (text, redacted, silent) = (&asked[0], &asked[1], &informed[0]);
        let other = |text: &str, signature: Option<&str>| {
            Reasoning::ReasoningText(ReasoningText { text: text.into(), signature: signature.map(str::to_owned) })
        };
        let Reasoning::ReasoningText(known) = text else { unreachable!("the first block is text") };
        let (changed, unsigned) = (other("Another plan.", known.signature.as_deref()), other(&known.text, None));
        for (blocks, change) in [
            (vec![text, redacted], None),
            (vec![silent], None),
            (vec![text], Some(0)),
            (vec![redacted, text], Some(0)),
            (vec![text, redacted, silent], Some(0)),
            (vec![&changed, redacted], Some(0)),
            (vec![&unsigned, redacted], Some(0)),
            (vec![text, text], Some(1)),
        ] {
            assert_eq!(first_change(&blocks), change, "{blocks:?}");
        }
    }

    #[test]
    fn a_guardrails_text_comes_without_reasoning() {
        let plan = Plan { stop: StopReason::GuardrailIntervened, ..Plan::say("No.") };
        assert_eq!(think(plan.clone(), Moment::Asked), plan);
        assert_eq!(think(Plan::of(Vec::new()), Moment::Asked), Plan::of(Vec::new()));
    }
}
