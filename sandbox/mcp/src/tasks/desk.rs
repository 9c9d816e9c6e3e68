//! Everybody's tasks. Must not depend on MCP.

use std::collections::BTreeMap;

use serde::Serialize;

/// One task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The id, such as `T-101`.
    pub id: &'static str,
    /// The thing to do.
    pub title: &'static str,
    /// The due date, `YYYY-MM-DD`.
    pub due: &'static str,
    /// The status.
    pub status: Status,
}

/// The status of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not done yet.
    Open,
    /// Done.
    Done,
}

/// Owner, id, title, due date.
const TASKS: [(&str, &str, &str, &str); 6] = [
    ("auth0|ada", "T-101", "Review the contractors' VPN access", "2026-12-01"),
    ("auth0|ada", "T-102", "Retire the old mail gateway", "2026-12-15"),
    ("auth0|ada", "T-103", "Order badge readers for the new floor", "2027-01-10"),
    ("auth0|bob", "T-201", "Close the books for November", "2026-12-03"),
    ("auth0|bob", "T-202", "Collect receipts of the trade fair", "2026-12-08"),
    ("auth0|grace", "T-301", "Read the quarterly activity report", "2026-12-20"),
];

/// Everybody's tasks.
pub(super) struct Desk(BTreeMap<&'static str, Vec<Task>>);

impl Default for Desk {
    fn default() -> Self {
        let mut desk = BTreeMap::<_, Vec<Task>>::new();
        for (owner, id, title, due) in TASKS {
            desk.entry(owner).or_default().push(Task { id, title, due, status: Status::Open });
        }
        Self(desk)
    }
}

impl Desk {
    pub(super) fn of(&self, subject: &str) -> Vec<Task> {
        self.0.get(subject).cloned().unwrap_or_default()
    }

    /// Marks a person's task as done; `None` when this person has no such task.
    pub(super) fn complete(&mut self, subject: &str, id: &str) -> Option<Task> {
        let task = self.0.get_mut(subject)?.iter_mut().find(|task| task.id == id)?;
        task.status = Status::Done;
        Some(task.clone())
    }
}
