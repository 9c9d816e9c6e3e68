//! Converts the modelling language, such as `define viewer: [user] or editor`, to the service's JSON.
//! Must not validate a model: it implements the grammar, not the rules.

mod cursor;
mod rewrite;

use cursor::Cursor;
use serde_json::{Map, Value, json};

/// A syntax error in a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct DslFault {
    /// Line number, starting at 1.
    pub line: usize,
    /// The expected syntax.
    pub message: String,
}

/// Converts a model of schema 1.1 to its JSON form, as `fga model transform` does.
///
/// # Errors
/// Returns the first syntax error.
pub fn to_json(text: &str) -> Result<Value, DslFault> {
    let mut cursor = Cursor::new(text);
    cursor.keyword("model")?;
    cursor.keyword("schema")?;
    let version = cursor.name()?;
    let (mut types, mut conditions) = (Vec::new(), Map::new());
    while let Some(word) = cursor.peek_word() {
        match word {
            "type" => types.push(type_definition(&mut cursor)?),
            "condition" => {
                let (name, condition) = condition(&mut cursor)?;
                conditions.insert(name, condition);
            }
            _ => return cursor.fail("expected `type` or `condition`"),
        }
    }
    cursor.end()?;
    let mut model = json!({ "schema_version": version, "type_definitions": types });
    if !conditions.is_empty() {
        model["conditions"] = Value::Object(conditions);
    }
    Ok(model)
}

fn type_definition(cursor: &mut Cursor<'_>) -> Result<Value, DslFault> {
    cursor.keyword("type")?;
    let mut definition = json!({ "type": cursor.name()? });
    if cursor.peek_word() != Some("relations") {
        return Ok(definition);
    }
    cursor.keyword("relations")?;
    let (mut relations, mut metadata) = (Map::new(), Map::new());
    while cursor.peek_word() == Some("define") {
        cursor.keyword("define")?;
        let name = cursor.name()?;
        cursor.sign(':')?;
        let (rewrite, allowed) = rewrite::relation(cursor)?;
        if relations.insert(name.to_owned(), rewrite).is_some() {
            return cursor.fail(&format!("relation '{name}' is defined twice"));
        }
        let allowed = if allowed.is_empty() { json!({}) } else { json!({ "directly_related_user_types": allowed }) };
        metadata.insert(name.to_owned(), allowed);
    }
    definition["relations"] = Value::Object(relations);
    definition["metadata"] = json!({ "relations": metadata });
    Ok(definition)
}

fn condition(cursor: &mut Cursor<'_>) -> Result<(String, Value), DslFault> {
    cursor.keyword("condition")?;
    let name = cursor.name()?;
    cursor.sign('(')?;
    let mut parameters = Map::new();
    loop {
        let parameter = cursor.name()?;
        cursor.sign(':')?;
        parameters.insert(parameter.to_owned(), parameter_type(cursor)?);
        if !cursor.take_sign(',') {
            break;
        }
    }
    cursor.sign(')')?;
    let expression = cursor.braces()?;
    Ok((name.to_owned(), json!({ "name": name, "expression": expression, "parameters": parameters })))
}

fn parameter_type(cursor: &mut Cursor<'_>) -> Result<Value, DslFault> {
    const TYPES: [&str; 11] =
        ["any", "bool", "string", "int", "uint", "double", "duration", "timestamp", "map", "list", "ipaddress"];
    let name = cursor.name()?;
    if !TYPES.contains(&name) {
        return cursor.fail(&format!("'{name}' is not a parameter type"));
    }
    let mut parameter = json!({ "type_name": format!("TYPE_NAME_{}", name.to_uppercase()) });
    if cursor.take_sign('<') {
        parameter["generic_types"] = json!([parameter_type(cursor)?]);
        cursor.sign('>')?;
    }
    Ok(parameter)
}

#[cfg(test)]
mod tests;
