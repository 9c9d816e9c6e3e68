//! The stage that sees to the account: what the deed will borrow must be there before anybody is asked for a yes. A person
//! who has not connected it is told so, and the call waits for them.

use super::stages::{Authorized, Connected, not_now};
use super::{Account, Docket, Guard, NotAdmitted, Refusal};
use crate::intent::Need;
use crate::ports::{Millis, VaultError};
use std::time::Duration;

/// How long a call waits for its account, in milliseconds.
const PATIENCE: Millis = 600_000;

/// How often it is looked whether the account has come by another way: in another tab, or by a new sign-in.
const LOOK: Millis = 10_000;

impl Authorized {
    /// Sees whether the credential can be had. What is borrowed here is let go: the deed borrows its own, just in time.
    /// If the person had to see to it first, authorization is asked again: minutes may have passed.
    pub(super) async fn connect(self, guard: &Guard, docket: &dyn Docket) -> Result<Connected, NotAdmitted> {
        let Self(request) = self;
        let Some(need) = &request.intent.needs else { return Ok(Connected(request)) };
        let missing = loop {
            let mut account = docket.account().await?;
            if let Account::Wanted { until } = account {
                wait(guard, docket, until.min(guard.clock.now() + LOOK)).await?;
                account = docket.account().await?;
            }
            let lent = match account {
                Account::Declined => Err(VaultError::NotConnected),
                _ => guard.vault.lend(&request.actor, need).await,
            };
            match (account, lent) {
                (Account::Unasked, Ok(_)) => return Ok(Connected(request)),
                (Account::Connected, Ok(_)) => {
                    request.decide(guard, None).await?;
                    return Ok(Connected(request));
                }
                (Account::Wanted { .. }, Ok(_)) => docket.connected().await?,
                (Account::Unasked, Err(error)) if can_mend(&error) => {
                    docket.wanted(need, guard.clock.now() + PATIENCE).await?;
                }
                (Account::Wanted { until }, Err(_)) if guard.clock.now() < until => {}
                (Account::Unasked | Account::Connected, Err(error)) => break refusal(error, need),
                (Account::Wanted { .. } | Account::Declined, _) => break refusal(VaultError::NotConnected, need),
            }
        };
        Err(request.refused(guard, None, missing).await.into())
    }
}

/// Whether the person can see to it themselves, by connecting the account or by signing in again.
const fn can_mend(error: &VaultError) -> bool {
    matches!(error, VaultError::NotConnected | VaultError::MoreScopes { .. } | VaultError::SignInAgain)
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
pub(super) fn refusal(error: VaultError, need: &Need) -> Refusal {
    match error {
        VaultError::NotConnected | VaultError::MoreScopes { .. } => {
            Refusal::NotConnected { provider: need.provider.clone(), scopes: need.scopes.clone() }
        }
        VaultError::SignInAgain => Refusal::SignInAgain,
        VaultError::Unavailable(error) => not_now(error),
    }
}
