//! The service behind requests for access, with the steps that all of its operations share.

use super::answer::AnswerError;
use super::request::{AccessRequest, AccessRequestId, AccessState, PersonRequests};
use crate::intent::Risk;
use crate::permission::Permission;
use crate::ports::{
    AccessGrants, AccessRequests, Clock, Decision, Entry, EntryId, Ids, Ledger, Millis, OpenError, Outcome,
    Permissions, Unavailable, Verdict,
};
use crate::{Actor, ToolName};
use std::fmt;
use std::sync::Arc;

/// Longest name in an entry of the ledger, in characters.
const LONGEST_NAME: usize = 80;

/// Most attempts at a change of a person's requests while others change them.
const TRIES: u32 = 8;

/// Takes requests for access, has them answered, and revokes grants.
#[derive(Clone)]
pub struct Access(pub(super) AccessPorts);

/// The ports of [`Access`].
#[derive(Clone)]
pub struct AccessPorts {
    /// Explains people's permissions.
    pub permissions: Arc<dyn Permissions>,
    /// The stored requests.
    pub requests: Arc<dyn AccessRequests>,
    /// The writer of grants; `None` if no credential for it is configured, so nobody can grant anything.
    pub grants: Option<Arc<dyn AccessGrants>>,
    /// The record of decisions.
    pub ledger: Arc<dyn Ledger>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unguessable ids.
    pub ids: Arc<dyn Ids>,
}

impl Access {
    /// Creates the service.
    #[must_use]
    pub const fn new(ports: AccessPorts) -> Self {
        Self(ports)
    }

    /// The ports, for the pages that only read.
    #[must_use]
    pub const fn ports(&self) -> &AccessPorts {
        &self.0
    }

