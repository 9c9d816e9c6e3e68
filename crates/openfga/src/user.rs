//! The name of a person in FGA: `user:<principal>`, where the principal, usually an identity provider's `sub`, may
//! contain any character.
//!
//! In the user of a tuple, `:`, `#`, `*` and white space have special meanings in `OpenFGA`. These, control characters
//! and `%` itself are therefore percent-encoded as in a URL (RFC 3986, section 2.1): `%` and two capital hexadecimal
//! digits for each byte of UTF-8. Every other character stays, including `|` and `@`, so that `auth0|ada` becomes
//! `user:auth0|ada`. Because `%` is always encoded, two people never share a name.

use agent::Actor;
use agent::actor::ActorKind;
use std::fmt::Write;

/// Longest user name that `OpenFGA` accepts, including `user:`.
const LONGEST_USER: usize = 512;

/// The principal cannot be named in a tuple: it is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the principal is empty, or too long to be the user of a tuple")]
pub(crate) struct NoName;

/// Returns the FGA name of this actor: `user:…` of a person, `agent:…` of an agent.
pub(crate) fn of(actor: &Actor) -> Result<String, NoName> {
    match actor.kind() {
        ActorKind::Person => named(actor.principal()),
        ActorKind::Agent => typed("agent:", actor.principal()),
    }
}

/// Returns the FGA name of the person with this principal.
pub(crate) fn named(principal: &str) -> Result<String, NoName> {
    typed("user:", principal)
}

fn typed(kind: &str, principal: &str) -> Result<String, NoName> {
    let mut name = String::with_capacity(kind.len() + principal.len());
    name.push_str(kind);
    for c in principal.chars() {
        if matches!(c, '%' | ':' | '#' | '*') || c.is_whitespace() || c.is_control() {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(name, "%{byte:02X}");
            }
        } else {
            name.push(c);
        }
    }
    if principal.is_empty() || name.len() > LONGEST_USER { Err(NoName) } else { Ok(name) }
}

/// Returns the principal that a name stands for, without `user:`; `None` if this code would not have written it.
pub(crate) fn principal(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    let principal = String::from_utf8(bytes).ok()?;
    named(&principal).is_ok_and(|own| own.strip_prefix("user:") == Some(name)).then_some(principal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_principal_has_a_name_that_fga_reads_as_one_user() {
        for (principal, expected) in [
            ("auth0|ada", "user:auth0|ada"),
            ("ada@acme.example", "user:ada@acme.example"),
            ("google-oauth2|103547991597142817347", "user:google-oauth2|103547991597142817347"),
            ("pat.o'neil+x@acme.example", "user:pat.o'neil+x@acme.example"),
            ("a:b#c", "user:a%3Ab%23c"),
            ("user with blank", "user:user%20with%20blank"),
            ("*", "user:%2A"),
            ("group:everyone#member", "user:group%3Aeveryone%23member"),
            ("100%", "user:100%25"),
            ("a%3Ab", "user:a%253Ab"),
            ("tab\tnew\nnul\0", "user:tab%09new%0Anul%00"),
            ("\u{a0}\u{3000}\u{2028}", "user:%C2%A0%E3%80%80%E2%80%A8"),
            ("zo\u{eb}", "user:zo\u{eb}"),
            ("spn:https://app.example/x", "user:spn%3Ahttps%3A//app.example/x"),
        ] {
            let name = named(principal);
            assert_eq!(name.as_deref(), Ok(expected));
            assert_eq!(super::principal(&expected["user:".len()..]).as_deref(), Some(principal));
        }
        for foreign in ["", "100%", "%zz", "%3a", "%61", "*", "a b", "%FF"] {
            assert_eq!(super::principal(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn two_people_have_two_names() {
        let parts = ["", "a", "%", "%3A", ":", "3A", "25", "#", "%23", " ", "+", "%20", "*", "%25", "A"];
        let mut principals = BTreeSet::new();
        for a in parts {
            for b in parts {
                principals.extend(parts.map(|c| format!("{a}{b}{c}")));
            }
        }
        principals.remove("");
        let names: BTreeSet<String> = principals.iter().filter_map(|principal| named(principal).ok()).collect();
        assert_eq!(names.len(), principals.len());
    }

    #[test]
    fn a_principal_that_no_tuple_can_name_has_no_name() {
        assert_eq!(named(""), Err(NoName));
        assert!(named(&"x".repeat(507)).is_ok());
        assert_eq!(named(&"x".repeat(508)), Err(NoName));
        assert_eq!(named(&":".repeat(170)), Err(NoName));
    }
}
