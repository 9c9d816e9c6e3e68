//! Secrets, their versions, and the staging labels of the versions.

use std::collections::BTreeMap;

use sandbox_kit::canary;

use super::answer::Failure;

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

#[derive(Default)]
pub(super) struct Store(BTreeMap<String, Secret>);

struct Secret {
    arn: String,
    /// The versions, oldest first.
    versions: Vec<Version>,
}

pub(super) struct Version {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) stages: Vec<&'static str>,
    /// Time of creation, in seconds since 1970.
    pub(super) created: i64,
}

/// The requested version; `AWSCURRENT` if neither is given.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) version: Option<&'a str>,
    pub(super) stage: Option<&'a str>,
}

pub(super) struct Found<'a> {
    pub(super) name: &'a str,
    pub(super) arn: &'a str,
    pub(super) version: &'a Version,
}

impl Store {
    pub(super) fn names(&self) -> Vec<&String> {
        self.0.keys().collect()
    }

    pub(super) fn put(&mut self, name: &str, value: String, created: i64) {
        let secret = self.0.entry(name.to_owned()).or_insert_with(|| Secret {
            arn: format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}-Sandbx"),
            versions: Vec::new(),
        });
        for version in &mut secret.versions {
            version.stages = if version.stages.contains(&CURRENT) { vec![PREVIOUS] } else { Vec::new() };
        }
        secret.versions.push(Version { id: uuid(), value, stages: vec![CURRENT], created });
    }

    /// Finds a secret by name, by ARN, or by ARN without its six random characters.
    pub(super) fn get(&self, id: &str, wanted: Wanted<'_>) -> Result<Found<'_>, Failure> {
        if id.is_empty() || id.len() > 2048 {
            return Err(Failure::parameter("SecretId must have 1 to 2048 characters."));
        }
        let matches = |(name, secret): &(&String, &Secret)| {
            *name == id || secret.arn == id || secret.arn.strip_suffix("-Sandbx") == Some(id)
        };
        let missing = || Failure::not_found("Secrets Manager can't find the specified secret.");
        let (name, secret) = self.0.iter().find(matches).ok_or_else(missing)?;
        let version = secret.version(wanted)?;
        Ok(Found { name, arn: &secret.arn, version })
    }
}

impl Secret {
    fn version(&self, wanted: Wanted<'_>) -> Result<&Version, Failure> {
        let absent = |what: String| {
            Failure::not_found(format!("Secrets Manager can't find the specified secret value for {what}"))
        };
        if let Some(id) = wanted.version {
            let found = self.versions.iter().find(|version| version.id == id);
            let version = found.ok_or_else(|| absent(format!("VersionId: {id}")))?;
            return match wanted.stage {
                Some(stage) if !version.stages.contains(&stage) => Err(Failure::mismatch()),
                _ => Ok(version),
            };
        }
        let stage = wanted.stage.unwrap_or(CURRENT);
        let found = self.versions.iter().find(|version| version.stages.contains(&stage));
        found.ok_or_else(|| absent(format!("staging label: {stage}")))
    }
}

/// Generates a version id in the form of a UUID.
fn uuid() -> String {
    let hex: String = canary::random(24).bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}
