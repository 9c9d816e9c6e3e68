//! The policy of approvals (`APPROVALS_FILE`).

use super::env::Reader;
use approvals::Policy;

const FILE: &str = "APPROVALS_FILE";

/// Reads the policy; without a file, each action needs one approval of the person who asks.
pub(super) fn read(r: &mut Reader<'_>) -> Policy {
    r.file(FILE, Policy::parse)
}

#[cfg(test)]
mod tests {
    use crate::config::with;

    #[test]
    fn a_policy_that_cannot_be_read_stops_the_start() {
        let directory = std::env::temp_dir();
        for (text, expected) in [
            (Some("[default]\napprovals = [\"passkey\"]\n"), None),
            (Some("[default]\napprovals = [\"nobody\"]\n"), Some("unknown variant `nobody`")),
            (None, Some("cannot be read")),
        ] {
            let path = directory.join(format!("countersign-policy-{}.toml", std::process::id()));
            let _ = std::fs::remove_file(&path);
            if let Some(text) = text {
                assert!(std::fs::write(&path, text).is_ok());
            }
            let read = with(&[("APPROVALS_FILE", &path.display().to_string())]);
            let _ = std::fs::remove_file(&path);
            match (read, expected) {
                (Ok(_), None) => {}
                (Err(errors), Some(expected)) => assert!(format!("{errors:?}").contains(expected), "{errors:?}"),
                (read, expected) => panic!("{expected:?} {}", read.is_ok()),
            }
        }
    }
}
