//! Fake ports for tests, stricter than the real services. There is no fake permit: only the guard makes one.

mod journal;
mod model;
mod ports;
mod tool;

pub use journal::MemoryJournal;
pub use model::{Script, ScriptedModel};
pub use ports::{FixedClock, Line, MemoryLedger, MemoryVault, TableAuthorizer};
pub use tool::{Deed, DeedTool};

use crate::Actor;
use crate::actor::Evidence;

/// An actor with this `sub`.
#[must_use]
pub fn actor(subject: &str) -> Actor {
    Actor::attest(Evidence {
        issuer: "https://idp.example/".to_owned(),
        subject: subject.to_owned(),
        tenant: "acme".to_owned(),
        principal: subject.to_owned(),
        name: subject.to_owned(),
        email: Some(format!("{subject}@acme.example")),
    })
}
