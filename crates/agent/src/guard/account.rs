//! The stage that sees to the account: what the deed will borrow must be there before anybody is asked for a yes. A person
//! who has not connected it is told so, and the call waits for them.

use super::stages::{Authorized, Connected, not_now};
use super::{Account, Docket, Guard, NotAdmitted, Refusal};
use crate::intent::Need;
use crate::ports::{Millis, VaultError};
use std::time::Duration;

/// How long a call waits for its account, in milliseconds.
const PATIENCE: Millis = 600_000;

impl Authorized {
    /// Sees whether the credential can be had. What is borrowed here is let go: the deed borrows its own, just in time.
    /// If the person had to connect an account first, authorization is asked again: minutes may have passed.
    pub(super) async fn connect(self, guard: &Guard, docket: &dyn Docket) -> Result<Connected, NotAdmitted> {
        let Self(request) = self;
        let Some(need) = &request.intent.needs else { return Ok(Connected(request)) };
        let missing = loop {
            let account = docket.account().await?;
            match account {
                Account::Unasked | Account::Connected => match guard.vault.lend(&request.actor, need).await {
                    Ok(_) if account == Account::Connected => {
                        request.decide(guard, None).await?;
                        return Ok(Connected(request));
                    }
                    Ok(_) => return Ok(Connected(request)),
                    Err(VaultError::NotConnected | VaultError::MoreScopes { .. }) if account == Account::Unasked => {
                        docket.wanted(need, guard.clock.now() + PATIENCE).await?;
                    }
                    Err(error) => break refusal(error, need),
                },
                Account::Wanted { until } if guard.clock.now() < until => {
                    let left = Duration::from_millis(u64::try_from(until - guard.clock.now()).unwrap_or(0));
                    let _ = tokio::time::timeout(left, docket.stirred()).await;
                }
                Account::Wanted { .. } | Account::Declined => break refusal(VaultError::NotConnected, need),
            }
        };
        Err(request.refused(guard, None, missing).await.into())
    }
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
