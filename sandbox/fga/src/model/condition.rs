//! A condition: typed parameters and a CEL expression that decides whether a tuple holds. Must not depend on tuples.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use cel::extractors::This;
use cel::{Context, ExecutionError, Program, Value as Cel};
use serde_json::{Map, Value};

use super::parameter::Parameter;
use super::wire;

/// A compiled condition.
#[derive(Debug)]
pub(crate) struct Condition {
    name: String,
    parameters: BTreeMap<String, Parameter>,
    program: Program,
}

/// An error in the compilation of a condition. The messages follow the service's.
#[derive(Debug, thiserror::Error)]
pub enum CompileFault {
    /// The type of a parameter is invalid.
    #[error("failed to decode parameter type for parameter '{0}': {1}")]
    Parameter(String, String),
    /// The expression is not valid CEL, or does not fit the parameters.
    #[error("{0}")]
    Expression(String),
    /// The expression does not yield a boolean.
    #[error("expected a bool condition expression output, but got '{0}'")]
    Output(String),
}

/// An error in the evaluation of a condition. The messages follow the service's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionFault {
    /// A value does not have the parameter's type.
    #[error(
        "parameter type error on condition '{condition}' - failed to convert context parameter '{parameter}': {reason}"
    )]
    Type {
        /// Name of the condition.
        condition: String,
        /// Name of the parameter.
        parameter: String,
        /// The type mismatch.
        reason: String,
    },
    /// A tuple stores a value for an unknown parameter.
    #[error("found invalid context parameter: {0}")]
    Unknown(String),
    /// Parameters have no value. This is an error even if the expression does not need them.
    #[error("is missing context parameters '[{}]'", .0.join(" "))]
    Missing(Vec<String>),
    /// The expression failed or did not yield a boolean.
    #[error("failed to evaluate condition expression: {0}")]
    Expression(String),
}

impl Condition {
    pub(super) fn compile(source: &wire::Condition) -> Result<Self, CompileFault> {
        let mut parameters = BTreeMap::new();
        for (name, wire) in &source.parameters {
            let parameter = Parameter::read(wire).map_err(|reason| CompileFault::Parameter(name.clone(), reason))?;
            parameters.insert(name.clone(), parameter);
        }
        let program =
            Program::compile(&source.expression).map_err(|errors| CompileFault::Expression(errors.to_string()))?;
        let condition = Self { name: source.name.clone(), parameters, program };
        condition.try_out()?;
        Ok(condition)
    }

    /// Detects type errors by an evaluation with sample values, because this CEL implementation checks types only at
    /// run time.
    fn try_out(&self) -> Result<(), CompileFault> {
        let samples: Option<BTreeMap<&String, Cel>> =
            self.parameters.iter().map(|(name, parameter)| Some((name, parameter.sample()?))).collect();
        let Some(samples) = samples else { return Ok(()) };
        match self.run(samples) {
            Ok(Cel::Bool(_)) => Ok(()),
            Ok(other) => Err(CompileFault::Output(other.type_of().to_string())),
            Err(error @ (ExecutionError::NoSuchOverload(_) | ExecutionError::UndeclaredReference(_))) => {
                Err(CompileFault::Expression(error.to_string()))
            }
            Err(_) => Ok(()),
        }
    }

    /// Checks that a tuple may store these values.
    pub(super) fn accept(&self, stored: &Map<String, Value>) -> Result<(), ConditionFault> {
        if let Some(name) = stored.keys().find(|name| !self.parameters.contains_key(*name)) {
            return Err(ConditionFault::Unknown(name.clone()));
        }
        self.typed(&Map::new(), stored).map(|_| ())
    }

    /// Evaluates the condition. Values stored with the tuple take precedence over those of the query.
    pub(crate) fn holds(
        &self,
        asked: &Map<String, Value>,
        stored: &Map<String, Value>,
    ) -> Result<bool, ConditionFault> {
        let values = self.typed(asked, stored)?;
        let missing: Vec<String> = self.parameters.keys().filter(|name| !values.contains_key(name)).cloned().collect();
        if !missing.is_empty() {
            return Err(ConditionFault::Missing(missing));
        }
        match self.run(values) {
            Ok(Cel::Bool(holds)) => Ok(holds),
            Ok(other) => Err(ConditionFault::Expression(format!("expected a bool, but got '{}'", other.type_of()))),
            Err(error) => Err(ConditionFault::Expression(error.to_string())),
        }
    }

    fn typed(
        &self,
        asked: &Map<String, Value>,
        stored: &Map<String, Value>,
    ) -> Result<BTreeMap<&String, Cel>, ConditionFault> {
        let given = self.parameters.iter().filter_map(|(name, parameter)| {
            let value = stored.get(name).or_else(|| asked.get(name))?;
            Some((name, parameter.take(value)))
        });
        given
            .map(|(name, value)| match value {
                Ok(value) => Ok((name, value)),
                Err(reason) => {
                    Err(ConditionFault::Type { condition: self.name.clone(), parameter: name.clone(), reason })
                }
            })
            .collect()
    }

    fn run(&self, values: BTreeMap<&String, Cel>) -> Result<Cel, ExecutionError> {
        let mut context = Context::default();
        let declared = |error: cel::DeclarationError| ExecutionError::function_error("declaration", error);
        context
            .add_function("ipaddress", |text: Arc<String>| address(&text).map(|_| Cel::String(text)))
            .map_err(declared)?;
        context
            .add_function("in_cidr", |This(ip): This<Arc<String>>, range: Arc<String>| in_cidr(&ip, &range))
            .map_err(declared)?;
        for (name, value) in values {
            context.add_variable_from_value(name.clone(), value);
        }
        self.program.execute(&context)
    }
}

fn address(text: &str) -> Result<IpAddr, ExecutionError> {
    text.parse().map_err(|_| ExecutionError::function_error("ipaddress", format!("'{text}' is not an IP address")))
}

/// Returns `true` if the address lies in a range such as `10.0.0.0/8`.
fn in_cidr(ip: &str, range: &str) -> Result<bool, ExecutionError> {
    let malformed = || ExecutionError::function_error("in_cidr", format!("'{range}' is not a CIDR range"));
    let (base, length) = range.split_once('/').ok_or_else(malformed)?;
    let length: u32 = length.parse().map_err(|_| malformed())?;
    let (ip, base, bits) = match (address(ip)?, base.parse().map_err(|_| malformed())?) {
        (IpAddr::V4(ip), IpAddr::V4(base)) => (u128::from(ip.to_bits()), u128::from(base.to_bits()), 32),
        (IpAddr::V6(ip), IpAddr::V6(base)) => (ip.to_bits(), base.to_bits(), 128),
        _ => return Ok(false),
    };
    if length > bits {
        return Err(malformed());
    }
    Ok(length == 0 || (ip ^ base) >> (bits - length) == 0)
}

#[cfg(test)]
mod tests;
