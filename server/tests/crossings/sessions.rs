//! The person's session, and the access token that is issued while it lasts.

use crate::gates::{Gates, Who};
use agent::Actor;
use agent::fakes::MemoryLedger;
use agent::intent::Need;
use agent::ports::{AccessToken, CredentialError, CredentialProvider, Millis, SignIns, Unavailable, Verdict};
use async_trait::async_trait;
use std::sync::{Arc, Mutex};

/// The session store that both instances share.
#[derive(Debug, Default)]
pub(crate) struct Session(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Set when the session has ended.
    ended: bool,
    /// Set when the session had not ended at a check after an allowed entry was in the ledger.
    may_act: bool,
}

impl Session {
    pub(crate) fn end(&self) {
        self.0.lock().unwrap().ended = true;
    }

    /// Returns whether the session has ended and no check after the allowed entry found it alive, so that no action
    /// may be performed.
    pub(crate) fn forbids_actions(&self) -> bool {
        let state = self.0.lock().unwrap();
        state.ended && !state.may_act
    }

    fn lives(&self, written_down: bool) -> bool {
        let mut state = self.0.lock().unwrap();
        state.may_act |= written_down && !state.ended;
        !state.ended
    }
}

/// The session as one instance sees it.
pub(crate) struct GatedSession {
    pub(crate) who: Who,
    pub(crate) gates: Gates,
    pub(crate) session: Arc<Session>,
    pub(crate) ledger: Arc<MemoryLedger>,
}

#[async_trait]
impl SignIns for GatedSession {
    async fn is_signed_in(&self, _: &Actor, _: Millis) -> Result<bool, Unavailable> {
        let answer = self.gates.pass(self.who, "session").await;
        let written_down = self.ledger.lines().iter().any(|line| line.verdict == Verdict::Allowed);
        let lives = self.session.lives(written_down);
        answer.arrives("the session store").map(|()| lives)
    }
}

#[async_trait]
impl CredentialProvider for GatedSession {
    async fn access_token(&self, _: &Actor, _: &Need) -> Result<AccessToken, CredentialError> {
        let answer = self.gates.pass(self.who, "lend").await;
        let lives = self.session.lives(false);
        answer.arrives("the vault")?;
        if lives { Ok(AccessToken::new("a borrowed token".into())) } else { Err(CredentialError::SignInAgain) }
    }
}
