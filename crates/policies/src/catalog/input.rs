//! Arguments of a call as Cedar values.

use std::fmt;

use cedar_policy::RestrictedExpression as Expression;
use serde_json::{Map, Number, Value};

use super::types::{Extra, Field, Record, Type};

/// Characters of a path that an error shows.
const LONGEST_PATH: usize = 200;
/// The largest integer up to which a float is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Arguments that do not fit the tool's schema. The door answers as for any other bad argument (HTTP 400); the text
/// names the argument and never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the argument {path} {problem}")]
pub struct BadInput {
    /// The place of the argument, such as `lines[2].amount`, escaped and shortened.
    pub path: String,
    /// The mismatch.
    pub problem: InputProblem,
}

/// A mismatch between an argument and its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputProblem {
    /// The value has another type.
    #[error("must be {0}")]
    Type(&'static str),
    /// The integer does not fit 64 bits.
    #[error("must fit a signed integer of 64 bits")]
    Range,
    /// The number has more than four decimal places, or is too large for a decimal.
    #[error("must be a number with at most four decimal places, between ±922337203685477.5807")]
    Decimal,
    /// A required argument is absent.
    #[error("is required")]
    Missing,
    /// The tool's schema does not list the argument, so no policy could see it.
    #[error("is not an argument of this tool")]
    Undeclared,
    /// Cedar refused the values.
    #[error("does not fit the schema of the policies: {0}")]
    Refused(String),
}

/// Converts the arguments to a Cedar record with exactly the typed fields.
pub(crate) fn expression(input: &Value, record: &Record) -> Result<Expression, BadInput> {
    let nothing = Value::Object(Map::new());
    let input = if input.is_null() { &nothing } else { input };
    of_record(input, record).map_err(|at| at.finish())
}

impl BadInput {
    pub(crate) fn refused(error: &dyn fmt::Display) -> Self {
        Self { path: "input".to_owned(), problem: InputProblem::Refused(error.to_string()) }
    }
}

/// A problem whose path grows on the way out.
struct At {
    steps: Vec<String>,
    problem: InputProblem,
}

impl At {
    fn inside(mut self, step: String) -> Self {
        self.steps.push(step);
        self
    }

    fn finish(self) -> BadInput {
        let path = self.steps.into_iter().rev().collect::<String>();
        let path = path.trim_start_matches('.').escape_debug().take(LONGEST_PATH).collect::<String>();
        BadInput { path: if path.is_empty() { "input".to_owned() } else { path }, problem: self.problem }
    }
}

impl From<InputProblem> for At {
    fn from(problem: InputProblem) -> Self {
        Self { steps: Vec::new(), problem }
    }
}

fn of_record(value: &Value, record: &Record) -> Result<Expression, At> {
    let object = value.as_object().ok_or(InputProblem::Type("an object"))?;
    if record.extra == Extra::Refused {
        let undeclared = object.keys().find(|name| !record.fields.contains_key(*name));
        if let Some(name) = undeclared {
            return Err(At::from(InputProblem::Undeclared).inside(format!(".{name}")));
        }
    }
    let mut fields = Vec::new();
    for (name, field) in &record.fields {
        let converted = of_field(object.get(name), field).map_err(|at| at.inside(format!(".{name}")))?;
        fields.extend(converted.map(|value| (name.clone(), value)));
    }
    Expression::new_record(fields).map_err(|error| InputProblem::Refused(error.to_string()).into())
}

fn of_field(value: Option<&Value>, field: &Field) -> Result<Option<Expression>, At> {
    match (value, &field.r#type) {
        (None, _) if field.required => Err(InputProblem::Missing.into()),
        (None, _) | (Some(_), None) => Ok(None),
        (Some(Value::Null), Some(_)) if field.nullable => Ok(None),
        (Some(value), Some(r#type)) => of_type(value, r#type).map(Some),
    }
}

fn of_type(value: &Value, r#type: &Type) -> Result<Expression, At> {
    match (r#type, value) {
        (Type::String, Value::String(text)) => Ok(Expression::new_string(text.clone())),
        (Type::Bool, Value::Bool(truth)) => Ok(Expression::new_bool(*truth)),
        (Type::Long, Value::Number(number)) => Ok(Expression::new_long(long(number)?)),
        (Type::Decimal, Value::Number(number)) => Ok(Expression::new_decimal(decimal(number)?)),
        (Type::Set(items), Value::Array(values)) => {
            let items = values
                .iter()
                .enumerate()
                .map(|(index, value)| of_type(value, items).map_err(|at| at.inside(format!("[{index}]"))));
            Ok(Expression::new_set(items.collect::<Result<Vec<_>, _>>()?))
        }
        (Type::Record(record), value) => of_record(value, record),
        (Type::String, _) => Err(InputProblem::Type("a string").into()),
        (Type::Bool, _) => Err(InputProblem::Type("true or false").into()),
        (Type::Long, _) => Err(InputProblem::Type("an integer").into()),
        (Type::Decimal, _) => Err(InputProblem::Type("a number").into()),
        (Type::Set(_), _) => Err(InputProblem::Type("an array").into()),
    }
}

/// JSON Schema counts 2.0 as an integer.
fn long(number: &Number) -> Result<i64, InputProblem> {
    if let Some(integer) = number.as_i64() {
        return Ok(integer);
    }
    match number.as_f64() {
        Some(float) if float.fract() == 0.0 && float.abs() < EXACT => {
            format!("{float}").parse().map_err(|_| InputProblem::Range)
        }
        Some(float) if float.fract() != 0.0 => Err(InputProblem::Type("an integer")),
        _ => Err(InputProblem::Range),
    }
}

fn decimal(number: &Number) -> Result<String, InputProblem> {
    // `Display` of a float is exact for the value that the tool gets, and never uses an exponent.
    let text = match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => integer.to_string(),
        (None, Some(float)) if float.is_finite() => format!("{float}"),
        _ => return Err(InputProblem::Decimal),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let scaled = format!("{whole}{fraction:0<4}");
    if fraction.len() > 4 || scaled.parse::<i64>().is_err() {
        return Err(InputProblem::Decimal);
    }
    Ok(format!("{whole}.{fraction}"))
}
