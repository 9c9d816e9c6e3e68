//! A user of the directory, and the statuses of a user.

use jiff::Timestamp;
use sandbox_kit::Person;
use serde::Serialize;
use serde_json::{Value, json};

/// The status of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Created, not yet activated.
    Staged,
    /// Activated, but without a password yet.
    Provisioned,
    /// Active.
    Active,
    /// A password reset is under way.
    Recovery,
    /// Must choose another password at the next sign-in.
    PasswordExpired,
    /// Locked after too many wrong passwords.
    LockedOut,
    /// Suspended; assignments stay.
    Suspended,
    /// Deactivated; assignments and password are lost.
    Deprovisioned,
}

impl Status {
    /// Returns true if tokens of a user with this status are valid.
    pub(super) fn may_sign_in(self) -> bool {
        !matches!(self, Self::Staged | Self::Suspended | Self::Deprovisioned)
    }
}

/// The directory that manages a user's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Provider {
    /// Okta, which can therefore reset it.
    Okta,
    /// Active Directory.
    ActiveDirectory,
    /// An LDAP directory.
    Ldap,
    /// A federated identity provider.
    Federation,
}

#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) sub: String,
    pub(super) login: String,
    /// Usually the login, but a login may be changed.
    pub(super) email: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) status: Status,
    pub(super) provider: Provider,
    role: String,
    /// Time of the last change, in milliseconds since 1970; `None` if unchanged since the start.
    changed: Option<i64>,
}

impl User {
    pub(super) fn of(person: &Person) -> Self {
        Self {
            id: person.okta_id.clone(),
            sub: person.sub.clone(),
            login: person.email.clone(),
            email: person.email.clone(),
            first_name: person.given_name.clone(),
            last_name: person.family_name.clone(),
            status: Status::Active,
            provider: Provider::Okta,
            role: person.role.clone(),
            changed: None,
        }
    }

    pub(super) fn is_admin(&self) -> bool {
        ["IT administrator", "One of many"].contains(&self.role.as_str())
    }

    pub(super) fn may_use_api(&self) -> bool {
        self.role != "Contractor"
    }

    pub(super) fn short_login(&self) -> &str {
        self.login.split('@').next().unwrap_or_default()
    }

    pub(super) fn become_status(&mut self, status: Status, now: i64) {
        self.status = status;
        self.changed = Some(now);
    }

    pub(super) fn etag(&self) -> String {
        format!("W/\"{:x}\"", self.changed.unwrap_or_default())
    }

    /// Returns the user in Okta's format; `base` is the organisation's origin.
    pub(super) fn json(&self, base: &str) -> Value {
        let own = format!("{base}/api/v1/users/{}", self.id);
        let mut links = json!({"self": {"href": own}});
        for (name, operation) in self.lifecycle() {
            links[name] = json!({"href": format!("{own}/lifecycle/{operation}"), "method": "POST"});
        }
        let changed = self.changed.map_or_else(|| "2026-11-02T11:00:00.000Z".to_owned(), time);
        json!({"id": self.id, "status": self.status, "created": "2025-06-24T16:39:18.000Z",
            "activated": "2025-06-24T16:39:19.000Z", "statusChanged": changed, "lastLogin": "2026-11-20T17:39:19.000Z",
            "lastUpdated": changed, "passwordChanged": "2026-05-01T08:00:00.000Z", "realmId": "guo1bfiNtSnZYILxO0g4",
            "type": {"id": "otyfnjfba4ye7pgjB0g4"},
            "profile": {"firstName": self.first_name, "lastName": self.last_name, "email": self.email,
                "login": self.login, "mobilePhone": null, "secondEmail": null},
            "credentials": {"password": {}, "recovery_question": {"question": "Which made-up answer?"},
                "provider": {"type": self.provider, "name": self.provider}},
            "_links": links})
    }

    /// Returns the lifecycle calls that the status allows: the link's name and the operation.
    fn lifecycle(&self) -> &'static [(&'static str, &'static str)] {
        match self.status {
            Status::Active => &[
                ("suspend", "suspend"),
                ("resetPassword", "reset_password"),
                ("expirePassword", "expire_password"),
                ("deactivate", "deactivate"),
            ],
            Status::Suspended => &[("unsuspend", "unsuspend"), ("deactivate", "deactivate")],
            Status::Staged => &[("deactivate", "deactivate")],
            Status::Deprovisioned => &[],
            Status::Provisioned | Status::Recovery | Status::PasswordExpired | Status::LockedOut => {
                &[("resetPassword", "reset_password"), ("deactivate", "deactivate")]
            }
        }
    }
}

/// Formats milliseconds since 1970 in Okta's time format.
pub(super) fn time(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
