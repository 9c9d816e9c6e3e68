//! The data of the page of connected accounts.

use super::scopes;
use crate::services::Services;
use crate::time_text;
use crate::zone::Zone;
use agent::Actor;
use agent::ports::{Clock, Millis, PastEntry, Verdict};
use app::pages::accounts as page;
use credentials::AccountIdentity;
use credentials::accounts::{Account, AccountError, AccountLookup, Keeper, Provider, Since};
use system::SystemClock;
use text::visible;

/// Period that is searched for the last use of an account, in milliseconds: 30 days.
const OF_LATE: Millis = 30 * 86_400_000;

/// Most entries that are searched for it.
const MOST_ENTRIES: usize = 200;

/// Returns the providers with the person's accounts.
pub(in crate::backend) async fn accounts(services: &Services, actor: &Actor, zone: &Zone) -> Vec<page::Provider> {
    let providers = &services.accounts.providers;
    if providers.is_empty() {
        return Vec::new();
    }
    let (listing, past) = futures::join!(services.accounts.list(actor), past(services, actor));
    let shown = |provider: &Provider| page::Provider {
        id: provider.id.clone(),
        name: provider.name.clone(),
        uses: provider.tools.clone(),
        accounts: match listing.at(provider) {
            AccountLookup::Accounts(own) => {
                let used = last_use(provider, past.as_deref(), zone);
                page::Accounts::Known(known(actor, provider, &own, &used, zone))
            }
            AccountLookup::Unknown(AccountError::SignInAgain) => page::Accounts::SignInAgain,
            AccountLookup::Unknown(_) => page::Accounts::Unknown,
        },
    };
    providers.iter().map(shown).collect()
}

/// Returns the decisions of late for this person, newest first; `None` if they cannot be read.
async fn past(services: &Services, actor: &Actor) -> Option<Vec<PastEntry>> {
    let now = SystemClock.now();
    let entries = services.audit.entries_of(actor, now - OF_LATE..now + 1, MOST_ENTRIES).await;
    entries.inspect_err(|error| tracing::warn!(error = %error, "the last uses of accounts could not be read")).ok()
}

/// Says when an account of this provider was last used, and for which action.
fn last_use(provider: &Provider, past: Option<&[PastEntry]>, zone: &Zone) -> String {
    let Some(past) = past else { return "unknown right now".to_owned() };
    let used = past.iter().find(|entry| entry.verdict == Verdict::Allowed && provider.names.contains(&entry.tool.0));
    let never = if past.len() < MOST_ENTRIES { "not in the last 30 days" } else { "not recently" };
    let t = zone.texts();
    used.map_or_else(
        || never.to_owned(),
        |entry| t.last_used_to(&zone.full(entry.at), &t.stored(&visible(&entry.intent))),
    )
}

/// The last use is known only for all accounts of a provider together, so it is given only for a single one.
fn known(actor: &Actor, provider: &Provider, accounts: &[&Account], used: &str, zone: &Zone) -> Vec<page::Account> {
    let (used, lost) = match accounts {
        [_] => (Some(used.to_owned()), lost(provider)),
        _ => (None, "The others stay connected. With only one left, Countersign knows which one to use.".to_owned()),
    };
    let shown = |account: &&Account| page::Account {
        id: account.id.clone(),
        owner: account.owner.as_ref().map(|owner| self::owner(actor, owner)),
        since: match &account.since {
            Since::Millis(at) => zone.full(*at),
            Since::Stamp(stamp) => time_text::display_rfc3339(stamp),
        },
        used: used.clone(),
        scopes: account.scopes.iter().map(|name| scopes::scope(name)).collect(),
        lost: lost.clone(),
    };
    accounts.iter().map(shown).collect()
}

/// The address of the sign-in is compared, as the identity provider or the operator vouches for it.
fn owner(actor: &Actor, owner: &AccountIdentity) -> page::Owner {
    page::Owner {
        name: visible(&owner.name),
        email: owner.email.as_deref().map(visible),
        signed_in_as: owner.other_email(actor.email()).and_then(|_| actor.email()).map(visible),
    }
}

/// Says what the person loses by disconnecting their only account.
fn lost(provider: &Provider) -> String {
    let lost = match provider.tools.as_slice() {
        [] => "Countersign will no longer be able to use it.".to_owned(),
        tools => format!("Countersign will no longer be able to do this for you: {}.", tools.join(", ")),
    };
    match provider.keeper {
        Keeper::LocalVault => lost,
        Keeper::TokenVault => {
            format!("{lost} {} is not notified. You can also remove the access there.", provider.name)
        }
    }
}
