//! The providers file, which describes the sandbox's GitHub for the server's local vault.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Environment;

impl Environment {
    /// Adds the sandbox's GitHub, described in the file `path` as an operator would do.
    pub(crate) fn with_github(mut self, path: &Path) -> Result<Self> {
        let value = |wanted: &str| {
            let found = self.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
            found.with_context(|| format!("the sandbox printed no {wanted}"))
        };
        let (pages, api, client) = (value("GITHUB_BASE_URL")?, value("GITHUB_API_URL")?, value("GITHUB_CLIENT_ID")?);
        let text = format!(
            "# The addresses of the sandbox. By default they are those of github.com.\n[github]\n\
             client_id = \"{client}\"\nsecret_env = \"GITHUB_CLIENT_SECRET\"\n\
             authorization_url = \"{pages}/login/oauth/authorize\"\ntoken_url = \"{api}/login/oauth/access_token\"\n\
             revoke_url = \"{api}/applications/{{client_id}}/grant\"\nissuer = \"{pages}/login/oauth\"\nidentity_url = \"{api}/user\"\n"
        );
        fs::write(path, text).with_context(|| path.display().to_string())?;
        self.0.push(("PROVIDERS_FILE".to_owned(), path.display().to_string()));
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_server_gets_a_file_that_describes_github() {
        let path = std::env::temp_dir().join(format!("countersign-providers-{}", std::process::id()));
        let value = |name: &str, value: &str| (format!("GITHUB_{name}"), value.to_owned());
        let (pages, api) = ("http://localhost:4107", "http://127.0.0.1:4107");
        let told = vec![value("BASE_URL", pages), value("API_URL", api), value("CLIENT_ID", "app")];
        let environment = Environment(told).with_github(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(environment.0.last().unwrap(), &("PROVIDERS_FILE".to_owned(), path.display().to_string()));
        for line in [
            "client_id = \"app\"",
            "authorization_url = \"http://localhost:4107/login/oauth/authorize\"",
            "revoke_url = \"http://127.0.0.1:4107/applications/{client_id}/grant\"",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}: {text}");
        }
        assert!(Environment(Vec::new()).with_github(&path).is_err());
    }
}
