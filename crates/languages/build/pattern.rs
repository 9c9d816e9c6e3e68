//! Reads the pattern of a message: text, variables, and one level of plural forms. All languages here have the same two
//! forms, `one` and `other` (CLDR, plural rules for cardinals; the Spanish `many` of whole millions reads as `other`).

use super::catalog::Variable;
use fluent_syntax::ast::{self, Expression, InlineExpression, PatternElement, VariantKey};

/// A part of a pattern.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Variable(String),
    Plural { variable: String, one: Vec<Part>, other: Vec<Part> },
}

/// A pattern with its variables in the order of their first use.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
    /// The variables.
    pub(crate) variables: Vec<Variable>,
}

impl Pattern {
    /// Writes the pattern for `fill` (`src/fill.rs`); a variable is written as its place in `names`.
    pub(crate) fn encoded(&self, names: &[&str]) -> String {
        let mut text = String::new();
        write(&self.parts, names, &mut text);
        text
    }
}

fn write(parts: &[Part], names: &[&str], text: &mut String) {
    let place = |name: &str| names.iter().position(|own| *own == name).unwrap_or_default().to_string();
    for part in parts {
        match part {
            Part::Text(own) => text.push_str(own),
            Part::Variable(name) => *text += &format!("\u{1}{}", place(name)),
            Part::Plural { variable, one, other } => {
                *text += &format!("\u{2}{}", place(variable));
                write(one, names, text);
                text.push('\u{3}');
                write(other, names, text);
                text.push('\u{4}');
            }
        }
    }
}

/// Reads a pattern.
pub(crate) fn read(pattern: &ast::Pattern<&str>) -> Result<Pattern, String> {
    let mut variables = Vec::new();
    let parts = parts(pattern, &mut variables, true)?;
    if variables.len() > 9 {
        return Err("more than nine variables".to_owned());
    }
    Ok(Pattern { parts, variables })
}

fn parts(pattern: &ast::Pattern<&str>, variables: &mut Vec<Variable>, outer: bool) -> Result<Vec<Part>, String> {
    let read = |element: &PatternElement<&str>| match element {
        PatternElement::TextElement { value } => Ok(Part::Text((*value).to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(inline) } => inline_part(inline, variables),
        PatternElement::Placeable { expression: Expression::Select { selector, variants } } if outer => {
            plural(selector, variants, variables)
        }
        PatternElement::Placeable { .. } => Err("plural forms inside of plural forms".to_owned()),
    };
    pattern.elements.iter().map(read).collect()
}

fn inline_part(inline: &InlineExpression<&str>, variables: &mut Vec<Variable>) -> Result<Part, String> {
    match inline {
        InlineExpression::StringLiteral { value } => Ok(Part::Text((*value).to_owned())),
        InlineExpression::VariableReference { id } => Ok(Part::Variable(note(variables, id.name, false))),
        InlineExpression::FunctionReference { id, arguments } if id.name == "NUMBER" && arguments.named.is_empty() => {
            match arguments.positional.as_slice() {
                [InlineExpression::VariableReference { id }] => Ok(Part::Variable(note(variables, id.name, true))),
                _ => Err("NUMBER takes one variable".to_owned()),
            }
        }
        _ => Err("only texts, variables and NUMBER are known".to_owned()),
    }
}

fn plural(
    selector: &InlineExpression<&str>,
    variants: &[ast::Variant<&str>],
    variables: &mut Vec<Variable>,
) -> Result<Part, String> {
    let InlineExpression::VariableReference { id } = selector else {
        return Err("plural forms are chosen by a variable".to_owned());
    };
    let variable = note(variables, id.name, true);
    let mut form = |name: &str, default: bool| {
        let fits = |variant: &&ast::Variant<&str>| {
            variant.default == default && matches!(&variant.key, VariantKey::Identifier { name: own } if *own == name)
        };
        let variant =
            variants.iter().find(fits).ok_or_else(|| format!("the plural forms are [one] and *[other]: {name}"))?;
        parts(&variant.value, variables, false)
    };
    let (one, other) = (form("one", false)?, form("other", true)?);
    if variants.len() == 2 {
        Ok(Part::Plural { variable, one, other })
    } else {
        Err("more than two plural forms".to_owned())
    }
}

/// Notes a variable; it is a number if one of its uses is.
fn note(variables: &mut Vec<Variable>, name: &str, number: bool) -> String {
    match variables.iter_mut().find(|own| own.name == name) {
        Some(own) => own.number |= number,
        None => variables.push(Variable { name: name.to_owned(), number }),
    }
    name.to_owned()
}
