//! Texts that could not be taken, kept in the sealed session until their page is shown again: for forms without script.

use crate::edge::identity::SessionUser;
use app::backend::Drafts;
use app::wire::LONGEST_MESSAGE;
use async_trait::async_trait;
use tower_sessions::{Expiry, Session};

/// Keeps drafts in a session, signed in or not.
#[derive(Debug, Clone)]
pub struct SessionDrafts(pub Session);

/// Longest draft that is kept for a signed-in person: a session must fit one item of the store.
const LONGEST: usize = 128 * 1024;

/// A stranger's draft is kept for a sign-in, not longer: nobody may fill the store without an account.
const STRANGERS_TIME: time::Duration = time::Duration::minutes(15);

#[async_trait]
impl Drafts for SessionDrafts {
    async fn keep(&self, conversation: String, text: String, problem: String) {
        let known = self.0.get_value(SessionUser::KEY).await.ok().flatten().is_some();
        if text.len() > if known { LONGEST } else { LONGEST_MESSAGE } {
            return;
        }
        if !known {
            self.0.set_expiry(Some(Expiry::OnInactivity(STRANGERS_TIME)));
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
