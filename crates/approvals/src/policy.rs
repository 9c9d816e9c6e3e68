//! The policy of approvals, `approvals.toml`: by which channels an action is approved, and by how many people.

mod standing;

pub use standing::StandingBounds;

use agent::approval::{self, Channel, Question, SignedApproval};
use agent::ports::{AnswerDevice, Millis};
use serde::Deserialize;

/// Most approvals of one action.
const MOST_APPROVALS: usize = 5;

/// Most rules of a policy.
const MOST_RULES: usize = 200;

/// Longest age of a sign-in that a rule may name, in minutes: a day.
const LONGEST_SIGN_IN_AGE: u32 = 24 * 60;

/// Longest time for an answer that a rule may name, in minutes. While a question waits, nothing else is asked on behalf of
/// the same person.
const LONGEST_ANSWER: u32 = 60;

/// The rules of a company. The first rule that fits decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    rules: Vec<(Subject, Rule)>,
    default: Rule,
}

/// The approvals that an action needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The approvals.
    pub needs: Needs,
    /// The devices on which a request may be answered.
    pub device: AnswerDevice,
    /// Longest time since the sign-in of the session that answers, in milliseconds.
    pub sign_in_age: Option<Millis>,
    /// Time for an answer, in milliseconds; `None` for the server's (`APPROVAL_SECONDS`).
    pub patience: Option<Millis>,
    /// The bounds of standing approvals; `None` if there are none.
    pub standing: Option<StandingBounds>,
}

/// The approvals of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// One approval of the person who asks: by CIBA if the provider offers it, otherwise by a passkey.
    Own,
    /// One approval for each of these channels. A channel that stands twice needs two persons.
    All(Vec<Channel>),
}

/// The policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    /// The text is not TOML of the expected form.
    #[error("{0}")]
    Shape(String),
    /// A rule contradicts itself; `place` names it.
    #[error("{place}: {problem}")]
    Rule {
        /// `default`, or the number of the rule.
        place: String,
        /// The problem.
        problem: &'static str,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    default: Option<WrittenRule>,
    #[serde(default)]
    rule: Vec<WrittenRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    tool: Option<String>,
    risk: Option<Risk>,
    approvals: Vec<Channel>,
    device: Option<AnswerDevice>,
    sign_in_minutes: Option<u32>,
    answer_minutes: Option<u32>,
    standing: Option<standing::Written>,
}

/// The reason why an action needs an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Risk {
    /// The action changes something.
    Elevated,
    /// The action reads, and sends text of other tools to an MCP server.
    Disclosure,
}

/// The questions that a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Subject {
    tool: Option<String>,
    risk: Option<Risk>,
}

impl Subject {
    fn fits(&self, question: &Question) -> bool {
        let name = question.tool.to_string();
        let tool = self.tool.as_deref().is_none_or(|tool| match tool.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == tool,
        });
        let risk = if question.discloses.is_some() { Risk::Disclosure } else { Risk::Elevated };
        tool && self.risk.is_none_or(|own| own == risk)
    }
}

impl Default for Policy {
    /// The policy without a file.
    fn default() -> Self {
        let default =
            Rule { needs: Needs::Own, device: AnswerDevice::Any, sign_in_age: None, patience: None, standing: None };
        Self { rules: Vec::new(), default }
    }
}

impl Policy {
    /// Parses a policy. Unknown keys are refused.
    ///
    /// # Errors
    /// See [`BadPolicy`].
    pub fn parse(text: &str) -> Result<Self, BadPolicy> {
        let written: Written = toml::from_str(text).map_err(|error| BadPolicy::Shape(error.to_string()))?;
        let bad = |place: String| move |problem| BadPolicy::Rule { place, problem };
        if written.rule.len() > MOST_RULES {
            return Err(bad("rule".to_owned())("there are more than 200 rules"));
        }
        let default = match written.default {
            None => Self::default().default,
            Some(own) if own.tool.is_some() || own.risk.is_some() => {
                return Err(bad("default".to_owned())("it is for every tool and risk"));
            }
            Some(own) => own.rule().map_err(bad("default".to_owned()))?,
        };
        let rules = written.rule.into_iter().enumerate().map(|(number, own)| {
            let place = format!("rule {}", number + 1);
            let subject = own.subject().map_err(bad(place.clone()))?;
            Ok((subject, own.rule().map_err(bad(place))?))
        });
        Ok(Self { rules: rules.collect::<Result<_, _>>()?, default })
    }

