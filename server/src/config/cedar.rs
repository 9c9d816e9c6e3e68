//! The policies of the doors (`POLICIES`).

use super::env::Reader;
use policies::Mode;
use std::path::PathBuf;

/// The policies in front of the calls that come through doors.
#[derive(Debug, Clone)]
pub struct Policies {
    /// A file, or a directory of files.
    pub path: PathBuf,
    /// The mode of the engine.
    pub mode: Mode,
    /// The name of the gateway in the policies, for all doors; `None` is the public URL of each.
    pub gateway: Option<String>,
}

/// Reads the settings; without a path there are no policies.
pub(super) fn read(r: &mut Reader<'_>) -> Option<Policies> {
    let mode = r.choice("POLICIES_MODE", &[("ENFORCE", Mode::Enforce), ("LOG_ONLY", Mode::LogOnly)]);
    let gateway = r.optional("POLICIES_GATEWAY");
    r.optional("POLICIES").map(|path| Policies { path: path.into(), mode, gateway })
}
