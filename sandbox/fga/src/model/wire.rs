//! The JSON form of a model. Rejects unknown fields and writes absent ones as the service does. Must not validate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Form, Restriction, Rewrite};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    pub(crate) schema_version: String,
    pub(crate) type_definitions: Vec<TypeDefinition>,
    #[serde(default)]
    pub(crate) conditions: BTreeMap<String, Condition>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeDefinition {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) relations: BTreeMap<String, Userset>,
    #[serde(default)]
    pub(crate) metadata: Option<Metadata>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metadata {
    #[serde(default)]
    pub(crate) relations: BTreeMap<String, RelationMetadata>,
    #[serde(default)]
    module: String,
    #[serde(default)]
    source_info: Option<SourceInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationMetadata {
    #[serde(default)]
    pub(crate) directly_related_user_types: Vec<RelationReference>,
    #[serde(default)]
    module: String,
    #[serde(default)]
    source_info: Option<SourceInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceInfo {
    file: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationReference {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) relation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wildcard: Option<Empty>,
    #[serde(default)]
    pub(crate) condition: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Empty {}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Userset {
    This(Empty),
    #[serde(rename = "computedUserset")]
    Computed(ObjectRelation),
    #[serde(rename = "tupleToUserset")]
    From(TupleToUserset),
    Union(Usersets),
    Intersection(Usersets),
    Difference(Difference),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectRelation {
    #[serde(default)]
    object: String,
    #[serde(default)]
    relation: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TupleToUserset {
    tupleset: ObjectRelation,
    computed_userset: ObjectRelation,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Usersets {
    child: Vec<Userset>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    base: Box<Userset>,
    subtract: Box<Userset>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) name: String,
    pub(crate) expression: String,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, ParameterType>,
    #[serde(default)]
    metadata: Option<ConditionMetadata>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionMetadata {
    #[serde(default)]
    module: String,
    #[serde(default)]
    source_info: Option<SourceInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParameterType {
    pub(crate) type_name: TypeName,
    #[serde(default)]
    pub(crate) generic_types: Vec<ParameterType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TypeName {
    #[serde(rename = "TYPE_NAME_ANY")]
    Any,
    #[serde(rename = "TYPE_NAME_BOOL")]
    Bool,
    #[serde(rename = "TYPE_NAME_STRING")]
    String,
    #[serde(rename = "TYPE_NAME_INT")]
    Int,
    #[serde(rename = "TYPE_NAME_UINT")]
    Uint,
    #[serde(rename = "TYPE_NAME_DOUBLE")]
    Double,
    #[serde(rename = "TYPE_NAME_DURATION")]
    Duration,
    #[serde(rename = "TYPE_NAME_TIMESTAMP")]
    Timestamp,
    #[serde(rename = "TYPE_NAME_MAP")]
    Map,
    #[serde(rename = "TYPE_NAME_LIST")]
    List,
    #[serde(rename = "TYPE_NAME_IPADDRESS")]
    IpAddress,
}

impl From<&Userset> for Rewrite {
    fn from(userset: &Userset) -> Self {
        let all = |usersets: &Usersets| usersets.child.iter().map(Self::from).collect();
        match userset {
            Userset::This(_) => Self::This,
            Userset::Computed(computed) => Self::Computed(computed.relation.clone()),
            Userset::From(from) => Self::From {
                relation: from.computed_userset.relation.clone(),
                tupleset: from.tupleset.relation.clone(),
            },
            Userset::Union(usersets) => Self::Union(all(usersets)),
            Userset::Intersection(usersets) => Self::Intersection(all(usersets)),
            Userset::Difference(difference) => {
                Self::Difference(Box::new((&*difference.base).into()), Box::new((&*difference.subtract).into()))
            }
        }
    }
}

impl From<&RelationReference> for Restriction {
    fn from(reference: &RelationReference) -> Self {
        let form = match (&reference.wildcard, reference.relation.as_str()) {
            (Some(_), _) => Form::Wildcard,
            (None, "") => Form::Object,
            (None, relation) => Form::Userset(relation.to_owned()),
        };
        let condition = Some(reference.condition.clone()).filter(|name| !name.is_empty());
        Self { kind: reference.kind.clone(), form, condition }
    }
}
