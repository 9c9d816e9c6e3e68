//! The claims of a token or of the `userinfo` endpoint. Unused claims are not interpreted, so an unexpected type of one
//! does no harm; used claims are parsed leniently where providers differ.

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::fmt;

/// A JSON object of claims, in which no name occurs twice.
#[derive(Clone, Default)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Parses a JSON object of claims.
    ///
    /// # Errors
    /// An error if `json` is not an object, or contains a claim twice: two parsers could see two values.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// Returns a claim that is a non-blank string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// Returns an identifier: a string, or a number as some providers send.
    #[must_use]
    pub fn identifier(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::Number(number) => Some(number.to_string()),
            _ => self.text(name).map(str::to_owned),
        }
    }

    /// Returns a `NumericDate` in seconds since 1970 (RFC 7519 section 2), which may have a fraction.
    #[must_use]
    pub fn seconds(&self, name: &str) -> Option<i64> {
        let number = self.0.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "saturates; so distant a date still compares correctly")]
        number.as_i64().or_else(|| number.as_f64().filter(|float| float.is_finite()).map(|float| float as i64))
    }

    /// Returns a boolean. Cognito, some brokers and older Auth0 connections send `"true"`; Entra sends `1` or `"1"`.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            Value::Number(number) => match number.as_i64() {
                Some(1) => Some(true),
                Some(0) => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the audiences (RFC 7519 section 4.1.3): one string, or several.
    #[must_use]
    pub fn audiences(&self) -> Vec<&str> {
        match self.0.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().map(|one| one.as_str().unwrap_or_default()).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns whether the claim is present, whatever its type.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns a claim of any type, uninterpreted.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Returns all claims, ordered by name.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// Returns a claim that is an object.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name)?.as_object()
    }

    /// Adds those claims of `other` that are absent here.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (name, value) in other.0 {
            self.0.entry(name).or_insert(value);
        }
        self
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Unique)
    }
}

struct Unique;

impl<'de> Visitor<'de> for Unique {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Claims, A::Error> {
        let mut claims = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if claims.contains_key(&name) {
                return Err(A::Error::custom("a claim occurs twice"));
            }
            if !value.is_null() {
                claims.insert(name, value);
            }
        }
        Ok(Claims(claims))
    }
}

/// Shows only the names, because values are personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_read_in_every_spelling_that_providers_use() {
        let rows = [
            ("true", Some(true)),
            ("false", Some(false)),
            (r#""true""#, Some(true)),
            (r#""True""#, Some(true)),
            (r#""false""#, Some(false)),
            ("1", Some(true)),
            (r#""1""#, Some(true)),
            ("0", Some(false)),
            ("2", None),
            (r#""yes""#, None),
            ("null", None),
            ("[true]", None),
            ("{}", None),
        ];
        for (json, expected) in rows {
            let claims = Claims::parse(format!(r#"{{"flag":{json}}}"#).as_bytes()).unwrap();
            assert_eq!(claims.flag("flag"), expected, "{json}");
        }
    }

    #[test]
    fn a_claim_that_occurs_twice_is_refused_and_one_that_is_not_used_may_be_anything() {
        assert!(Claims::parse(br#"{"sub":"ada","sub":"eve"}"#).is_err());
        assert!(Claims::parse(br#"{"oid":"1","x":{},"oid":"2"}"#).is_err());
        assert!(Claims::parse(b"[]").is_err());
        let claims = Claims::parse(br#"{"sub":"ada","updated_at":{"odd":1},"address":7,"name":"  ","aud":["a","b"]}"#);
        let claims = claims.unwrap();
        assert_eq!(claims.text("sub"), Some("ada"));
        assert_eq!((claims.text("name"), claims.text("address")), (None, None));
        assert_eq!(claims.audiences(), ["a", "b"]);
    }

    #[test]
    fn a_date_may_have_a_fraction() {
        let claims = Claims::parse(br#"{"exp":1700000000.75,"iat":1700000000,"nbf":"1"}"#).unwrap();
        assert_eq!(claims.seconds("exp"), Some(1_700_000_000));
        assert_eq!(claims.seconds("iat"), Some(1_700_000_000));
        assert_eq!(claims.seconds("nbf"), None);
    }
}