    /// Returns the rule for a question.
    #[must_use]
    pub fn rule(&self, question: &Question) -> &Rule {
        self.rules.iter().find(|(subject, _)| subject.fits(question)).map_or(&self.default, |(_, rule)| rule)
    }

    /// Returns whether some rule asks second persons alone.
    #[must_use]
    pub fn offers_second_persons_alone(&self) -> bool {
        self.all().any(|rule| match &rule.needs {
            Needs::Own => false,
            Needs::All(channels) => channels.iter().all(|channel| !channel.is_own()),
        })
    }

    /// Returns whether some rule can do without CIBA.
    #[must_use]
    pub fn offers_more_than_ciba(&self) -> bool {
        self.all().any(|rule| match &rule.needs {
            Needs::Own => true,
            Needs::All(channels) => !channels.contains(&Channel::Ciba),
        })
    }

    fn all(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|(_, rule)| rule).chain([&self.default])
    }
}

impl Rule {
    /// Returns the channels by which approvals are still missing.
    #[must_use]
    pub fn missing(&self, given: &[SignedApproval]) -> Vec<Channel> {
        match &self.needs {
            Needs::All(channels) => approval::missing(channels, given),
            Needs::Own if given.iter().any(|given| given.channel.is_own()) => Vec::new(),
            Needs::Own => vec![Channel::Passkey],
        }
    }
}

impl WrittenRule {
    fn subject(&self) -> Result<Subject, &'static str> {
        let named = |tool: &String| !tool.is_empty() && !tool.trim_end_matches('*').contains('*');
        match &self.tool {
            None if self.risk.is_none() => Err("it needs a tool or a risk; a rule for everything is [default]"),
            Some(tool) if !named(tool) || tool.ends_with("**") => Err("tool: a name, or a beginning and one *"),
            tool => Ok(Subject { tool: tool.clone(), risk: self.risk }),
        }
    }

    fn rule(self) -> Result<Rule, &'static str> {
        let Self { approvals, device, sign_in_minutes, answer_minutes, standing, tool, .. } = self;
        let count = |channel| approvals.iter().filter(|own| **own == channel).count();
        let on_a_page = approvals.iter().any(|channel| channel.has_public_evidence());
        if approvals.is_empty() || approvals.len() > MOST_APPROVALS {
            Err("approvals: 1 to 5 channels")
        } else if count(Channel::Ciba) > 1 || count(Channel::Passkey) > 1 {
            Err("approvals: the person who asks approves once by each channel")
        } else if !on_a_page && (device.is_some() || sign_in_minutes.is_some() || answer_minutes.is_some()) {
            Err("device, sign_in_minutes and answer_minutes have no effect on approvals by CIBA")
        } else if sign_in_minutes.is_some_and(|minutes| !(1..=LONGEST_SIGN_IN_AGE).contains(&minutes)) {
            Err("sign_in_minutes: 1 to 1440")
        } else if answer_minutes.is_some_and(|minutes| !(1..=LONGEST_ANSWER).contains(&minutes)) {
            Err("answer_minutes: 1 to 60")
        } else {
            let is_alone = approvals == [Channel::Passkey] && tool.is_some() && device != Some(AnswerDevice::Other);
            let standing = standing.map(|standing| standing.bounds(is_alone)).transpose()?;
            Ok(Rule {
                standing,
                needs: Needs::All(approvals),
                device: device.unwrap_or_default(),
                sign_in_age: sign_in_minutes.map(|minutes| Millis::from(minutes) * 60_000),
                patience: answer_minutes.map(|minutes| Millis::from(minutes) * 60_000),
            })
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
