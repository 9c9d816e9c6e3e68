//! The file of providers, and the variables that it names.

use super::env::Reader;
use secrecy::SecretString;
use std::collections::BTreeMap;
use vault::{Provider, SecretAt};

const FILE: &str = "PROVIDERS_FILE";

/// Who gives tokens to the vault of our own; nobody, without a file.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    /// Each as the file has it.
    pub all: Vec<Provider<SecretAt>>,
    /// The values of the variables that it names.
    pub variables: BTreeMap<String, SecretString>,
}

impl Providers {
    /// Whether the file has a provider of this name.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.all.iter().any(|provider| provider.id == id)
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let Some(path) = r.optional(FILE) else { return Self::default() };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                r.wrong(FILE, &format!("cannot be read: {error}"));
                return Self::default();
            }
        };
        let all = match vault::file::parse(&text) {
            Ok(all) => all,
            Err(mistakes) => {
                mistakes.iter().for_each(|mistake| r.wrong(FILE, &mistake.to_string()));
                return Self::default();
            }
        };
        let mut variables = BTreeMap::new();
        for provider in &all {
            let SecretAt::Variable(name) = provider.secret_at() else { continue };
            match r.named(name) {
                Some(secret) => drop(variables.insert(name.clone(), secret)),
                None => r.wrong(FILE, &format!("{}.secret_env names a variable that is not set", provider.id)),
            }
        }
        Self { all, variables }
    }
}
