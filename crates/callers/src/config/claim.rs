//! Rules about claims of an issuer's own, with the operators of Bedrock's JWT authorizers.

use super::ConfigError;
use oidc::Claims;
use serde::Deserialize;
use serde_json::Value;

/// A rule that a claim must meet. An absent claim, or one of another type, never meets it; numbers and booleans cannot be
/// compared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawRule")]
pub struct ClaimRule {
    claim: String,
    operator: Operator,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operator {
    /// The claim is exactly this string.
    Equals(String),
    /// The claim is an array with this string.
    Contains(String),
    /// The claim is an array with at least one of these strings.
    ContainsAny(Vec<String>),
}

#[derive(Deserialize)]
enum Name {
    #[serde(rename = "EQUALS")]
    Equals,
    #[serde(rename = "CONTAINS")]
    Contains,
    #[serde(rename = "CONTAINS_ANY")]
    ContainsAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    claim: String,
    operator: Name,
    value: Option<String>,
    values: Option<Vec<String>>,
}

impl TryFrom<RawRule> for ClaimRule {
    type Error = ConfigError;

    fn try_from(raw: RawRule) -> Result<Self, ConfigError> {
        let operator = match (raw.operator, raw.value, raw.values) {
            (Name::Equals, Some(value), None) => Operator::Equals(value),
            (Name::Contains, Some(value), None) => Operator::Contains(value),
            (Name::ContainsAny, None, Some(values)) if !values.is_empty() => Operator::ContainsAny(values),
            _ => return Err(ConfigError::ClaimRule),
        };
        if raw.claim.is_empty() { Err(ConfigError::ClaimRule) } else { Ok(Self { claim: raw.claim, operator }) }
    }
}

impl ClaimRule {
    /// Returns whether the claims meet this rule.
    pub(crate) fn is_met(&self, claims: &Claims) -> bool {
        match (&self.operator, claims.value(&self.claim)) {
            (Operator::Equals(value), Some(Value::String(own))) => own == value,
            (Operator::Contains(value), Some(Value::Array(own))) => contains(own, value),
            (Operator::ContainsAny(values), Some(Value::Array(own))) => values.iter().any(|value| contains(own, value)),
            _ => false,
        }
    }
}

fn contains(array: &[Value], text: &str) -> bool {
    array.iter().any(|one| one.as_str() == Some(text))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_claim_rule_is_met_only_by_a_claim_of_its_type() {
        let equals = json!({"claim": "c", "operator": "EQUALS", "value": "a"});
        let contains = json!({"claim": "c", "operator": "CONTAINS", "value": "a"});
        let any = json!({"claim": "c", "operator": "CONTAINS_ANY", "values": ["a", "b"]});
        let rows = [
            (&equals, json!({"c": "a"}), true),
            (&equals, json!({"c": "A"}), false),
            (&equals, json!({"c": "ab"}), false),
            (&equals, json!({"c": ["a"]}), false),
            (&equals, json!({"c": 1}), false),
            (&equals, json!({"c": true}), false),
            (&equals, json!({"c": null}), false),
            (&equals, json!({"d": "a"}), false),
            (&contains, json!({"c": ["b", "a"]}), true),
            (&contains, json!({"c": ["b", 1]}), false),
            (&contains, json!({"c": []}), false),
            (&contains, json!({"c": "a"}), false),
            (&contains, json!({}), false),
            (&any, json!({"c": ["c", "b"]}), true),
            (&any, json!({"c": ["c"]}), false),
            (&any, json!({"c": "a"}), false),
            (&any, json!({}), false),
        ];
        for (rule, claims, expected) in rows {
            let rule: ClaimRule = serde_json::from_value(rule.clone()).unwrap();
            assert_eq!(rule.is_met(&Claims::parse(claims.to_string().as_bytes()).unwrap()), expected, "{claims}");
        }
    }

    #[test]
    fn a_claim_rule_names_a_claim_and_the_value_of_its_operator() {
        for (rule, expected) in [
            (json!({"claim": "c", "operator": "EQUALS", "value": "a"}), true),
            (json!({"claim": "c", "operator": "EQUALS", "values": ["a"]}), false),
            (json!({"claim": "c", "operator": "CONTAINS_ANY", "values": []}), false),
            (json!({"claim": "c", "operator": "CONTAINS_ANY", "value": "a"}), false),
            (json!({"claim": "", "operator": "EQUALS", "value": "a"}), false),
            (json!({"claim": "c", "operator": "MATCHES", "value": "a"}), false),
            (json!({"claim": "c", "operator": "EQUALS", "value": "a", "more": 1}), false),
        ] {
            assert_eq!(serde_json::from_value::<ClaimRule>(rule.clone()).is_ok(), expected, "{rule}");
        }
    }
}
