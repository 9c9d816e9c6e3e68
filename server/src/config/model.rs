//! The language model on Amazon Bedrock.

use super::env::Reader;
use edge::services::ReasoningVisibility;
use std::ops::RangeInclusive;
use std::time::Duration;
use url::Url;

/// The settings of the language model.
#[derive(Debug, Clone)]
pub struct Model {
    /// The model id or inference profile; by default Nova Pro, by the inference profile of the region.
    pub id: Option<String>,
    /// The model family, if the id does not tell it.
    pub family: ModelFamily,
    /// An endpoint to use instead of the region's own.
    pub endpoint_url: Option<Url>,
    /// Most tokens of one answer, thinking included; by default a number that suits the model.
    pub max_tokens: Option<u32>,
    /// Longest silence of the model; by default a duration that suits the model.
    pub silence: Option<Duration>,
    /// Caching of prompts.
    pub prompt_cache: Switch,
    /// The guardrail that requests and answers must pass.
    pub guardrail: Option<Guardrail>,
    /// Visibility of the model's reasoning to people.
    pub show_reasoning: Switch,
}

/// A family of models that follow the same rules for requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelFamily {
    /// The family is derived from the model id; an unknown model gets only what every model accepts.
    ById,
    /// Amazon Nova.
    Nova,
    /// Claude 4.7 and later.
    Claude,
    /// Claude 4 to 4.6.
    ClaudeWithSampling,
    /// Any other model.
    Other,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl From<Switch> for ReasoningVisibility {
    fn from(switch: Switch) -> Self {
        match switch {
            Switch::On => Self::Shown,
            Switch::Off => Self::Hidden,
        }
    }
}

/// A guardrail of Amazon Bedrock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardrail {
    /// Its id or ARN.
    pub id: String,
    /// Its version: a number, or `DRAFT`.
    pub version: String,
}

const SWITCH: [(&str, Switch); 2] = [("on", Switch::On), ("off", Switch::Off)];

impl Model {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let families = [
            ("auto", ModelFamily::ById),
            ("nova", ModelFamily::Nova),
            ("claude", ModelFamily::Claude),
            ("claude-4", ModelFamily::ClaudeWithSampling),
            ("other", ModelFamily::Other),
        ];
        Self {
            id: r.optional("BEDROCK_MODEL_ID"),
            family: r.choice("BEDROCK_MODEL_FAMILY", &families),
            endpoint_url: r.optional_url("BEDROCK_ENDPOINT_URL"),
            max_tokens: number(r, "BEDROCK_MAX_TOKENS", 256..=128_000),
            silence: number(r, "BEDROCK_SILENCE_SECONDS", 10..=600).map(|seconds| Duration::from_secs(seconds.into())),
            prompt_cache: r.choice("BEDROCK_PROMPT_CACHE", &SWITCH),
            guardrail: Guardrail::read(r),
            show_reasoning: r.choice("BEDROCK_SHOW_REASONING", &SWITCH),
        }
    }
}

impl Guardrail {
    /// Reads the guardrail. One variable without the other is a mistake: nobody should believe that a guardrail is on.
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        let [name, version] = ["BEDROCK_GUARDRAIL_ID", "BEDROCK_GUARDRAIL_VERSION"];
        if r.optional(name).is_none() && r.optional(version).is_none() {
            return None;
        }
        let guardrail = Self { id: r.text(name), version: r.text(version) };
        let digits = |text: &str| !text.starts_with('0') && text.len() <= 8 && text.bytes().all(|c| c.is_ascii_digit());
        if !guardrail.version.is_empty() && guardrail.version != "DRAFT" && !digits(&guardrail.version) {
            r.wrong(version, "must be a number or DRAFT");
        }
        Some(guardrail)
    }
}

fn number(r: &mut Reader<'_>, name: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
    let text = r.optional(name)?;
    let number = text.parse().ok().filter(|number| range.contains(number));
    if number.is_none() {
        r.wrong(name, &format!("must be {} to {}", range.start(), range.end()));
    }
    number
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::with;
    use super::*;

    #[test]
    fn by_default_the_model_is_the_regions_and_thinking_is_hidden() {
        let model = with(&[]).unwrap().model;
        assert_eq!((model.id, model.family, model.max_tokens, model.silence), (None, ModelFamily::ById, None, None));
        assert_eq!((model.prompt_cache, model.show_reasoning), (Switch::On, Switch::Off));
        assert_eq!(model.guardrail, None);
    }

    #[test]
    fn every_setting_of_the_model_is_read() {
        let model = with(&[
            ("BEDROCK_MODEL_ID", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"),
            ("BEDROCK_MODEL_FAMILY", "claude"),
            ("BEDROCK_MAX_TOKENS", "32000"),
            ("BEDROCK_SILENCE_SECONDS", "300"),
            ("BEDROCK_PROMPT_CACHE", "off"),
            ("BEDROCK_GUARDRAIL_ID", "gr1234"),
            ("BEDROCK_GUARDRAIL_VERSION", "DRAFT"),
            ("BEDROCK_SHOW_REASONING", "on"),
        ]);
        let model = model.unwrap().model;
        assert_eq!((model.family, model.max_tokens), (ModelFamily::Claude, Some(32_000)));
        assert_eq!(model.silence, Some(Duration::from_secs(300)));
        assert_eq!((model.prompt_cache, model.show_reasoning), (Switch::Off, Switch::On));
        let guardrail = Guardrail { id: "gr1234".to_owned(), version: "DRAFT".to_owned() };
        assert_eq!(model.guardrail, Some(guardrail));
    }

    #[test]
    fn a_wrong_setting_of_the_model_is_named() {
        for (set, wrong) in [
            (("BEDROCK_MODEL_FAMILY", "gemini"), "BEDROCK_MODEL_FAMILY"),
            (("BEDROCK_MAX_TOKENS", "0"), "BEDROCK_MAX_TOKENS"),
            (("BEDROCK_MAX_TOKENS", "many"), "BEDROCK_MAX_TOKENS"),
            (("BEDROCK_SILENCE_SECONDS", "9"), "BEDROCK_SILENCE_SECONDS"),
            (("BEDROCK_PROMPT_CACHE", "1h"), "BEDROCK_PROMPT_CACHE"),
            (("BEDROCK_GUARDRAIL_ID", "gr1234"), "BEDROCK_GUARDRAIL_VERSION"),
            (("BEDROCK_GUARDRAIL_VERSION", "1"), "BEDROCK_GUARDRAIL_ID"),
        ] {
            let errors = with(&[set]).unwrap_err();
            assert_eq!(errors.iter().map(|error| error.variable).collect::<Vec<_>>(), [wrong], "{set:?}");
        }
        let both = [("BEDROCK_GUARDRAIL_ID", "gr1234"), ("BEDROCK_GUARDRAIL_VERSION", "v1")];
        assert_eq!(with(&both).unwrap_err()[0].variable, "BEDROCK_GUARDRAIL_VERSION");
    }
}
