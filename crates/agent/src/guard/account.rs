//! The stage that sees to the account: what the deed will borrow must be there before anybody is asked for a yes. A person
//! who has not connected it is told so, and the call waits for them.

use super::stages::{Authorized, Connected, not_now};
use super::{Account, Docket, Guard, NotAdmitted, Refusal};
use crate::intent::Need;
use crate::ports::{CredentialError, Millis, Unavailable};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a call waits for its account, in milliseconds.
const PATIENCE: Millis = 600_000;

/// How often it is looked whether the account has come by another way: in another tab, or by a new sign-in.
const LOOK: Millis = 10_000;

/// What a person can do so that their account can be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// Connect it.
    #[default]
    Connect,
    /// Connect it again, so that it allows more.
    Widen,
    /// Sign in again: what it is borrowed by has ended.
    SignIn,
    /// Disconnect all such accounts but one: which one is meant is not known.
    KeepOne,
}

impl Mend {
    /// What mends this; nothing that the person could do, if the vault did not answer.
    fn of(error: CredentialError) -> Result<Self, Unavailable> {
        match error {
            CredentialError::NotConnected => Ok(Self::Connect),
            CredentialError::MoreScopes { .. } => Ok(Self::Widen),
            CredentialError::SignInAgain => Ok(Self::SignIn),
            CredentialError::SeveralAccounts => Ok(Self::KeepOne),
            CredentialError::Unavailable(error) => Err(error),
        }
    }

    /// The refusal of a call that it was not done for.
    fn refusal(self, need: &Need) -> Refusal {
        let provider = need.provider.clone();
        match self {
            Self::Connect => Refusal::NotConnected { provider, scopes: need.scopes.clone() },
            Self::Widen => Refusal::MoreScopes { provider, scopes: need.scopes.clone() },
            Self::SignIn => Refusal::SignInAgain,
            Self::KeepOne => Refusal::SeveralAccounts { provider },
        }
    }
}

impl Authorized {
    /// Sees whether the credential can be had. What is borrowed here is let go: the deed borrows its own, just in time.
    /// If the person had to see to it first, authorization is asked again: minutes may have passed.
    pub(super) async fn connect(self, guard: &Guard, docket: &dyn Docket) -> Result<Connected, NotAdmitted> {
        let Self(request) = self;
        let Some(need) = &request.intent.needs else { return Ok(Connected(request)) };
        let missing = loop {
            let mut account = docket.account().await?;
            if let Account::Wanted { until, .. } = account {
                wait(guard, docket, until.min(guard.clock.now() + LOOK)).await?;
                account = docket.account().await?;
            }
            if let Account::Declined { mend } = account {
                break mend.refusal(need);
            }
            let lent = guard.vault.access_token(&request.actor, need).await.map_err(Mend::of);
            match (account, lent) {
                (Account::Wanted { .. }, Ok(_)) => docket.connected().await?,
                (Account::Connected, Ok(_)) => {
                    request.decide(guard, None).await?;
                    return Ok(Connected(request));
                }
                (_, Ok(_)) => return Ok(Connected(request)),
                (Account::Unasked, Err(Ok(mend))) => docket.wanted(need, mend, guard.clock.now() + PATIENCE).await?,
                (Account::Wanted { until, mend }, Err(found)) if guard.clock.now() < until => {
                    // What is wanted may have become another thing meanwhile.
                    if let Ok(other) = found
                        && other != mend
                    {
                        docket.wanted(need, other, until).await?;
                    }
                }
                (Account::Wanted { mend, .. }, Err(_)) | (_, Err(Ok(mend))) => break mend.refusal(need),
                (_, Err(Err(error))) => break not_now(error),
            }
        };
        Err(request.refused(guard, None, missing).await.into())
    }
}

/// Waits until the docket says something new of the account, but not longer than `due`.
async fn wait(guard: &Guard, docket: &dyn Docket, due: Millis) -> Result<(), NotAdmitted> {
    while let Ok(left) = u64::try_from(due - guard.clock.now())
        && left > 0
        && matches!(docket.account().await?, Account::Wanted { .. })
    {
        let _ = tokio::time::timeout(Duration::from_millis(left), docket.stirred()).await;
    }
    Ok(())
}

/// What the vault's answer means for the deed.
pub(super) fn refusal(error: CredentialError, need: &Need) -> Refusal {
    Mend::of(error).map_or_else(not_now, |mend| mend.refusal(need))
}
