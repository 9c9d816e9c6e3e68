//! Protocol revisions: the supported ones, and the one with which an older server is initialized.

use crate::error::Cause;
use rmcp::model::ProtocolVersion;

/// The current revision: no `initialize`, each request is independent.
pub(crate) const CURRENT: ProtocolVersion = ProtocolVersion::V_2026_07_28;

/// Supported revisions that start with `initialize` over Streamable HTTP, newest first.
const OLDER: [ProtocolVersion; 3] = [NEWEST_OLDER, ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_03_26];

/// The newest older revision, which is offered to a server that names none.
pub(crate) const NEWEST_OLDER: ProtocolVersion = ProtocolVersion::V_2025_11_25;

/// Longest list of a server's revisions in an error, in characters.
const LONGEST_LIST: usize = 120;

/// Returns the revision for `initialize` with a server that rejected the current one and named `supported` (error
/// -32022, basic/versioning of 2026-07-28). If it names none, [`NEWEST_OLDER`].
///
/// # Errors
/// [`Cause::Versions`] if none of them is supported by this client.
pub(crate) fn fallback(supported: &[ProtocolVersion]) -> Result<ProtocolVersion, Cause> {
    if supported.is_empty() {
        return Ok(NEWEST_OLDER);
    }
    OLDER.into_iter().find(|own| supported.contains(own)).ok_or_else(|| unknown(supported))
}

/// Rejects a server's answer to `initialize` with an unsupported revision. 2024-11-05 is accepted although it defines
/// another transport: servers on Streamable HTTP still name it, and listing and calling tools have the same form.
pub(crate) fn agreed(answered: &ProtocolVersion) -> Result<(), Cause> {
    let taken = *answered == CURRENT || *answered == ProtocolVersion::V_2024_11_05 || OLDER.contains(answered);
    if taken { Ok(()) } else { Err(unknown(std::slice::from_ref(answered))) }
}

/// All supported revisions, newest first.
pub(crate) fn spoken() -> String {
    let all: Vec<_> = [CURRENT].into_iter().chain(OLDER).map(|own| own.to_string()).collect();
    all.join(", ")
}

fn unknown(named: &[ProtocolVersion]) -> Cause {
    let named: Vec<_> = named.iter().map(ProtocolVersion::as_str).collect();
    Cause::Versions(text::line(&named.join(", "), LONGEST_LIST).replace('"', "'"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_names_no_revision_is_offered_the_newest_older_one() {
        assert_eq!(fallback(&[]).unwrap(), NEWEST_OLDER);
        assert_eq!(fallback(&[ProtocolVersion::V_2024_11_05]), Err(Cause::Versions("2024-11-05".to_owned())));
    }

    #[test]
    fn an_answer_to_initialize_must_name_a_known_revision() {
        for (answered, good) in [
            (CURRENT, true),
            (NEWEST_OLDER, true),
            (ProtocolVersion::V_2025_03_26, true),
            (ProtocolVersion::V_2024_11_05, true),
            (serde_json::from_value("2099-01-01".into()).unwrap(), false),
        ] {
            assert_eq!(agreed(&answered).is_ok(), good, "{answered}");
        }
    }
}
