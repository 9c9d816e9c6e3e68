//! Creates the configured language model.

use super::StartError;
use crate::config::{Config, ModelFamily, Switch};
use agent::turn::Limits;
use aws_config::SdkConfig;
use bedrock::{Bedrock, Family, Guardrail, PromptCache, ThinkingDisplay};
use std::time::Duration;

/// Creates the model in the account and region of `aws`.
pub(super) fn model(config: &Config, aws: &SdkConfig, silence: Duration) -> Result<Bedrock, StartError> {
    let region = aws.region().map(AsRef::as_ref);
    let settings = &config.model;
    let config = bedrock::Config {
        model_id: model_id(settings.id.as_deref(), region)?,
        family: family(config),
        endpoint_url: settings.endpoint_url.as_ref().map(url::Url::to_string),
        // The turn gives up after this silence anyway, so a response that takes longer is not worth another attempt.
        open_timeout: silence,
        prompt_cache: match settings.prompt_cache {
            Switch::On => PromptCache::Auto,
            Switch::Off => PromptCache::Off,
        },
        guardrail: settings.guardrail.clone().map(|it| Guardrail { id: it.id, version: it.version }),
        thinking: match settings.show_reasoning {
            Switch::On => ThinkingDisplay::Summarized,
            Switch::Off => ThinkingDisplay::Unasked,
        },
    };
    Ok(Bedrock::new(aws, config))
}

/// Returns the limits of a turn with the configured model. Its time limit is at least three times the longest silence.
#[must_use]
pub fn limits(config: &Config) -> Limits {
    let (family, settings) = (family(config), &config.model);
    let silence = settings.silence.unwrap_or(family.silence());
    Limits {
        tokens_per_answer: settings.max_tokens.unwrap_or(family.output_tokens()),
        silence,
        time: Limits::default().time.max(silence * 3),
        ..Limits::default()
    }
}

/// Returns the configured model id, or the region's inference profile of Nova Pro.
fn model_id(named: Option<&str>, region: Option<&str>) -> Result<String, StartError> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let region = region.unwrap_or_default();
    bedrock::default_model(region).ok_or_else(|| StartError::NoModel { region: region.to_owned() })
}

/// Returns the configured model family, or the one of the model id. The default model is a Nova in every region.
fn family(config: &Config) -> Family {
    match config.model.family {
        ModelFamily::ById => config.model.id.as_deref().map_or(Family::Nova, Family::of),
        ModelFamily::Nova => Family::Nova,
        ModelFamily::Claude => Family::Claude,
        ModelFamily::ClaudeWithSampling => Family::ClaudeWithSampling,
        ModelFamily::Other => Family::Other,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::config::with;

    #[test]
    fn a_region_without_a_default_says_what_to_set() {
        assert_eq!(model_id(None, Some("eu-west-1")).unwrap(), "eu.amazon.nova-pro-v1:0");
        assert_eq!(model_id(Some("named"), Some("sa-east-1")).unwrap(), "named");
        for region in [Some("sa-east-1"), None] {
            let error = model_id(None, region).unwrap_err().to_string();
            assert!(error.contains("BEDROCK_MODEL_ID"), "{error}");
        }
    }

    #[test]
    fn limits_follow_the_model_unless_the_operator_sets_them() {
        let claude = ("BEDROCK_MODEL_ID", "us.anthropic.claude-opus-5");
        let profile = ("BEDROCK_MODEL_ID", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc");
        for (set, tokens, seconds, turn) in [
            (vec![], 4_096, 45, 180),
            (vec![claude], 16_384, 120, 360),
            (vec![profile], 4_096, 120, 360),
            (vec![profile, ("BEDROCK_MODEL_FAMILY", "nova")], 4_096, 45, 180),
            (vec![claude, ("BEDROCK_MAX_TOKENS", "64000"), ("BEDROCK_SILENCE_SECONDS", "20")], 64_000, 20, 180),
        ] {
            let limits = limits(&with(&set).unwrap());
            let found = (limits.tokens_per_answer, limits.silence.as_secs(), limits.time.as_secs());
            assert_eq!(found, (tokens, seconds, turn), "{set:?}");
        }
    }
}
