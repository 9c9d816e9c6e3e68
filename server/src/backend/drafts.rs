//! Texts that could not be taken, kept in the sealed session until their page is shown again: for forms without script.

use app::backend::Drafts;
use async_trait::async_trait;
use tower_sessions::Session;

/// Keeps drafts in a session, signed in or not.
#[derive(Debug, Clone)]
pub struct SessionDrafts(pub Session);

/// Longest draft that is kept: a session must fit one item of the store.
const LONGEST: usize = 128 * 1024;

#[async_trait]
impl Drafts for SessionDrafts {
    async fn keep(&self, conversation: String, text: String, problem: String) {
        if text.len() > LONGEST {
            return;
        }
        if let Err(error) = self.0.insert(&name(&conversation), (text, problem)).await {
            tracing::warn!(error = %error, "a draft could not be kept");
        }
    }
}

/// Takes the draft of a page out of the session. The last page's draft is found after a sign-in, too.
pub(super) async fn take(session: &Session, conversation: &str) -> Option<(String, String)> {
    session.remove(&name(conversation)).await.ok().flatten()
}

fn name(conversation: &str) -> String {
    format!("draft {conversation}")
}
