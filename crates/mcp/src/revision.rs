//! Revisions of the protocol: those that are spoken here, and the one in which an older server is greeted.

use crate::error::Cause;
use rmcp::model::ProtocolVersion;

/// The current revision: no `initialize`, each request stands alone.
pub(crate) const CURRENT: ProtocolVersion = ProtocolVersion::V_2026_07_28;

/// Revisions that begin with `initialize` and are spoken over Streamable HTTP, newest first.
const OLDER: [ProtocolVersion; 3] = [NEWEST_OLDER, ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_03_26];

/// The newest older revision: the one that is offered to a server that names none.
pub(crate) const NEWEST_OLDER: ProtocolVersion = ProtocolVersion::V_2025_11_25;

/// Longest list of a server's revisions in an error, in characters.
const LONGEST_LIST: usize = 120;

/// The revision in which a server is greeted with `initialize` that refused the current one and named `supported`
/// (error -32022, basic/versioning of 2026-07-28). A server that names none is offered [`NEWEST_OLDER`].
///
/// # Errors
/// [`Cause::Versions`] when it names none that is spoken here.
pub(crate) fn fallback(supported: &[ProtocolVersion]) -> Result<ProtocolVersion, Cause> {
    if supported.is_empty() {
        return Ok(NEWEST_OLDER);
    }
    OLDER.into_iter().find(|own| supported.contains(own)).ok_or_else(|| unknown(supported))
}

/// Refuses a revision that a server answered `initialize` with and that is not spoken here. 2024-11-05 is taken,
/// although its own transport is another one: servers on Streamable HTTP still name it, and lists and calls of tools
/// have the same form.
pub(crate) fn agreed(answered: &ProtocolVersion) -> Result<(), Cause> {
    let taken = *answered == CURRENT || *answered == ProtocolVersion::V_2024_11_05 || OLDER.contains(answered);
    if taken { Ok(()) } else { Err(unknown(std::slice::from_ref(answered))) }
}

/// All revisions that are spoken here, newest first.
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
    fn an_answer_to_initialize_is_of_a_known_revision_or_none() {
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
