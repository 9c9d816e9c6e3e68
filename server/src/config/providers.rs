//! The providers file (`PROVIDERS_FILE`), and the variables that it names.

use super::env::Reader;
use credentials::local::{Provider, SecretAt};
use secrecy::SecretString;
use std::collections::BTreeMap;

const FILE: &str = "PROVIDERS_FILE";

/// The OAuth providers whose tokens the local vault keeps; none without a file.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    /// The providers as the file describes them.
    pub all: Vec<Provider<SecretAt>>,
    /// The values of the variables that the file names.
    pub variables: BTreeMap<String, SecretString>,
}

impl Providers {
    /// Returns `true` if the file has a provider of this name.
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
        let all = match credentials::file::parse(&text) {
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::config::{Config, ConfigError, GitHubAccess, OktaAccess};
    use std::path::PathBuf;

    /// A temporary file that is removed when the test ends.
    struct File(PathBuf);

    impl File {
        fn of(name: &str, text: &str) -> Self {
            let path = std::env::temp_dir().join(format!("countersign-{name}-{}.toml", std::process::id()));
            std::fs::write(&path, text).unwrap();
            Self(path)
        }

        fn read(&self, more: &[(&str, &str)]) -> Result<Config, Vec<ConfigError>> {
            let path = self.0.display().to_string();
            crate::config::tests::with(&[&[(FILE, path.as_str())], more].concat())
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn the_example_in_the_documentation_is_a_file_of_providers() {
        let page = include_str!("../../../docs/vault.md");
        let example = page.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
        let file = File::of("documentation", example);
        let config = file.read(&[("OKTA_PEOPLE_SECRET", "hunter2"), ("OKTA_CONNECTION", "Okta-OIDC")]).unwrap();
        let ids: Vec<_> = config.providers.all.iter().map(|provider| provider.id.as_str()).collect();
        assert_eq!(ids, ["github", "gitlab", "inventory", "okta", "weather"]);
        let access = &config.okta.as_ref().unwrap().access;
        assert!(matches!(access, OktaAccess::Provider), "the file replaces the connection");
        assert!(matches!(config.github.as_ref().unwrap().access, GitHubAccess::Provider));
        assert!(!format!("{config:?}").contains("hunter2"), "Debug shows a secret");
    }

    #[test]
    fn mistakes_in_the_file_are_reported_with_all_others() {
        let file = File::of("mistakes", "[github]\nclient_id = \"x\"\nsecret_env = \"NOT_SET\"\n");
        let shown = |errors: Vec<ConfigError>| errors.iter().map(ToString::to_string).collect::<Vec<_>>();
        let errors = shown(file.read(&[("OIDC_CLIENT_ID", "")]).unwrap_err());
        let expected =
            ["PROVIDERS_FILE github.secret_env names a variable that is not set", "OIDC_CLIENT_ID is missing"];
        assert_eq!(errors, expected);
        let broken = File::of("broken", "[github]\n[own]\nclient_id = \"x\"\nsecret_id = \"s\"\n");
        let errors = shown(broken.read(&[]).unwrap_err());
        assert!(
            errors.len() == 4 && errors.iter().all(|error| error.starts_with("PROVIDERS_FILE line ")),
            "{errors:?}"
        );
        let absent = crate::config::tests::with(&[(FILE, "/nowhere/providers.toml")]).unwrap_err();
        assert!(absent[0].problem.starts_with("cannot be read"), "{absent:?}");
    }

    #[test]
    fn without_a_file_github_needs_a_connection() {
        let with = |more: &[(&str, &str)]| crate::config::tests::with(more).unwrap();
        assert!(with(&[]).github.is_none() && with(&[]).providers.all.is_empty());
        let github = with(&[("GITHUB_CONNECTION", "github")]).github.unwrap();
        assert!(
            matches!(github.access, GitHubAccess::Connection { name, scopes } if name == "github" && scopes.is_empty())
        );
        assert_eq!(with(&[]).aws.vault_key_secret_id, with(&[]).aws.session_key_secret_id);
        assert_eq!(with(&[("VAULT_KEY_SECRET_ID", "own")]).aws.vault_key_secret_id, "own");
    }
}
