//! The rules for relations, with the service's message for each violation. Must not depend on the content of
//! conditions.

use super::{Form, Model, Relation, Rewrite};

impl Model {
    /// Reports the first violation in alphabetical order of names, which is the service's order.
    pub(super) fn check_rules(&self) -> Result<(), String> {
        let entrypoints = self.entrypoints();
        for (kind, relations) in &self.types {
            if is_reserved(kind) {
                return Err(format!("the definition of type '{kind}' is invalid"));
            }
            if let Some(name) = relations.keys().find(|name| is_reserved(name)) {
                return Err(invalid(kind, name, "self and this are reserved keywords"));
            }
        }
        for (kind, relations) in &self.types {
            for (name, relation) in relations {
                self.check_rewrite(kind, name, &relation.rewrite)?;
                self.check_restrictions(kind, name, relation)?;
                let cycle = self.rewrites_to_itself(kind, &relation.rewrite, &mut vec![name]);
                if !entrypoints.contains(&(kind.as_str(), name.as_str())) {
                    return Err(invalid(kind, name, if cycle { "potential loop" } else { "no entrypoints defined" }));
                }
                if cycle {
                    return Err(invalid(kind, name, "an authorization model cannot contain a cycle"));
                }
            }
        }
        Ok(())
    }

    fn check_rewrite(&self, kind: &str, name: &str, rewrite: &Rewrite) -> Result<(), String> {
        match rewrite {
            Rewrite::This => Ok(()),
            Rewrite::Computed(other) if other == name => Err(invalid(kind, name, "invalid userset rewrite definition")),
            Rewrite::Computed(other) => self.check_defined(kind, other),
            Rewrite::From { relation, tupleset } => self.check_from(kind, relation, tupleset),
            Rewrite::Union(operands) | Rewrite::Intersection(operands) => {
                if operands.len() < 2 {
                    let operator = if matches!(rewrite, Rewrite::Union(_)) { "union" } else { "intersection" };
                    return Err(format!("invalid relation: '{kind}#{name}' as {operator} has less than 2 children"));
                }
                operands.iter().try_for_each(|operand| self.check_rewrite(kind, name, operand))
            }
            Rewrite::Difference(base, subtract) => {
                self.check_rewrite(kind, name, base)?;
                self.check_rewrite(kind, name, subtract)
            }
        }
    }

    fn check_defined(&self, kind: &str, relation: &str) -> Result<(), String> {
        if self.has_relation(kind, relation) {
            Ok(())
        } else {
            Err(format!("'{kind}#{relation}' relation is undefined"))
        }
    }

    fn check_from(&self, kind: &str, relation: &str, tupleset: &str) -> Result<(), String> {
        self.check_defined(kind, tupleset)?;
        let definition = self.relation(kind, tupleset);
        if !definition.is_some_and(|definition| definition.rewrite == Rewrite::This) {
            return Err(format!(
                "the '{kind}#{tupleset}' relation is referenced in at least one tupleset and thus must be a direct relation"
            ));
        }
        let parents: Vec<&str> =
            definition.into_iter().flat_map(|relation| &relation.allowed).map(|parent| parent.kind.as_str()).collect();
        if parents.iter().any(|parent| self.has_relation(parent, relation)) {
            return Ok(());
        }
        let shown: Vec<String> = parents.iter().map(|parent| format!("type:\"{parent}\"")).collect();
        let shown = shown.join(" ");
        Err(format!(
            "undefined relation: {relation} does not appear as a relation in any of the directly related user types [{shown}]"
        ))
    }

    fn check_restrictions(&self, kind: &str, name: &str, relation: &Relation) -> Result<(), String> {
        let assignable = relation.rewrite.leaves().contains(&&Rewrite::This);
        if assignable && relation.allowed.is_empty() {
            return Err(format!(
                "the assignable relation '{name}' in object type '{kind}' must contain at least one relation type"
            ));
        }
        if !assignable && !relation.allowed.is_empty() {
            return Err(format!(
                "the non-assignable relation '{name}' in object type '{kind}' should not contain a relation type"
            ));
        }
        for allowed in &relation.allowed {
            let (valid, shown) = match &allowed.form {
                Form::Object => (self.has_type(&allowed.kind), allowed.kind.clone()),
                Form::Wildcard => (self.has_type(&allowed.kind) && !relation.tupleset, allowed.kind.clone()),
                Form::Userset(other) => {
                    (self.has_relation(&allowed.kind, other) && !relation.tupleset, format!("{}#{other}", allowed.kind))
                }
            };
            if !valid {
                return Err(format!("the relation type '{shown}' on '{name}' in object type '{kind}' is not valid"));
            }
            if let Some(condition) =
                allowed.condition.as_ref().filter(|name| !self.source.conditions.contains_key(*name))
            {
                return Err(format!("condition {condition} is undefined for relation {name}"));
            }
        }
        Ok(())
    }

    /// Returns `true` if the relation depends on itself through computed relations alone.
    fn rewrites_to_itself<'m>(&'m self, kind: &str, rewrite: &'m Rewrite, path: &mut Vec<&'m str>) -> bool {
        rewrite.leaves().into_iter().any(|leaf| {
            let Rewrite::Computed(other) = leaf else { return false };
            if path.contains(&other.as_str()) {
                return true;
            }
            let Some(relation) = self.relation(kind, other) else { return false };
            path.push(other);
            let found = self.rewrites_to_itself(kind, &relation.rewrite, path);
            path.pop();
            found
        })
    }
}

fn is_reserved(name: &str) -> bool {
    name == "self" || name == "this"
}

fn invalid(kind: &str, name: &str, cause: &str) -> String {
    format!("the definition of relation '{name}' in object type '{kind}' is invalid: {cause}")
}
