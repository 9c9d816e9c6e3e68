//! The permissions of a caller, the reasons, and whom to ask, for the pages of `app`.

mod convert;
mod why;

use crate::services::Services;
use crate::zone::Zone;
use agent::access::{self, AbilityState, AccessRequest, AccountState, AnswerError};
use agent::intent::Need;
use agent::permission::Permission;
use agent::ports::{Explanation, Unavailable};
use agent::{Actor, Toolbox};
use app::pages::permissions::data as page;
use app::wire::ApiError;
use async_trait::async_trait;
use credentials::accounts::{AccountLookup, Accounts, Listing};
use futures::{StreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use why::Who;

/// Most permissions that are explained for one page. Each may take a dozen requests to FGA.
const MOST_EXPLAINED: usize = 20;

/// Longest time that the page of a new conversation waits for its suggestions.
const PATIENCE: Duration = Duration::from_millis(500);

/// Most of them at the same time.
const AT_ONCE: usize = 4;

/// The backend of the pages about permissions, bound to its caller.
#[derive(Debug, Clone)]
pub struct CallerPermissions {
    services: Arc<Services>,
    actor: Actor,
    zone: Zone,
}

impl CallerPermissions {
    /// Returns the backend of `actor`.
    #[must_use]
    pub const fn new(services: Arc<Services>, actor: Actor, zone: Zone) -> Self {
        Self { services, actor, zone }
    }
}

#[async_trait]
impl page::PermissionsBackend for CallerPermissions {
    async fn permissions(&self) -> Result<page::PermissionsPage, ApiError> {
        let tools = self.services.toolboxes.toolbox(&self.actor).await;
        let (abilities, own) =
            futures::join!(overview(&self.services, &self.actor, &tools), self.services.access.own(&self.actor));
        let own = own.map_err(super::not_now)?;
        let missing = missing(&self.services, &self.actor, &abilities, &own).await;
        let now = convert::Now { at: self.services.access.ports().clock.now(), zone: &self.zone };
        Ok(page::PermissionsPage {
            abilities: abilities.into_iter().map(|own| convert::ability(own, &missing)).collect(),
            requests: own.iter().map(|request| convert::own_request(request, now)).collect(),
        })
    }

    async fn suggestions(&self) -> Vec<page::Suggestion> {
        // Accounts are not looked up: the start page must not call another company each time it opens.
        let account = |need: &Need| match self.services.accounts.provider(&need.provider) {
            Some(_) => AccountState::Unknown,
            None => AccountState::Usable,
        };
        let permissions = self.services.access.ports().permissions.as_ref();
        let known = access::overview(permissions, &self.actor, &self.services.own_tools, &account);
        match tokio::time::timeout(PATIENCE, known).await {
            Ok(abilities) => access::suggestions(&abilities).into_iter().map(convert::suggestion).collect(),
            // The page does not wait for a slow service: it opens without suggestions.
            Err(_) => Vec::new(),
        }
    }

    async fn requests_to_answer(&self) -> Result<Vec<page::RequestToAnswer>, ApiError> {
        let requests = self.services.access.to_answer(&self.actor).await.map_err(super::not_now)?;
        let now = convert::Now { at: self.services.access.ports().clock.now(), zone: &self.zone };
        let explained = requests.into_iter().enumerate().map(async |(place, request)| {
            let explain = place < MOST_EXPLAINED && request.is_open();
            let why = if explain { why_not(&self.services, &request).await } else { Vec::new() };
            convert::request_to_answer(&request, why, now)
        });
        Ok(stream::iter(explained).buffered(AT_ONCE).collect().await)
    }

    async fn revocation_preview(&self, request: String) -> Result<page::RevocationPreview, ApiError> {
        let id = request.try_into().map_err(|_| ApiError::NotFound)?;
        let tools = self.services.toolboxes.toolbox(&self.actor).await;
        match self.services.access.revocation_preview(&self.actor, &id, &tools).await {
            Ok(preview) => Ok(convert::preview(preview)),
            Err(AnswerError::Unavailable(error)) => Err(super::not_now(error)),
            Err(_) => Err(ApiError::NotFound),
        }
    }
}

/// Returns the state of each tool for a person.
async fn overview(services: &Services, actor: &Actor, tools: &Toolbox) -> Vec<access::Ability> {
    let accounts = &services.accounts;
    let listed = async { if accounts.providers.is_empty() { Listing::default() } else { accounts.list(actor).await } };
    let listing = listed.await;
    let account = |need: &Need| account(accounts, &listing, need);
    access::overview(services.access.ports().permissions.as_ref(), actor, tools, &account).await
}

/// Returns the state of the account that a tool needs. A provider that is not listed has no accounts of people: the
/// application uses its own.
fn account(accounts: &Accounts, listing: &Listing, need: &Need) -> AccountState {
    let Some(provider) = accounts.provider(&need.provider) else { return AccountState::Usable };
    match listing.at(provider) {
        AccountLookup::Unknown(_) => AccountState::Unknown,
        AccountLookup::Accounts(own) => match own[..] {
            // A keeper that does not know the scopes of an account lists none.
            [only] if only.scopes.is_empty() || need.scopes.iter().all(|scope| only.scopes.contains(scope)) => {
                AccountState::Usable
            }
            _ => AccountState::Missing,
        },
    }
}

/// Explains each permission that the overview misses. A service that does not answer leaves its part empty.
async fn missing(
    services: &Services,
    actor: &Actor,
    abilities: &[access::Ability],
    own: &[AccessRequest],
) -> BTreeMap<Permission, page::MissingPermission> {
    let lacking = abilities.iter().filter_map(|own| match &own.state {
        AbilityState::NotPermitted(permission) => Some(permission.clone()),
        _ => None,
    });
    let lacking = lacking.collect::<BTreeSet<Permission>>().into_iter().enumerate();
    let explained = lacking.map(async |(place, permission): (usize, Permission)| {
        let asked = own.iter().any(|request| request.is_open() && request.permission == permission);
        let told = match place {
            0..MOST_EXPLAINED => one_missing(services, actor, &permission, asked).await,
            _ => bare(&permission),
        };
        (permission, told)
    });
    stream::iter(explained).buffered(AT_ONCE).collect().await
}

async fn one_missing(
    services: &Services,
    actor: &Actor,
    permission: &Permission,
    asked: bool,
) -> page::MissingPermission {
    let access = &services.access;
    let permissions = &access.ports().permissions;
    let (explanation, administrators, grantable) = futures::join!(
        permissions.explain(actor, permission),
        permissions.administrators(actor, permission),
        access.is_grantable(actor, permission),
    );
    // An exclusion stands above every grant, so a request would be in vain.
    let excluded = matches!(explanation, Ok(Explanation::Missing { excluded: true, .. }));
    let why = explanation.map(|told| why::sentences(&told, permission, Who::You)).unwrap_or_else(unknown);
    let administrators = administrators.unwrap_or_else(unknown);
    let nobody = administrators.people.is_empty();
    page::MissingPermission {
        why,
        administrators: administrators.people,
        more_administrators: administrators.more,
        can_ask: grantable.unwrap_or_else(unknown) && !asked && !nobody && !excluded,
        ..bare(permission)
    }
}

fn bare(permission: &Permission) -> page::MissingPermission {
    page::MissingPermission {
        relation: permission.relation().to_owned(),
        object: permission.object().to_owned(),
        why: Vec::new(),
        administrators: Vec::new(),
        more_administrators: false,
        can_ask: false,
    }
}

/// Says why the person who asks lacks the permission.
async fn why_not(services: &Services, request: &AccessRequest) -> Vec<String> {
    let explanation = services.access.ports().permissions.explain(&request.asker(), &request.permission).await;
    let who = Who::Named(&request.asker.name);
    explanation.map(|told| why::sentences(&told, &request.permission, who)).unwrap_or_else(unknown)
}

/// Stands for an answer that a page can do without.
fn unknown<T: Default>(error: Unavailable) -> T {
    tracing::warn!(error = %error, "a page about permissions is shown without a part of it");
    T::default()
}
