//! A permission that one person has for a limited time.

use crate::Actor;
use crate::permission::Permission;
use crate::ports::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The time for which access is granted. People choose one of three, so that a request is quickly read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GrantDuration {
    /// One hour.
    #[serde(rename = "1h")]
    Hour,
    /// A working day.
    #[serde(rename = "8h")]
    EightHours,
    /// A week.
    #[serde(rename = "7d")]
    SevenDays,
}

impl GrantDuration {
    /// All durations, shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::EightHours, Self::SevenDays];

    /// The duration in milliseconds.
    #[must_use]
    pub const fn millis(self) -> Millis {
        match self {
            Self::Hour => 3_600_000,
            Self::EightHours => 8 * 3_600_000,
            Self::SevenDays => 7 * 86_400_000,
        }
    }

    /// The name in forms: `1h`, `8h` or `7d`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::EightHours => "8h",
            Self::SevenDays => "7d",
        }
    }

    /// Returns the duration of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

impl fmt::Display for GrantDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "1 hour",
            Self::EightHours => "8 hours",
            Self::SevenDays => "7 days",
        })
    }
}

/// A permission of one person from one moment on, for a limited time.
#[derive(Debug, Clone)]
pub struct AccessGrant {
    /// The person.
    pub person: Actor,
    /// The permission.
    pub permission: Permission,
    /// The beginning, in milliseconds since 1970.
    pub from: Millis,
    /// The duration.
    pub duration: GrantDuration,
}

impl AccessGrant {
    /// The first moment at which the grant no longer counts.
    #[must_use]
    pub const fn end(&self) -> Millis {
        self.from.saturating_add(self.duration.millis())
    }
}
