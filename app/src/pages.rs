//! The pages. Only the server renders them. Each is a component that loads its data from the [`Backend`] of the
//! request; a page's data types stand in its module, ready to be shown.
//!
//! [`Backend`]: crate::backend::Backend

pub mod accounts;
pub mod activity;
mod approve;
mod chat;
pub mod conversations;
pub mod failure;
mod framed;
pub mod inbox;
mod load;
mod not_found;
pub mod notice;
mod passkeys;
pub mod permissions;
mod signed_out;
mod standing;
mod styleguide;
pub mod tools;

pub use crate::ui::nav::Destination;
pub use accounts::AccountsPage;
pub use activity::{ActivityEntryPage, ActivityPage, AuditPage};
pub use approve::{AnsweredPage, ApprovePage, Obstacle, Waiting};
pub use chat::ChatPage;
pub use conversations::ConversationsPage;
pub use failure::{Denied, PageFailure};
pub use framed::Framed;
pub use inbox::InboxPage;
pub use not_found::NotFound;
pub use passkeys::{Enrolling, Passkey, PasskeysPage};
pub use permissions::{HelpPage, PermissionsPage, RevokePage};
pub use signed_out::SignedOut;
pub use standing::{StandingBounds, StandingItem};
pub use styleguide::{StyleGuide, StyleGuidePage};
pub use tools::ToolsPage;
