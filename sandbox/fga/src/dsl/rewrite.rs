//! The expression after `define name:`. Must not depend on the defined relations.

use serde_json::{Value, json};

use super::{Cursor, DslFault};

/// Parses a rewrite. Returns its JSON and the entries of its `[…]`.
pub(super) fn relation(cursor: &mut Cursor<'_>) -> Result<(Value, Vec<Value>), DslFault> {
    let mut allowed = Vec::new();
    let rewrite = expression(cursor, Some(&mut allowed))?;
    Ok((rewrite, allowed))
}

/// Parses operands joined by a single operator; mixed operators need parentheses. `[…]` is allowed only in the first
/// operand, and only if `direct` is given.
fn expression(cursor: &mut Cursor<'_>, direct: Option<&mut Vec<Value>>) -> Result<Value, DslFault> {
    let first = operand(cursor, direct)?;
    let rewrite = match cursor.peek_word() {
        Some(operator @ ("or" | "and")) => {
            let mut operands = vec![first];
            while cursor.take_word(operator) {
                operands.push(operand(cursor, None)?);
            }
            json!({ (if operator == "or" { "union" } else { "intersection" }): { "child": operands } })
        }
        Some("but") => {
            cursor.keyword("but")?;
            cursor.keyword("not")?;
            json!({ "difference": { "base": first, "subtract": operand(cursor, None)? } })
        }
        _ => first,
    };
    match cursor.peek_word() {
        Some("or" | "and" | "but") => cursor.fail("different operators need parentheses"),
        _ => Ok(rewrite),
    }
}

fn operand(cursor: &mut Cursor<'_>, direct: Option<&mut Vec<Value>>) -> Result<Value, DslFault> {
    if cursor.take_sign('(') {
        let inner = expression(cursor, direct)?;
        cursor.sign(')')?;
        return Ok(inner);
    }
    if let Some(allowed) = direct.filter(|_| cursor.take_sign('[')) {
        loop {
            allowed.push(restriction(cursor)?);
            if !cursor.take_sign(',') {
                cursor.sign(']')?;
                return Ok(json!({ "this": {} }));
            }
        }
    }
    let relation = json!({ "relation": cursor.name()? });
    if !cursor.take_word("from") {
        return Ok(json!({ "computedUserset": relation }));
    }
    Ok(json!({ "tupleToUserset": { "computedUserset": relation, "tupleset": { "relation": cursor.name()? } } }))
}

fn restriction(cursor: &mut Cursor<'_>) -> Result<Value, DslFault> {
    let mut restriction = json!({ "type": cursor.name()? });
    if cursor.take_sign(':') {
        cursor.sign('*')?;
        restriction["wildcard"] = json!({});
    } else if cursor.take_sign('#') {
        restriction["relation"] = json!(cursor.name()?);
    }
    if cursor.take_word("with") {
        restriction["condition"] = json!(cursor.name()?);
    }
    Ok(restriction)
}
