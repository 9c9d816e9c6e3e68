//! Accounts and their repositories, as the REST API represents them.

use serde_json::{Value, json};

/// An account; a person may have several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The numeric id.
    pub id: u64,
    /// The username in URLs.
    pub login: String,
    /// The display name.
    pub name: String,
    /// The public e-mail address.
    pub email: Option<String>,
    /// The repositories that the account owns.
    pub repositories: Vec<Repository>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The name without the owner's.
    pub name: String,
    /// The visibility.
    pub visibility: Visibility,
}

/// The visibility of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Visible to everybody.
    Public,
    /// Visible to its owner, with a token that has the scope `repo`.
    Private,
}

impl Account {
    /// Returns the account as `GET /user` does; `base` is the origin of its links.
    pub(super) fn json(&self, base: &str) -> Value {
        let public = self.repositories.iter().filter(|own| own.visibility == Visibility::Public).count();
        let mut body = self.brief(base);
        let more = json!({
            "name": self.name, "company": "@acme", "blog": "", "location": null, "email": self.email, "hireable": null,
            "bio": null, "public_repos": public, "public_gists": 0, "followers": 0, "following": 0,
            "created_at": "2019-03-04T08:00:00Z", "updated_at": "2026-11-02T11:00:00Z",
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    }

    fn brief(&self, base: &str) -> Value {
        json!({
            "login": self.login, "id": self.id, "node_id": format!("U_{}", self.id),
            "avatar_url": format!("https://avatars.acme.example/u/{}?v=4", self.id), "gravatar_id": "",
            "url": format!("{base}/users/{}", self.login), "html_url": format!("{base}/{}", self.login),
            "repos_url": format!("{base}/users/{}/repos", self.login), "type": "User", "site_admin": false,
        })
    }

    pub(super) fn repository(&self, own: &Repository, base: &str) -> Value {
        let full = format!("{}/{}", self.login, own.name);
        let (private, visibility) = match own.visibility {
            Visibility::Public => (false, "public"),
            Visibility::Private => (true, "private"),
        };
        json!({
            "id": self.id * 1000 + own.name.bytes().map(u64::from).sum::<u64>(),
            "name": own.name, "full_name": full, "private": private, "visibility": visibility,
            "owner": self.brief(base), "html_url": format!("{base}/{full}"), "description": null, "fork": false,
            "url": format!("{base}/repos/{full}"), "default_branch": "main", "archived": false, "disabled": false,
            "created_at": "2024-01-15T09:00:00Z", "updated_at": "2026-11-01T10:00:00Z", "pushed_at": "2026-11-01T10:00:00Z",
            "stargazers_count": 0, "open_issues_count": 0, "language": "Rust", "topics": [],
            "permissions": {"admin": true, "maintain": true, "push": true, "triage": true, "pull": true},
        })
    }
}
