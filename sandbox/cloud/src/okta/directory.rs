//! Users, groups and memberships. Must not depend on HTTP or permissions.

use sandbox_kit::{People, Person};

use super::user::User;

/// The built-in group of all users.
const EVERYONE: &str = "Everyone";

/// A group as the console and tests see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The id: 20 characters, beginning with `00g`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The logins of its members, in the order in which they joined.
    pub members: Vec<String>,
    /// Time of the last change of membership, in milliseconds since 1970; `None` if unchanged since the start.
    pub changed: Option<i64>,
}

impl Group {
    /// Returns true if Okta itself maintains the membership, so that nobody can leave.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.name == EVERYONE
    }
}

/// The reason for a failed change to users or groups.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DirectoryError {
    /// No user has this login.
    #[error("no user has the login {0}")]
    NoSuchUser(String),
    /// There is no such group.
    #[error("there is no group {0}")]
    NoSuchGroup(String),
    /// The group is built into Okta.
    #[error("members cannot leave the group {0}")]
    BuiltIn(String),
}

pub(super) struct Directory {
    pub(super) users: Vec<User>,
    groups: Vec<Group>,
}

impl Directory {
    pub(super) fn of(people: &People) -> Self {
        let mut directory = Self { users: Vec::new(), groups: Vec::new() };
        people.iter().for_each(|person| directory.hire(person));
        directory
    }

    /// Finds a user by id, by login, or by the part of the login before `@` if it is unique.
    pub(super) fn find(&self, id: &str) -> Option<&User> {
        let short = || {
            let mut found = self.users.iter().filter(|user| user.short_login().eq_ignore_ascii_case(id));
            found.next().filter(|_| found.next().is_none())
        };
        self.users.iter().find(|user| user.id == id).or_else(|| self.by_login(id)).or_else(short)
    }

    pub(super) fn by_id_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    pub(super) fn by_login(&self, login: &str) -> Option<&User> {
        self.users.iter().find(|user| user.login.eq_ignore_ascii_case(login))
    }

    pub(super) fn by_login_mut(&mut self, login: &str) -> Result<&mut User, DirectoryError> {
        let user = self.users.iter_mut().find(|user| user.login.eq_ignore_ascii_case(login));
        user.ok_or_else(|| DirectoryError::NoSuchUser(login.to_owned()))
    }

    /// Finds the person to whom a token's subject belongs.
    pub(super) fn by_subject(&self, subject: &str) -> Option<&User> {
        self.users.iter().find(|user| user.sub == subject || user.id == subject || user.login == subject)
    }

    pub(super) fn is_member(&self, user: &User, group: &str) -> bool {
        self.groups.iter().any(|own| own.name == group && own.members.contains(&user.login))
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups = self.groups.clone();
        groups.sort_by(|one, other| one.name.cmp(&other.name));
        groups
    }

    pub(super) fn join(&mut self, login: &str, group: &str, now: i64) -> Result<(), DirectoryError> {
        let login = self.by_login_mut(login)?.login.clone();
        let group = self.group_mut(group);
        if !group.members.contains(&login) {
            group.members.push(login);
            group.changed = Some(now);
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, login: &str, group: &str, now: i64) -> Result<(), DirectoryError> {
        let login = self.by_login_mut(login)?.login.clone();
        let found = self.groups.iter_mut().find(|found| found.name == group);
        let found = found.ok_or_else(|| DirectoryError::NoSuchGroup(group.to_owned()))?;
        if found.is_built_in() {
            return Err(DirectoryError::BuiltIn(group.to_owned()));
        }
        found.members.retain(|member| *member != login);
        found.changed = Some(now);
        Ok(())
    }

    /// Adds a user with their groups.
    pub(super) fn hire(&mut self, person: &Person) {
        self.users.push(User::of(person));
        for group in &person.groups {
            self.group_mut(group).members.push(person.email.clone());
        }
    }

    /// Changes a user's login and their group memberships with it. The id and the e-mail address stay.
    pub(super) fn rename(&mut self, login: &str, new: &str) -> Result<(), DirectoryError> {
        let user = self.by_login_mut(login)?;
        let old = std::mem::replace(&mut user.login, new.to_owned());
        for member in self.groups.iter_mut().flat_map(|group| &mut group.members).filter(|member| **member == old) {
            new.clone_into(member);
        }
        Ok(())
    }

    /// Deletes a user and their memberships.
    pub(super) fn erase(&mut self, id: &str) {
        let Some(at) = self.users.iter().position(|user| user.id == id) else { return };
        let gone = self.users.remove(at);
        for group in &mut self.groups {
            group.members.retain(|member| *member != gone.login);
        }
    }

    fn group_mut(&mut self, name: &str) -> &mut Group {
        let at = self.groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            let id = format!("00g{:0>17}", format!("{}acme", self.groups.len() + 1));
            self.groups.push(Group { id, name: name.to_owned(), members: Vec::new(), changed: None });
            self.groups.len() - 1
        });
        &mut self.groups[at]
    }
}
