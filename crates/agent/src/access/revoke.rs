//! Taking a grant back before it ends, and a preview of the calls that are no longer possible then.

use super::desk::{Access, Action};
use super::request::{AccessRequest, AccessRequestId, AccessState};
use super::{AccessGrant, AnswerError};
use crate::permission::Permission;
use crate::ports::{Decision, GrantRemoved, Outcome, Supposition, Unavailable};
use crate::{Actor, ToolName, Toolbox};
use std::collections::BTreeSet;

/// The tools that a person may call with a grant and without it, judged by FGA in both cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationPreview {
    /// The permissions of the person now, among those that the tools require and the granted one.
    pub before: BTreeSet<Permission>,
    /// The same without the grant.
    pub after: BTreeSet<Permission>,
    /// The tools that need a permission which is then missing.
    pub lost: BTreeSet<ToolName>,
}

impl Access {
    /// Takes a grant back. An administrator of the object may do that, and the person who has the grant.
    ///
    /// # Errors
    /// See [`AnswerError`].
    pub async fn revoke(&self, by: &Actor, id: &AccessRequestId) -> Result<(), AnswerError> {
        let request = self.granted(by, id).await?;
        let (Some(grants), Some(grant)) = (&self.0.grants, request.grant()) else {
            return Err(Unavailable::new("granting access", "no credential for grants is configured").into());
        };
        let entry = self.open(by, &request, Action::Revoke).await?;
        let removed = grants.remove(&grant).await;
        let outcome = match &removed {
            Ok(GrantRemoved::Yes) => Outcome::Done,
            Ok(GrantRemoved::Absent) => Outcome::NotDone("the grant was gone already".to_owned()),
            Err(_) => Outcome::Unknown,
        };
        self.close(&entry, outcome).await;
        removed?;
        // A lost race means that somebody else revoked it: the tuple is gone either way.
        self.change(&request, &AccessState::Revoked { by: by.into(), at: self.now() }).await?;
        Ok(())
    }

    /// Returns the permissions of the person with the grant and without it, and the tools of `tools` that they can then no
    /// longer call. The person's other grants stay as they are.
    ///
    /// # Errors
    /// See [`AnswerError`]. An answer of FGA that is missing fails the whole preview: it would promise too little or too
    /// much.
    pub async fn revocation_preview(
        &self,
        by: &Actor,
        id: &AccessRequestId,
        tools: &Toolbox,
    ) -> Result<RevocationPreview, AnswerError> {
        let request = self.previewed(by, id).await?;
        let person = request.asker();
        let mut required: BTreeSet<Permission> = tools.offered().filter_map(|tool| tool.requires()).collect();
        required.insert(request.permission.clone());
        let required: Vec<_> = required.into_iter().collect();
        let without = self.without(&request).await?;
        let before = self.held(&person, &required, None).await?;
        let after = self.held(&person, &required, Some(&without)).await?;
        let is_lost = |permission: &Permission| before.contains(permission) && !after.contains(permission);
        let needs_lost = |name: &ToolName, requires: Option<&Permission>| {
            requires.is_some_and(is_lost) || (*name == request.tool && is_lost(&request.permission))
        };
        let lost = tools.offered().map(|tool| (tool.spec().name.clone(), tool.requires()));
        let lost = lost.filter(|(name, requires)| needs_lost(name, requires.as_ref())).map(|(name, _)| name).collect();
        Ok(RevocationPreview { before, after, lost })
    }

    /// The world without this grant: the moment at which it has ended, with the person's other grants kept alive.
    async fn without(&self, request: &AccessRequest) -> Result<Supposition, Unavailable> {
        let (own, _) = self.0.requests.of(&request.asker()).await?;
        let now = self.now();
        let others = own.all().iter().filter(|other| other.id != request.id && other.is_active(now));
        let at = request.grant().map_or(now, |grant| grant.end());
        let keeping: Vec<AccessGrant> = others.filter_map(AccessRequest::grant).collect();
        Ok(Supposition { at, keeping })
    }

    async fn held(
        &self,
        person: &Actor,
        permissions: &[Permission],
        supposing: Option<&Supposition>,
    ) -> Result<BTreeSet<Permission>, Unavailable> {
        let answers = self.0.permissions.check_all(person, permissions, supposing).await;
        let mut held = BTreeSet::new();
        for (permission, answer) in permissions.iter().zip(answers) {
            if answer? == Decision::Allow {
                held.insert(permission.clone());
            }
        }
        Ok(held)
    }

    /// Finds a grant that counts now, for its holder or for an administrator of its object.
    async fn granted(&self, by: &Actor, id: &AccessRequestId) -> Result<AccessRequest, AnswerError> {
        match self.own_request(by, id).await? {
            Some(own) => self.active(own),
            None => self.active(self.for_admin(by, id, Action::Revoke).await?),
        }
    }

    /// Finds a grant as [`Self::granted`] does and records nothing: a page that somebody may not see is no attempt to
    /// revoke.
    async fn previewed(&self, by: &Actor, id: &AccessRequestId) -> Result<AccessRequest, AnswerError> {
        match self.own_request(by, id).await? {
            Some(own) => self.active(own),
            None => match self.of_other(by, id).await? {
                (request, Decision::Allow) => self.active(request),
                (_, Decision::Deny) => Err(AnswerError::NotFound),
            },
        }
    }

    async fn own_request(&self, by: &Actor, id: &AccessRequestId) -> Result<Option<AccessRequest>, Unavailable> {
        Ok(self.0.requests.of(by).await?.0.get(id).cloned())
    }

    fn active(&self, request: AccessRequest) -> Result<AccessRequest, AnswerError> {
        if request.is_active(self.now()) { Ok(request) } else { Err(AnswerError::Answered(Box::new(request))) }
    }
}
