//! The demo people, the same in the identity provider, in Okta and in the tuples.

use serde::{Deserialize, Serialize};

/// One made-up person.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Person {
    /// The `sub` claim at the identity provider, for example `auth0|ada`.
    pub sub: String,
    /// The user id at Okta: 20 characters, begins with `00u`.
    pub okta_id: String,
    /// E-mail address and Okta login.
    pub email: String,
    /// Whether the identity provider vouches for the address.
    pub email_verified: bool,
    /// Full name.
    pub name: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// What the person is in this demo, shown on the sign-in page.
    pub role: String,
    /// What the person may do here, in a sentence, shown on the sign-in page.
    pub about: String,
    /// Whether the person has a phone that shows pushes.
    pub phone: Phone,
    /// Names of Okta groups that the person belongs to.
    pub groups: Vec<String>,
}

impl Person {
    /// A colleague without a phone.
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
            // Letters and digits alone, as Okta's ids are.
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

/// Whether somebody's phone can show pushes of the identity provider.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Phone {
    /// It is enrolled and confirmed.
    Enrolled,
    /// There is none.
    Missing,
}

/// Everybody that the sandbox knows.
#[derive(Debug, Clone)]
pub struct People(Vec<Person>);

impl People {
    /// The people of the demo company Acme: an administrator, an employee, a contractor, and colleagues to act on.
    ///
    /// # Panics
    /// When the embedded `people.json` is not valid; a test reads it.
    #[must_use]
    pub fn acme() -> Self {
        #[expect(clippy::expect_used, reason = "the file is part of this crate and read by a test")]
        Self(serde_json::from_str(include_str!("people.json")).expect("people.json is valid"))
    }

    /// Colleagues whose addresses and subjects hold what standards allow and programs forget.
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

    /// The people with these besides.
    #[must_use]
    pub fn with(mut self, more: impl IntoIterator<Item = Person>) -> Self {
        self.0.extend(more);
        self
    }

    /// The people with `many` more, who have phones, and as many colleagues to act on: `auth0|crowd-0001`, who is
    /// `crowd-0001@acme.example`, and `target-0001@acme.example`.
    #[must_use]
    pub fn with_crowd(mut self, many: usize) -> Self {
        for number in 1..=many {
            self.0.push(Person::one_of_many("crowd", number, Phone::Enrolled));
            self.0.push(Person::one_of_many("target", number, Phone::Missing));
        }
        self
    }

    /// The `sub` claims of those whom [`People::with_crowd`] gave phones.
    pub fn crowd(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|person| person.sub.as_str()).filter(|sub| sub.starts_with("auth0|crowd-"))
    }

    /// Everybody, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.0.iter()
    }

    /// The person with this `sub`.
    #[must_use]
    pub fn by_sub(&self, sub: &str) -> Option<&Person> {
        self.0.iter().find(|person| person.sub == sub)
    }

    /// The person with this e-mail address, upper or lower case.
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
