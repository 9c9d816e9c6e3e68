//! The demo people, shared by the identity provider, Okta and the OpenFGA tuples.

use serde::{Deserialize, Serialize};

/// A fictional person.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Person {
    /// The `sub` claim at the identity provider, for example `auth0|ada`.
    pub sub: String,
    /// The user id at Okta: 20 characters, begins with `00u`.
    pub okta_id: String,
    /// E-mail address and Okta login.
    pub email: String,
    /// `true` if the identity provider has verified the e-mail address.
    pub email_verified: bool,
    /// Full name.
    pub name: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Job role in this demo, shown on the sign-in page.
    pub role: String,
    /// One sentence on the person's permissions in this demo, shown on the sign-in page.
    pub about: String,
    /// State of the phone that shows push notifications.
    pub phone: Phone,
    /// Names of the person's Okta groups.
    pub groups: Vec<String>,
}

impl Person {
    /// Creates an employee without a phone, a member of `Everyone` only.
    #[must_use]
    pub fn colleague(sub: &str, okta_id: &str, email: &str, given_name: &str, family_name: &str) -> Self {
        Self {
            sub: sub.to_owned(),
            okta_id: okta_id.to_owned(),
            email: email.to_owned(),
            email_verified: true,
            name: format!("{given_name} {family_name}"),
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            role: "Employee".to_owned(),
            about: String::new(),
            phone: Phone::Missing,
            groups: vec!["Everyone".to_owned()],
        }
    }

    fn one_of_many(kind: &str, number: usize, phone: Phone) -> Self {
        let login = format!("{kind}-{number:04}");
        Self {
            sub: format!("auth0|{login}"),
            // Okta's ids consist of letters and digits only.
            okta_id: format!("00u{:0>17}", login.replace('-', "")),
            email: format!("{login}@acme.example"),
            email_verified: true,
            name: format!("{kind} {number:04}"),
            given_name: kind.to_owned(),
            family_name: format!("{number:04}"),
            role: "One of many".to_owned(),
            about: String::new(),
            phone,
            groups: vec!["Everyone".to_owned()],
        }
    }
}

/// State of a person's phone, which shows push notifications of the identity provider.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Phone {
    /// A phone is enrolled and confirmed.
    Enrolled,
    /// No phone is enrolled.
    Missing,
}

/// All people known to the sandbox.
#[derive(Debug, Clone)]
pub struct People(Vec<Person>);

impl People {
    /// Returns the people of the demo company Acme: an administrator, an employee, a contractor, and colleagues to act
    /// on.
    ///
    /// # Panics
    /// Panics if the embedded `people.json` is invalid; a test reads it.
    #[must_use]
    pub fn acme() -> Self {
        #[expect(clippy::expect_used, reason = "the file is part of this crate and read by a test")]
        Self(serde_json::from_str(include_str!("people.json")).expect("people.json is valid"))
    }

    /// Colleagues whose addresses and subjects contain characters that standards allow and programs often mishandle.
    #[must_use]
    pub fn unusual() -> Vec<Person> {
        [
            ("saml|acme:pat#1", "00u5patoneil0000acme", "pat.o'neil@acme.example", "Pat", "O'Neil"),
            ("saml acme team", "00u6team00000000acme", "team+it#1@acme.example", "The", "Team"),
            ("*", "00u7hundred00000acme", "100%@acme.example", "Hundred", "Percent"),
            ("auth0|jo%20ann", "00u8joann0000000acme", "jo ann@acme.example", "Jo Ann", "Lee"),
            ("auth0|zo\u{eb}", "00u9zoe000000000acme", "zo\u{eb}@acme.example", "Zo\u{eb}", "\u{c5}berg"),
        ]
        .map(|(sub, okta_id, email, given, family)| Person::colleague(sub, okta_id, email, given, family))
        .into()
    }

    /// Adds people.
    #[must_use]
    pub fn with(mut self, more: impl IntoIterator<Item = Person>) -> Self {
        self.0.extend(more);
        self
    }

    /// Adds `many` people with phones (`auth0|crowd-0001`, `crowd-0001@acme.example`, …) and as many colleagues without
    /// phones to act on (`target-0001@acme.example`, …).
    #[must_use]
    pub fn with_crowd(mut self, many: usize) -> Self {
        for number in 1..=many {
            self.0.push(Person::one_of_many("crowd", number, Phone::Enrolled));
            self.0.push(Person::one_of_many("target", number, Phone::Missing));
        }
        self
    }

    /// Returns the `sub` claims of the people with phones added by [`People::with_crowd`].
    pub fn crowd(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|person| person.sub.as_str()).filter(|sub| sub.starts_with("auth0|crowd-"))
    }

    /// Iterates over all people: those of `people.json` first, then added ones.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.0.iter()
    }

    /// Finds a person by `sub`.
    #[must_use]
    pub fn by_sub(&self, sub: &str) -> Option<&Person> {
        self.0.iter().find(|person| person.sub == sub)
    }

    /// Finds a person by e-mail address, ignoring ASCII case.
    #[must_use]
    pub fn by_email(&self, email: &str) -> Option<&Person> {
        self.0.iter().find(|person| person.email.eq_ignore_ascii_case(email))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn acme_has_an_administrator_an_employee_and_a_contractor() {
        let people = People::acme();
        for role in ["IT administrator", "Employee", "Contractor"] {
            assert!(people.iter().any(|person| person.role == role), "no {role}");
        }
        assert_eq!(people.by_email("ADA@acme.example"), people.by_sub("auth0|ada"));
    }

    #[test]
    fn a_crowd_has_phones_and_colleagues_to_act_on() {
        let people = People::acme().with_crowd(2);
        assert_eq!(people.crowd().collect::<Vec<_>>(), ["auth0|crowd-0001", "auth0|crowd-0002"]);
        let target = people.by_email("target-0002@acme.example").unwrap();
        assert_eq!((target.phone, target.okta_id.len()), (Phone::Missing, 20));
    }
}
