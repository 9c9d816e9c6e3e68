//! The doors (`DOORS_FILE`).

use super::env::Reader;
use callers::DoorsConfig;

const FILE: &str = "DOORS_FILE";

/// Reads the doors; without a file there are none.
pub(super) fn read(r: &mut Reader<'_>) -> DoorsConfig {
    r.file(FILE, DoorsConfig::parse)
}

#[cfg(test)]
mod tests {
    use crate::config::with;

    const DOOR: &str = "[doors.runtime]\nresource = \"https://desk.example.com/invocations\"\n\
        [[doors.runtime.issuers]]\nissuer = \"https://idp.example/\"\njwks_url = \"https://idp.example/keys\"\n\
        algorithms = [\"RS256\"]\ntenant = \"default\"\n";

    #[test]
    fn doors_that_cannot_be_read_stop_the_start() {
        let path = std::env::temp_dir().join(format!("countersign-doors-{}.toml", std::process::id()));
        for (text, expected) in [
            (Some(DOOR.to_owned()), None),
            (Some(DOOR.replace("RS256", "HS256")), Some("DOORS_FILE")),
            (Some(DOOR.replace("tenant", "tenants")), Some("unknown field")),
            (None, Some("cannot be read")),
        ] {
            let _ = std::fs::remove_file(&path);
            if let Some(text) = &text {
                assert!(std::fs::write(&path, text).is_ok());
            }
            let read = with(&[("DOORS_FILE", &path.display().to_string())]);
            let _ = std::fs::remove_file(&path);
            match (read, expected) {
                (Ok(config), None) => assert_eq!(config.doors.doors.len(), 1),
                (Err(errors), Some(expected)) => assert!(format!("{errors:?}").contains(expected), "{errors:?}"),
                (read, expected) => panic!("{expected:?} {}", read.is_ok()),
            }
        }
    }
}
