//! The models that this sandbox offers, and the ids under which they may be invoked. Must not depend on a model's
//! answers.

use crate::fault::{Fault, Kind};

/// The models by base id, and whether the base id may be invoked without an inference profile.
const CATALOGUE: &[(&str, Throughput)] = &[
    ("amazon.nova-micro-v1:0", Throughput::OnDemand),
    ("amazon.nova-lite-v1:0", Throughput::OnDemand),
    ("amazon.nova-pro-v1:0", Throughput::OnDemand),
    ("amazon.nova-premier-v1:0", Throughput::ProfileOnly),
    ("amazon.nova-2-lite-v1:0", Throughput::ProfileOnly),
    ("anthropic.claude-sonnet-4-20250514-v1:0", Throughput::ProfileOnly),
    ("anthropic.claude-sonnet-4-5-20250929-v1:0", Throughput::ProfileOnly),
    ("anthropic.claude-haiku-4-5-20251001-v1:0", Throughput::ProfileOnly),
    ("anthropic.claude-sonnet-4-6", Throughput::ProfileOnly),
    ("anthropic.claude-opus-4-7", Throughput::ProfileOnly),
    ("anthropic.claude-opus-4-8", Throughput::ProfileOnly),
    ("anthropic.claude-opus-5", Throughput::ProfileOnly),
    ("anthropic.claude-sonnet-5", Throughput::ProfileOnly),
    ("anthropic.claude-opus-5-5", Throughput::ProfileOnly),
    ("anthropic.claude-sonnet-5-5", Throughput::ProfileOnly),
    ("anthropic.claude-haiku-5-5", Throughput::ProfileOnly),
];

/// The Claude models that still accept sampling parameters and ignore reasoning that is sent back.
const CLAUDE_4: &[&str] = &[
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic.claude-sonnet-4-6",
];

/// Prefixes of the ids of cross-region inference profiles.
const GEOGRAPHIES: &[&str] = &["us.", "eu.", "apac.", "jp.", "au.", "global."];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Throughput {
    OnDemand,
    ProfileOnly,
}

/// A group of models with the same rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Rejects unknown keys at a schema's root.
    Nova,
    /// Claude 4 to 4.6: accepts sampling parameters.
    Claude,
    /// Claude 4.7 and later: rejects sampling parameters, thinks without being asked, and requires its reasoning back.
    ClaudeThinking,
}

/// Returns the family of `model_id`: a base id, a profile's id, or an ARN of either.
///
/// # Errors
/// Fails for an unknown model, a model that requires a profile, and an ARN of another kind of resource.
pub(crate) fn find(model_id: &str) -> Result<Family, Fault> {
    let id = match arn(model_id) {
        Some((kind, id)) if kind == "inference-profile" || kind == "foundation-model" => id,
        Some(_) => return Err(Fault::new(Kind::ResourceNotFound, "The requested resource was not found.")),
        None => model_id,
    };
    let profile = GEOGRAPHIES.iter().find_map(|geography| id.strip_prefix(geography));
    let base = profile.unwrap_or(id);
    let Some((_, throughput)) = CATALOGUE.iter().find(|(known, _)| *known == base) else {
        return Err(Fault::new(Kind::Validation, "The provided model identifier is invalid."));
    };
    if *throughput == Throughput::ProfileOnly && profile.is_none() {
        return Err(Fault::new(
            Kind::Validation,
            format!(
                "Invocation of model ID {base} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model."
            ),
        ));
    }
    Ok(if base.starts_with("amazon.") {
        Family::Nova
    } else if CLAUDE_4.contains(&base) {
        Family::Claude
    } else {
        Family::ClaudeThinking
    })
}

/// Returns the resource's kind and id from `arn:aws:bedrock:<region>:<account>:<kind>/<id>`.
fn arn(model_id: &str) -> Option<(&str, &str)> {
    let rest = model_id.strip_prefix("arn:aws:bedrock:")?;
    rest.splitn(3, ':').nth(2)?.split_once('/')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn model_ids_resolve_as_in_bedrock() {
        let rows = [
            ("amazon.nova-pro-v1:0", Ok(Family::Nova)),
            ("us.amazon.nova-pro-v1:0", Ok(Family::Nova)),
            ("us.amazon.nova-2-lite-v1:0", Ok(Family::Nova)),
            ("global.anthropic.claude-sonnet-4-6", Ok(Family::Claude)),
            ("us.anthropic.claude-opus-4-7", Ok(Family::ClaudeThinking)),
            ("jp.anthropic.claude-opus-5-5", Ok(Family::ClaudeThinking)),
            ("anthropic.claude-opus-5", Err((Kind::Validation, "inference profile"))),
            ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0", Ok(Family::Nova)),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", Ok(Family::Nova)),
            ("amazon.nova-2-lite-v1:0", Err((Kind::Validation, "on-demand throughput isn’t supported"))),
            ("anthropic.claude-sonnet-4-6", Err((Kind::Validation, "inference profile"))),
            ("amazon.nova-huge-v9:0", Err((Kind::Validation, "model identifier is invalid"))),
            ("", Err((Kind::Validation, "model identifier is invalid"))),
            ("arn:aws:bedrock:us-east-1:123456789012:prompt/ABC", Err((Kind::ResourceNotFound, "not found"))),
        ];
        for (id, expected) in rows {
            match (find(id), expected) {
                (Ok(family), Ok(wanted)) => assert_eq!(family, wanted, "{id}"),
                (Err(fault), Err((kind, words))) => {
                    assert_eq!(fault.kind, kind, "{id}");
                    assert!(fault.message.contains(words), "{id}: {}", fault.message);
                }
                (found, _) => unreachable!("{id}: {found:?}"),
            }
        }
    }
}