    /// Returns the person's own requests, oldest first.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn own(&self, asker: &Actor) -> Result<Vec<AccessRequest>, Unavailable> {
        Ok(self.0.requests.of(asker).await?.0.all().to_vec())
    }

    /// Returns other people's requests of the tenant that wait for an answer or whose grant counts, for objects that
    /// `admin` administers now, oldest first. A request about which FGA does not answer is left out.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn to_answer(&self, admin: &Actor) -> Result<Vec<AccessRequest>, Unavailable> {
        let now = self.0.clock.now();
        let mut found = self.administered(admin, |own| own.is_open() || own.is_active(now)).await?;
        found.sort_by_key(|own| own.asked_at);
        Ok(found)
    }

    /// Returns the number of other people's open requests for objects that `admin` administers now. Grants are not looked
    /// at.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn count_open(&self, admin: &Actor) -> Result<usize, Unavailable> {
        Ok(self.administered(admin, AccessRequest::is_open).await?.len())
    }

    /// Returns the `relevant` requests of other people for objects that `admin` administers now.
    async fn administered(
        &self,
        admin: &Actor,
        relevant: impl Fn(&AccessRequest) -> bool,
    ) -> Result<Vec<AccessRequest>, Unavailable> {
        let all = self.0.requests.of_tenant(admin.tenant()).await?;
        let relevant = |own: &&AccessRequest| relevant(own) && !own.is_of(admin);
        let mut found: Vec<_> = all.iter().flat_map(PersonRequests::all).filter(relevant).cloned().collect();
        let mut objects: Vec<_> = found.iter().map(|own| own.permission.admin()).collect();
        objects.sort();
        objects.dedup();
        let answers = self.0.permissions.check_all(admin, &objects, None).await;
        let is_admin = |permission: &Permission| {
            let place = objects.binary_search(&permission.admin());
            place.is_ok_and(|place| matches!(answers.get(place), Some(Ok(Decision::Allow))))
        };
        found.retain(|own| is_admin(&own.permission));
        Ok(found)
    }

    /// Finds another person's request for somebody who administers its object now. Anybody else learns nothing of it; the
    /// attempt is recorded.
    pub(super) async fn for_admin(
        &self,
        admin: &Actor,
        id: &AccessRequestId,
        action: Action,
    ) -> Result<AccessRequest, AnswerError> {
        let (request, decision) = self.of_other(admin, id).await?;
        match decision {
            Decision::Allow => Ok(request),
            Decision::Deny => {
                let reason = format!("denied: {} is missing", request.permission.admin());
                self.refused(self.entry(admin, &request, action, Verdict::Refused(reason))).await;
                Err(AnswerError::NotFound)
            }
        }
    }

    /// Finds another person's request, with the decision whether `admin` administers its object now.
    pub(super) async fn of_other(
        &self,
        admin: &Actor,
        id: &AccessRequestId,
    ) -> Result<(AccessRequest, Decision), AnswerError> {
        let request = self.find(admin.tenant(), id).await?.ok_or(AnswerError::NotFound)?;
        if request.is_of(admin) {
            return Err(AnswerError::OwnRequest);
        }
        let decision = self.check(admin, &request.permission.admin()).await?;
        Ok((request, decision))
    }

    pub(super) async fn find(&self, tenant: &str, id: &AccessRequestId) -> Result<Option<AccessRequest>, Unavailable> {
        Ok(self.0.requests.of_owner(tenant, id.owner()).await?.get(id).cloned())
    }

    pub(super) async fn check(&self, person: &Actor, permission: &Permission) -> Result<Decision, Unavailable> {
        let mut answers = self.0.permissions.check_all(person, std::slice::from_ref(permission), None).await;
        answers.pop().unwrap_or_else(|| Err(Unavailable::new("the permission service", "it gave no answer")))
    }

    /// Changes the state of a request if it is still as `request` has it; returns whether it was.
    pub(super) async fn change(&self, request: &AccessRequest, after: &AccessState) -> Result<bool, Unavailable> {
        let act = |own: &mut PersonRequests| own.change(&request.id, &request.state, after.clone());
        self.update(&request.asker(), act, |changed| *changed).await
    }

    /// Changes a person's requests, and decides again whenever another change came first. Writes only what `counts`.
    pub(super) async fn update<T>(
        &self,
        asker: &Actor,
        act: impl Fn(&mut PersonRequests) -> T,
        counts: impl Fn(&T) -> bool,
    ) -> Result<T, Unavailable> {
        for _ in 0..TRIES {
            let (mut own, version) = self.0.requests.of(asker).await?;
            let result = act(&mut own);
            if !counts(&result) || self.0.requests.replace(asker, &own, version).await? {
                return Ok(result);
            }
        }
        Err(Unavailable::new("the store of requests", "a person's requests change too fast"))
    }

    pub(super) fn entry(&self, by: &Actor, request: &AccessRequest, action: Action, verdict: Verdict) -> Entry {
        // The ledger keeps it for good, so a name must neither hide anything nor be long.
        let asker: String = text::visible(&request.asker.name).chars().take(LONGEST_NAME).collect();
        let (what, intent) = match action {
            Action::Ask => ("access_ask", format!("Ask for {} for {}", request.permission, request.duration)),
            Action::Grant(duration) => {
                ("access_grant", format!("Grant {} to {asker} for {duration}", request.permission))
            }
            Action::Decline => ("access_decline", format!("Decline {} to {asker}", request.permission)),
            Action::Withdraw => ("access_withdraw", format!("Withdraw the request for {}", request.permission)),
            Action::Revoke => ("access_revoke", format!("Revoke {} of {asker}", request.permission)),
        };
        let checked = match action {
            Action::Ask | Action::Withdraw => request.permission.clone(),
            Action::Grant(_) | Action::Decline | Action::Revoke => request.permission.admin(),
        };
        Entry {
            at: self.0.clock.now(),
            actor: by.clone(),
            place: None,
            tool: ToolName(what.to_owned()),
            intent: format!("{intent}, request {}", request.id),
            relation: checked.relation().to_owned(),
            object: checked.object().to_owned(),
            risk: Risk::Read,
            approval: None,
            policy: None,
            verdict,
        }
    }

    /// Records an allowed action before it is done; what cannot be recorded is not done.
    pub(super) async fn open(
        &self,
        by: &Actor,
        request: &AccessRequest,
        action: Action,
    ) -> Result<EntryId, Unavailable> {
        let entry = self.entry(by, request, action, Verdict::Allowed);
        self.0.ledger.open(entry).await.map_err(|error| match error {
            OpenError::Unavailable(error) => error,
            OpenError::Spent(_) => Unavailable::new("the ledger", "it reported a spent approval for none"),
        })
    }

    pub(super) async fn close(&self, entry: &EntryId, outcome: Outcome) {
        if let Err(error) = self.0.ledger.close(entry, outcome, self.now()).await {
            tracing::error!(error = %error, entry = entry.0, "the outcome of an action could not be recorded");
        }
    }

    /// Records a refusal, even if the ledger fails: a refusal that is not recorded harms nobody.
    pub(super) async fn refused(&self, entry: Entry) {
        if let Err(error) = self.0.ledger.open(entry).await {
            tracing::error!(error = %error, "a refusal could not be written to the ledger");
        }
    }

    pub(super) fn now(&self) -> Millis {
        self.0.clock.now()
    }
}

/// The actions on requests, for the ledger.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    Ask,
    Grant(super::GrantDuration),
    Decline,
    Withdraw,
    Revoke,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

impl fmt::Debug for AccessPorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessPorts").finish_non_exhaustive()
    }
}
