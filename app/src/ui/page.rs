//! The context shared by the parts of a conversation's page.

/// The context of a part of the page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Id of the conversation.
    pub conversation: String,
    /// The person, as a request to an administrator names them.
    pub asker: String,
    /// Id of the person, as [`crate::wire::Talk::owner`] has it.
    pub owner: String,
    /// Set where messages cannot be changed.
    pub reads_only: bool,
}
