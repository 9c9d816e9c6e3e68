//! The policies of the doors (`POLICIES`).

use super::env::Reader;
use policies::Mode;
use std::fmt;
use std::path::PathBuf;

/// The value of `POLICIES` for those in the table.
const TABLE: &str = "dynamodb";

/// The policies in front of the calls that come through doors.
#[derive(Debug, Clone)]
pub struct Policies {
    /// Their place.
    pub source: PolicySource,
    /// The mode of the engine.
    pub mode: Mode,
    /// The name of the gateway in the policies, for all doors; `None` is the public URL of each.
    pub gateway: Option<String>,
}

/// The place of the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicySource {
    /// A file, or a directory of files.
    Path(PathBuf),
    /// The table, where `countersign policy publish` puts them.
    Table,
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Table => f.write_str("the table"),
        }
    }
}

/// Reads the settings; without a place there are no policies.
pub(super) fn read(r: &mut Reader<'_>) -> Option<Policies> {
    let mode = r.choice("POLICIES_MODE", &[("ENFORCE", Mode::Enforce), ("LOG_ONLY", Mode::LogOnly)]);
    let gateway = r.optional("POLICIES_GATEWAY");
    let place = r.optional("POLICIES")?;
    let source = if place == TABLE { PolicySource::Table } else { PolicySource::Path(place.into()) };
    Some(Policies { source, mode, gateway })
}
