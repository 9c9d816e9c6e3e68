//! Approval by passkeys: a person enrols authenticators (W3C Web Authentication Level 3) and approves a question by a
//! signature over its digest.

mod enrol;
mod sign;

pub use enrol::{Creation, EnrolError, RevokeError};
pub use sign::{Answer, SignError};

use agent::Actor;
use agent::enrolments::{Enrolment, Enrolments};
use agent::ports::{Ledger, PasskeyStore, Unavailable};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use webauthn::{Bytes, RelyingParty};

/// Most attempts at a change of a person's passkeys while others change them.
const ATTEMPTS: u32 = 5;

/// The passkeys of everybody.
#[derive(Clone)]
pub struct Passkeys {
    store: Arc<dyn PasskeyStore>,
    ledger: Arc<dyn Ledger>,
    party: RelyingParty,
}

impl Passkeys {
    /// Creates the service for pages of `party`; `ledger` records enrolments and revocations.
    #[must_use]
    pub fn new(store: Arc<dyn PasskeyStore>, ledger: Arc<dyn Ledger>, party: RelyingParty) -> Self {
        Self { store, ledger, party }
    }

    /// The relying party of every passkey.
    #[must_use]
    pub const fn party(&self) -> &RelyingParty {
        &self.party
    }

    /// Returns a person's passkeys.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Enrolment>, Unavailable> {
        Ok(self.store.read(actor).await?.0.all().to_vec())
    }

    /// Changes a person's passkeys; repeats `change` on what others have written meanwhile. `change` must recognize its own
    /// effect, because a write whose answer was lost is repeated.
    async fn change<T: Send, E: From<Unavailable> + Send>(
        &self,
        actor: &Actor,
        change: impl Fn(&mut Enrolments) -> Result<T, E> + Send + Sync,
    ) -> Result<T, E> {
        for _ in 0..ATTEMPTS {
            let (before, version) = self.store.read(actor).await?;
            let mut enrolments = before.clone();
            let result = change(&mut enrolments)?;
            if enrolments == before || self.store.replace(actor, &enrolments, version).await? {
                return Ok(result);
            }
        }
        Err(Unavailable::new("the passkey store", "a person's passkeys change too fast").into())
    }
}

/// Returns the user handle of a person (section 5.4.3): it names them to the authenticator and nobody else.
fn user_handle(actor: &Actor) -> Bytes {
    let text = format!("{}\n{}\n{}", actor.tenant(), actor.issuer(), actor.subject());
    // A SHA-256 digest always fits.
    Bytes::try_from(Sha256::digest(text.as_bytes()).to_vec()).unwrap_or_else(|_| unreachable!("32 bytes"))
}

impl fmt::Debug for Passkeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkeys").field("party", &self.party).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
