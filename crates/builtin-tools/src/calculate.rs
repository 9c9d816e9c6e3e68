//! `calculate`: an exact calculation, with units, in place of the model's guess.

mod dates;

use crate::{RELATION, object, only};
use agent::intent::{Intent, Risk};
use agent::permission::Permission;
use agent::tool::{BadInput, Example, ToolError, ToolOutput, ToolSpec};
use agent::{Actor, Execution, Tool, ToolCall, ToolName};
use async_trait::async_trait;
use serde_json::json;
use std::time::{Duration, Instant};
use text::visible;

const NAME: &str = "calculate";

/// Longest expression, in characters.
const LONGEST_EXPRESSION: usize = 300;

/// Longest result, in characters. Nobody reads more digits.
const LONGEST_RESULT: usize = 1_000;

/// Longest time of one calculation.
const LONGEST_CALCULATION: Duration = Duration::from_millis(500);

/// The calculator tool.
#[derive(Debug)]
pub struct Calculate {
    spec: ToolSpec,
}

impl Default for Calculate {
    fn default() -> Self {
        let spec = ToolSpec {
            name: ToolName(NAME.to_owned()),
            description: "Work out a calculation exactly, with units if there are any: arithmetic, percentages, \
                          conversions, dates."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "properties": {
                    "expression": {
                        "type": "string",
                        "description": "The calculation alone, for example `19% of 230`, `5 GiB to MB`, \
                                        `@2026-11-28 + 3 weeks` or `@2026-12-24 - @2026-11-28`."
                    }
                },
                "required": ["expression"]
            }),
        };
        Self { spec }
    }
}

#[async_trait]
impl Tool for Calculate {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn intend(&self, _actor: &Actor, call: &ToolCall) -> Result<Intent, BadInput> {
        let expression = only(&call.input, "expression", LONGEST_EXPRESSION)?;
        Ok(Intent {
            effect: None,
            summary: format!("Calculate {}", visible(expression)),
            verb: "Calculate",
            target: visible(expression),
            relation: RELATION,
            object: object(NAME)?,
            risk: Risk::Read,
            needs: None,
        })
    }

    fn requires(&self) -> Option<Permission> {
        crate::requires(NAME)
    }

    fn example(&self) -> Option<Example> {
        Some(Example { system: "Calculator", text: "What is 19% of 230?" })
    }

    fn is_for_agents(&self) -> bool {
        true
    }

    async fn run(&self, execution: Execution) -> Result<ToolOutput, ToolError> {
        let expression = only(&execution.call().input, "expression", LONGEST_EXPRESSION);
        let expression = expression.map_err(|error| ToolError::Failed(error.to_string()))?.to_owned();
        let asked = expression.clone();
        // A calculation occupies a thread until it is done, and must not block other people's turns.
        let worked = tokio::task::spawn_blocking(move || evaluate(&expression, LONGEST_CALCULATION)).await;
        let result = worked.map_err(|_| ToolError::Failed("The calculation was interrupted.".to_owned()))?;
        let result = result.map_err(ToolError::Failed)?;
        Ok(ToolOutput { content: json!({ "expression": asked, "result": result }), summary: visible(&result) })
    }
}

/// Interrupts a calculation at a deadline.
struct Until(Instant);

impl fend_core::Interrupt for Until {
    fn should_interrupt(&self) -> bool {
        Instant::now() >= self.0
    }
}

/// Returns the result, or a sentence that explains the failure.
fn evaluate(expression: &str, patience: Duration) -> Result<String, String> {
    if let Some(result) = dates::evaluate(expression) {
        return result;
    }
    let mut context = fend_core::Context::new();
    // Randomness is disabled: the same calculation always has the same result.
    context.disable_rng();
    let until = Until(Instant::now() + patience);
    let result = fend_core::evaluate_with_interrupt(expression, &mut context, &until);
    if Instant::now() >= until.0 {
        return Err("The calculation takes too long.".to_owned());
    }
    let result = result.map_err(|reason| format!("This cannot be calculated: {}.", short(&reason)))?;
    let text = result.get_main_result();
    if text.is_empty() || text.chars().count() > LONGEST_RESULT {
        return Err("The calculation has no result that can be shown.".to_owned());
    }
    Ok(text.to_owned())
}

fn short(reason: &str) -> String {
    visible(&reason.chars().take(120).collect::<String>())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use agent::CallId;
    use agent::actor::Evidence;

    #[test]
    fn sums_are_exact() {
        for (expression, expected) in [
            ("2 + 2", "4"),
            ("0.1 + 0.2", "0.3"),
            ("19% of 230", "43.7"),
            ("(3 + 4) * 12 - 5", "79"),
            ("2^64", "18446744073709551616"),
            ("5 GiB to MB", "5368.70912 MB"),
            ("90 minutes to hours", "1.5 hours"),
            ("@2026-12-25 - @2026-11-28", "27 days"),
        ] {
            assert_eq!(evaluate(expression, LONGEST_CALCULATION).as_deref(), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn an_impossible_calculation_is_reported_and_none_runs_for_ever() {
        for expression in ["", "2 +", "1 / 0", "hello world", "roll d6", "1 USD to EUR", "system(\"ls\")"] {
            assert!(
                evaluate(expression, LONGEST_CALCULATION).is_err(),
                "{expression}: {:?}",
                evaluate(expression, LONGEST_CALCULATION)
            );
        }
        for expression in [
            "10^10^10",
            "1000000!",
            "2^2^2^2^2^2",
            "(9^9^9)!",
            "@2026-11-28 + 10^9 days",
            "@2026-11-28 + 900000000 days",
        ] {
            let begun = Instant::now();
            let _ = evaluate(expression, Duration::from_millis(50));
            assert!(begun.elapsed() < Duration::from_secs(5), "{expression} took {:?}", begun.elapsed());
        }
    }

    #[test]
    fn an_intent_names_its_tool_and_accepts_only_one_line() {
        let actor = Actor::attest(Evidence::of("https://idp.example/", "auth0|ada", "acme"));
        let intend = |input| {
            let call = ToolCall { id: CallId("c1".to_owned()), tool: ToolName(NAME.to_owned()), input };
            Calculate::default().intend(&actor, &call)
        };
        let intent = intend(json!({"expression": " 2 + 2 "})).unwrap();
        assert_eq!(
            (intent.object.to_string(), intent.target),
            ("tool:countersign/calculate".to_owned(), "2 + 2".to_owned())
        );
        for bad in [
            json!({}),
            json!([]),
            json!("2 + 2"),
            json!({"expression": ""}),
            json!({"expression": 4}),
            json!({"expression": "1\n2"}),
            json!({"expression": "1".repeat(301)}),
            json!({"expression": "1", "precision": 2}),
        ] {
            assert!(intend(bad.clone()).is_err(), "{bad}");
        }
    }
}
