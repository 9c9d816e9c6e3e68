//! The targets (`GATEWAY_FILE`), and the variables that the file names.

use super::env::Reader;
use gateway::{GatewayConfig, Secret};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "GATEWAY_FILE";

/// The targets whose tools are offered beside the built-in ones; none without a file.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// The targets as the file and its documents describe them.
    pub gateway: GatewayConfig,
    /// The values of the variables that the file names.
    pub variables: BTreeMap<String, SecretString>,
}

impl Targets {
    /// Reads the file and the documents that it names, by their paths relative to it.
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let path = r.optional(FILE).unwrap_or_default();
        let folder = Path::new(&path).parent().unwrap_or_else(|| Path::new(""));
        let gateway = r.file(FILE, |text| {
            let parsed = GatewayConfig::parse(text).map_err(|error| error.to_string())?;
            parsed.load(|document| std::fs::read_to_string(folder.join(document)))
        });
        let mut variables = BTreeMap::new();
        for secret in gateway.secrets() {
            let Secret::Variable(name) = secret else { continue };
            match r.named(name) {
                Some(value) => drop(variables.insert(name.clone(), value)),
                None => r.wrong(FILE, &format!("names the variable {name}, which is not set")),
            }
        }
        Self { gateway, variables }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::config::with;

    const FILE: &str = "[targets.shop]\nkind = \"openapi\"\nurl = \"https://shop.example\"\ndocument = \"shop.json\"\n\
        credential = { kind = \"api_key\", header = \"X-Api-Key\", secret_env = \"SHOP_KEY\" }\n";

    #[test]
    fn the_file_its_documents_and_its_variables_are_read_together() {
        let folder = std::env::temp_dir().join(format!("countersign-targets-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("gateway.toml");
        let (file, key) = (("GATEWAY_FILE", path.to_str().unwrap()), ("SHOP_KEY", "hunter2"));
        let document = r#"{"openapi":"3.1.0","paths":{}}"#;
        for (text, document, variables, expected) in [
            (FILE.to_owned(), Some(document), vec![file, key], None),
            (FILE.to_owned(), None, vec![file, key], Some("document: cannot be read")),
            (FILE.to_owned(), Some("{"), vec![file, key], Some("neither JSON nor YAML")),
            (FILE.to_owned(), Some(document), vec![file], Some("names the variable SHOP_KEY")),
            (
                FILE.replace("kind = \"api_key\"", "kind = \"hunter2\""),
                Some(document),
                vec![file, key],
                Some("GATEWAY_FILE"),
            ),
        ] {
            std::fs::write(&path, &text).unwrap();
            let _ = std::fs::remove_file(folder.join("shop.json"));
            document.iter().for_each(|text| std::fs::write(folder.join("shop.json"), text).unwrap());
            let read = with(&variables);
            match (read, expected) {
                (Ok(config), None) => assert_eq!(config.targets.gateway.targets.len(), 1),
                (Err(errors), Some(expected)) => assert!(format!("{errors:?}").contains(expected), "{errors:?}"),
                (read, expected) => panic!("{expected:?} {}", read.is_ok()),
            }
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
