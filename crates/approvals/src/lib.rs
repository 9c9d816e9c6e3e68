//! Channels for approval by a person: CIBA at the provider where the person signed in, passkeys on our own pages, and
//! second persons. The policy says which of them an action needs ([`Policy`]).

pub mod by_policy;
pub mod ciba;
mod own_entry;
pub mod passkey;
pub mod policy;
pub mod standing;

pub use by_policy::ByPolicy;
pub use ciba::{Ciba, DetailsForm};
pub use passkey::Passkeys;
pub use policy::{BadPolicy, Policy};
pub use standing::StandingApprovals;
