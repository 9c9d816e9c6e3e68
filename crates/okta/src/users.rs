//! Okta's users and their groups (`/api/v1/users`, management API 2026.06).

use crate::client::{Client, unreadable};
use crate::link;
use crate::login::Login;
use agent::ports::AccessToken;
use agent::tool::ToolError;
use reqwest::Url;
use reqwest::header::CONTENT_LENGTH;
use serde::Deserialize;
use std::collections::HashSet;

/// Most pages of one list of groups. Okta's pages have 200 groups, so this exceeds what an organization has for one
/// user.
const MOST_PAGES: usize = 100;

/// A user as returned by Okta.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) status_changed: Option<String>,
    pub(crate) password_changed: Option<String>,
    profile: Profile,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    login: String,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// A group of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Deserialize)]
struct WireGroup {
    id: String,
    profile: GroupProfile,
}

#[derive(Deserialize)]
struct GroupProfile {
    name: String,
}

impl User {
    /// First and last name, as far as Okta has them.
    pub(crate) fn name(&self) -> String {
        let Profile { first_name, last_name, .. } = &self.profile;
        let names: Vec<_> = [first_name, last_name].into_iter().flatten().map(|name| name.trim()).collect();
        names.join(" ").trim().to_owned()
    }
}

impl Client {
    /// Finds the user whose login is `login`. Okta also accepts ids and the part before the `@` in its place, so the
    /// login of the returned user must match exactly.
    pub(crate) async fn find(&self, login: &Login, access_token: &AccessToken) -> Result<User, ToolError> {
        let found = self.user(login.as_str(), access_token).await?.filter(|user| login.is(&user.profile.login));
        found.ok_or_else(|| ToolError::Failed(format!("Okta has no user whose login is {login}.")))
    }

    /// Finds the user with this id.
    pub(crate) async fn find_by_id(&self, id: &str, access_token: &AccessToken) -> Result<User, ToolError> {
        let gone = || ToolError::Failed("Okta has no user with this id.".to_owned());
        if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(gone());
        }
        self.user(id, access_token).await?.filter(|user| user.id == id).ok_or_else(gone)
    }

    async fn user(&self, id: &str, access_token: &AccessToken) -> Result<Option<User>, ToolError> {
        let found = self.get(self.path(&["api", "v1", "users", id])?, access_token).await?;
        Ok(found.map(|(_, user)| user))
    }

    /// Lists all groups of the user with this id, or of the token's own user for `me`, in Okta's order.
    ///
    /// # Errors
    /// A list that cannot be read completely is an error, because a decision must not depend on a part of it.
    pub(crate) async fn groups(&self, id: &str, access_token: &AccessToken) -> Result<Vec<Group>, ToolError> {
        let mut next = Some(self.path(&["api", "v1", "users", id, "groups"])?);
        let (mut groups, mut seen) = (Vec::new(), HashSet::<Url>::new());
        while let Some(url) = next {
            if seen.len() == MOST_PAGES || !seen.insert(url.clone()) {
                return Err(endless());
            }
            let page = self.get::<Vec<WireGroup>>(url, access_token).await?;
            let (headers, page) = page.ok_or_else(|| ToolError::Failed("Okta has no such user.".to_owned()))?;
            groups.extend(page.into_iter().map(|group| Group { id: group.id, name: group.profile.name }));
            next = link::next(&headers, &self.base).map_err(|_| endless())?;
        }
        Ok(groups)
    }

    /// Runs one lifecycle operation on a user. The answer is not read: it may contain a secret, such as a reset link.
    pub(crate) async fn lifecycle(
        &self,
        id: &str,
        operation: &str,
        query: &[(&str, &str)],
        access_token: &AccessToken,
    ) -> Result<(), ToolError> {
        let mut url = self.path(&["api", "v1", "users", id, "lifecycle", operation])?;
        url.query_pairs_mut().extend_pairs(query);
        self.change(self.http.post(url).header(CONTENT_LENGTH, 0), access_token).await
    }

    /// Deactivates a user who is active, deletes one who is deactivated.
    pub(crate) async fn delete(&self, id: &str, access_token: &AccessToken) -> Result<(), ToolError> {
        let mut url = self.path(&["api", "v1", "users", id])?;
        url.query_pairs_mut().append_pair("sendEmail", "false");
        self.change(self.http.delete(url), access_token).await
    }
}

fn endless() -> ToolError {
    ToolError::Failed("Okta's list of this user's groups cannot be read to its end.".to_owned())
}

/// The access token of a permit, which every tool here needs.
pub(crate) fn access_token(permit: &agent::Permit) -> Result<&AccessToken, ToolError> {
    permit.access_token().ok_or_else(unreadable)
}
