//! Conversions of attribute values.

use agent::ports::Unavailable;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use std::fmt::Display;

/// One stored item.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(number: impl Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn b(bytes: Vec<u8>) -> AttributeValue {
    AttributeValue::B(bytes.into())
}

/// Returns a text attribute, or an error if the item has none of this name.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Result<&'a str, Unavailable> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).ok_or_else(|| broken(name))
}

/// Returns a number attribute, or an error if the item has none of this name.
pub(crate) fn number<T: std::str::FromStr>(item: &Item, name: &str) -> Result<T, Unavailable> {
    let text = item.get(name).and_then(|value| value.as_n().ok());
    text.and_then(|text| text.parse().ok()).ok_or_else(|| broken(name))
}

pub(crate) fn broken(name: &str) -> Unavailable {
    Unavailable::new(crate::SERVICE, format!("a stored item has no valid attribute `{name}`"))
}
