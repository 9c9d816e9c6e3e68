//! The tuples that a model allows, with the service's message for each violation. Must not depend on a tuple's origin.

use super::{Form, Model, Restriction, Rewrite};
use crate::tuple::{Object, Tuple, User, is_name};

/// Reason for which a model does not allow a tuple. The messages are the service's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TupleFault {
    /// A part is malformed, unknown to the model, or not allowed in its position.
    #[error("Invalid tuple '{tuple}'. Reason: {reason}")]
    Tuple {
        /// The tuple, as `object#relation@user`.
        tuple: String,
        /// The violation.
        reason: String,
    },
    /// The condition is missing, unknown or not allowed in its position, or its context is invalid.
    #[error("Invalid tuple '{tuple}'. Reason: {reason}")]
    Condition {
        /// The tuple, as `object#relation@user (condition name)`.
        tuple: String,
        /// The violation.
        reason: String,
    },
}

impl Model {
    /// Parses the parts of a query or a tuple and checks that the model defines their types and relations.
    ///
    /// # Errors
    /// Returns the reason in the service's wording.
    pub fn read(&self, user: &str, relation: &str, object: &str) -> Result<Tuple, String> {
        let user = self.read_user(user)?;
        let object = self.read_object(object)?;
        if !is_name(relation) {
            return Err("the 'relation' field is malformed".to_owned());
        }
        self.know_relation(&object.kind, relation)?;
        Ok(Tuple { user, relation: relation.to_owned(), object, condition: None })
    }

    /// Parses a user and checks that the model defines its type and relation.
    ///
    /// # Errors
    /// Returns the reason in the service's wording.
    pub fn read_user(&self, text: &str) -> Result<User, String> {
        if text == "*" || is_name(text) {
            let forms = "an object (e.g. document:1) or an 'object#relation' or a typed wildcard (e.g. group:*)";
            return Err(format!("the 'user' field must be {forms}"));
        }
        let user = User::parse(text).ok_or("the 'user' field is malformed")?;
        self.know_user(&user)?;
        Ok(user)
    }

    /// Parses an object and checks that the model defines its type.
    ///
    /// # Errors
    /// Returns the reason in the service's wording.
    pub fn read_object(&self, text: &str) -> Result<Object, String> {
        let object = Object::parse(text).ok_or_else(|| match User::parse(text) {
            Some(User::Wildcard(_)) => "the 'object' field cannot reference a typed wildcard",
            _ => "invalid 'object' field format",
        })?;
        self.know_type(&object.kind)?;
        Ok(object)
    }

    fn know_user(&self, user: &User) -> Result<(), String> {
        self.know_type(user.kind())?;
        match user {
            User::Userset(object, relation) => self.know_relation(&object.kind, relation),
            User::Object(_) | User::Wildcard(_) => Ok(()),
        }
    }

    fn know_type(&self, kind: &str) -> Result<(), String> {
        if self.has_type(kind) { Ok(()) } else { Err(format!("type '{kind}' not found")) }
    }

    fn know_relation(&self, kind: &str, relation: &str) -> Result<(), String> {
        if self.has_relation(kind, relation) { Ok(()) } else { Err(format!("relation '{kind}#{relation}' not found")) }
    }

    /// Checks that the tuple may be written under this model and followed by an evaluation.
    ///
    /// # Errors
    /// Returns the first rule that the tuple violates.
    pub fn admit(&self, tuple: &Tuple) -> Result<(), TupleFault> {
        self.know_user(&tuple.user)
            .and_then(|()| self.know_type(&tuple.object.kind))
            .and_then(|()| self.know_relation(&tuple.object.kind, &tuple.relation))
            .and_then(|()| self.admit_parts(tuple))
            .map_err(|reason| TupleFault::Tuple { tuple: tuple.to_string(), reason })?;
        self.admit_condition(tuple).map_err(|reason| {
            let condition = tuple
                .condition
                .as_ref()
                .map(|condition| format!(" (condition {})", condition.name))
                .unwrap_or_default();
            TupleFault::Condition { tuple: format!("{tuple}{condition}"), reason }
        })
    }

    fn admit_parts(&self, tuple: &Tuple) -> Result<(), String> {
        let (kind, name, user) = (&tuple.object.kind, &tuple.relation, &tuple.user);
        let Some(relation) = self.relation(kind, name) else { return Ok(()) };
        if matches!(user, User::Userset(object, of) if *object == tuple.object && of == name) {
            return Err("cannot write a tuple that is implicit".to_owned());
        }
        if relation.tupleset {
            if relation.rewrite != Rewrite::This {
                return Err(format!("unexpected rewrite encountered with tupleset relation '{kind}#{name}'"));
            }
            match user {
                User::Object(_) => {}
                User::Wildcard(_) => {
                    return Err(format!("unexpected wildcard relationship with tupleset relation '{kind}#{name}'"));
                }
                User::Userset(..) => {
                    return Err(format!("unexpected user '{user}' with tupleset relation '{kind}#{name}'"));
                }
            }
        }
        if relation.allowed.iter().any(|allowed| allowed.fits(user)) {
            return Ok(());
        }
        Err(match user {
            User::Object(object) => {
                format!("type '{}' is not an allowed type restriction for '{kind}#{name}'", object.kind)
            }
            User::Wildcard(_) => {
                format!("the typed wildcard '{user}' is not an allowed type restriction for '{kind}#{name}'")
            }
            User::Userset(object, of) => {
                format!("'{}#{of}' is not an allowed type restriction for '{kind}#{name}'", object.kind)
            }
        })
    }

    fn admit_condition(&self, tuple: &Tuple) -> Result<(), String> {
        let allowed = self
            .relation(&tuple.object.kind, &tuple.relation)
            .map(|relation| relation.allowed.as_slice())
            .unwrap_or_default();
        let mut fitting = allowed.iter().filter(|allowed| allowed.fits(&tuple.user));
        let Some(named) = &tuple.condition else {
            return if fitting.any(|allowed| allowed.condition.is_none()) {
                Ok(())
            } else {
                Err("condition is missing".to_owned())
            };
        };
        let condition = self.condition(&named.name).ok_or("undefined condition")?;
        if !fitting.any(|allowed| allowed.condition.as_ref() == Some(&named.name)) {
            return Err("invalid condition for type restriction".to_owned());
        }
        condition.accept(&named.context).map_err(|fault| fault.to_string())
    }
}

impl Restriction {
    /// Returns `true` if this type restriction allows the user, ignoring conditions.
    pub(crate) fn fits(&self, user: &User) -> bool {
        match (&self.form, user) {
            (Form::Object, User::Object(object)) => object.kind == self.kind,
            (Form::Wildcard, User::Wildcard(kind)) => *kind == self.kind,
            (Form::Userset(of), User::Userset(object, relation)) => object.kind == self.kind && relation == of,
            _ => false,
        }
    }
}
