//! The entities of a request.

use std::collections::HashSet;
use std::str::FromStr as _;

use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression as Expression};

use crate::Principal;
use crate::catalog::BadInput;
use crate::load::LoadError;

/// The parsed names of the schema's types.
#[derive(Debug)]
pub(super) struct Names {
    gateway: EntityTypeName,
    user: EntityTypeName,
    role: EntityTypeName,
    action: EntityTypeName,
}

impl Names {
    pub(super) fn new() -> Result<Self, LoadError> {
        let name = |name| EntityTypeName::from_str(name).map_err(|error| LoadError::of_schema(&error));
        Ok(Self {
            gateway: name("AgentCore::Gateway")?,
            user: name("AgentCore::OAuthUser")?,
            role: name("AgentCore::IamEntity")?,
            action: name("AgentCore::Action")?,
        })
    }

    pub(super) fn gateway(&self, id: &str) -> EntityUid {
        uid(&self.gateway, id)
    }

    pub(super) fn action(&self, id: &str) -> EntityUid {
        uid(&self.action, id)
    }

    pub(super) fn is_action(&self, uid: &EntityUid) -> bool {
        uid.type_name() == &self.action
    }

    pub(super) fn principal(&self, principal: &Principal) -> Result<Entity, BadInput> {
        let attributes = |id: &str| [("id".to_owned(), Expression::new_string(id.to_owned()))];
        let entity = match principal {
            Principal::Person(person) => {
                let tags = person.tags.iter().map(|(name, tag)| (name.clone(), Expression::new_string(tag.clone())));
                Entity::new_with_tags(uid(&self.user, &person.subject), attributes(&person.subject), [], tags)
            }
            Principal::AwsRole(role) => {
                let attributes = attributes(role.as_str()).into_iter().collect();
                Entity::new(uid(&self.role, role.as_str()), attributes, HashSet::new())
            }
        };
        entity.map_err(|error| BadInput::refused(&error))
    }
}

fn uid(name: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id))
}
