//! The account stage of the guard: the access token that the action needs must be available before anyone is asked to
//! approve the action. If the person must first connect an account or sign in, they are prompted and the call waits.

use super::stages::{Authorized, Connected, not_now};
use super::{Account, CallLog, Guard, NotAdmitted, Refusal};
use crate::intent::Need;
use crate::ports::{CredentialError, Millis, Unavailable};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longest time that a call waits for its account, in milliseconds.
const LONGEST_WAIT_FOR_ACCOUNT: Millis = 600_000;

/// Interval, in milliseconds, at which a waiting call requests the token again, since the account may have been
/// connected in another tab or by a new sign-in.
const ACCOUNT_POLL: Millis = 10_000;

/// The remedy by which a person can make their account usable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Connect the account.
    #[default]
    Connect,
    /// Connect the account again and grant more scopes.
    GrantScopes,
    /// Sign in again, since the sign-in that yields the access token has ended.
    SignIn,
    /// Disconnect all such accounts but one, since it is unknown which one to use.
    ChooseAccount,
}

impl Remedy {
    /// Returns the remedy for `error`. An outage has none, so it is returned as the error.
    fn of(error: CredentialError) -> Result<Self, Unavailable> {
        match error {
            CredentialError::NotConnected => Ok(Self::Connect),
            CredentialError::MoreScopes { .. } => Ok(Self::GrantScopes),
            CredentialError::SignInAgain => Ok(Self::SignIn),
            CredentialError::SeveralAccounts => Ok(Self::ChooseAccount),
            CredentialError::Unavailable(error) => Err(error),
        }
    }

    /// Returns the refusal of a call for which the person did not take this remedy.
    fn refusal(self, need: &Need) -> Refusal {
        let provider = need.provider.clone();
        match self {
            Self::Connect => Refusal::NotConnected { provider, scopes: need.scopes.clone() },
            Self::GrantScopes => Refusal::MoreScopes { provider, scopes: need.scopes.clone() },
            Self::SignIn => Refusal::SignInAgain,
            Self::ChooseAccount => Refusal::SeveralAccounts { provider },
        }
    }
}

impl Authorized {
    /// Checks that an access token is available and discards it: the action requests its own just before use. If the
    /// call had to wait for the person, authorizes it again, since minutes may have passed.
    pub(super) async fn connect(self, guard: &Guard, call_log: &dyn CallLog) -> Result<Connected, NotAdmitted> {
        let Self(mut request) = self;
        let Some(need) = &request.intent.needs.clone() else { return Ok(Connected(request)) };
        let missing = loop {
            let mut account = call_log.account().await?;
            if let Account::Wanted { until, .. } = account {
                wait(guard, call_log, until.min(guard.clock.now() + ACCOUNT_POLL)).await?;
                account = call_log.account().await?;
            }
            if let Account::Declined { remedy } = account {
                break remedy.refusal(need);
            }
            let lent = guard.vault.access_token(&request.actor, need).await.map_err(Remedy::of);
            match (account, lent) {
                (Account::Wanted { .. }, Ok(_)) => call_log.connected().await?,
                (Account::Connected, Ok(_)) => {
                    request.decide(guard, None).await?;
                    return Ok(Connected(request));
                }
                (_, Ok(_)) => return Ok(Connected(request)),
                (Account::Unasked, Err(Ok(remedy))) => {
                    call_log.wanted(need, remedy, guard.clock.now() + LONGEST_WAIT_FOR_ACCOUNT).await?
                }
                (Account::Wanted { until, remedy }, Err(found)) if guard.clock.now() < until => {
                    // Update the prompt if a different remedy is needed now.
                    if let Ok(other) = found
                        && other != remedy
                    {
                        call_log.wanted(need, other, until).await?;
                    }
                }
                (Account::Wanted { remedy, .. }, Err(_)) | (_, Err(Ok(remedy))) => break remedy.refusal(need),
                (_, Err(Err(error))) => break not_now(error),
            }
        };
        Err(request.refused(guard, None, missing).await.into())
    }
}

/// Waits until the call log no longer records a wanted account, or until `due`.
async fn wait(guard: &Guard, call_log: &dyn CallLog, due: Millis) -> Result<(), NotAdmitted> {
    while let Ok(left) = u64::try_from(due - guard.clock.now())
        && left > 0
        && matches!(call_log.account().await?, Account::Wanted { .. })
    {
        let _ = tokio::time::timeout(Duration::from_millis(left), call_log.changed()).await;
    }
    Ok(())
}

/// Returns the refusal of a call whose access token could not be obtained.
pub(super) fn refusal(error: CredentialError, need: &Need) -> Refusal {
    Remedy::of(error).map_or_else(not_now, |remedy| remedy.refusal(need))
}
