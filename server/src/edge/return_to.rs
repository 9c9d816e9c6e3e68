//! Where to go after the sign-in: a path of ours, and nothing that a browser could read as another origin.

/// A path of this application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// The path, if it is `/`, that of a conversation, one of the activity or that of the tools; otherwise `/`.
    #[must_use]
    pub fn parse(wanted: Option<&str>) -> Self {
        let known = wanted.filter(|path| {
            if matches!(*path, "/activity" | "/activity/all" | "/tools") {
                return true;
            }
            path.strip_prefix("/c/").is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()))
        });
        Self(known.unwrap_or("/").to_owned())
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attack 12: open redirect.
    #[test]
    fn a_return_path_cannot_leave_the_application() {
        assert_eq!(ReturnTo::parse(Some("/c/01ABCDEF")).as_str(), "/c/01ABCDEF");
        assert_eq!(ReturnTo::parse(Some("/activity")).as_str(), "/activity");
        for wanted in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "/%2f%2fevil.example",
            "/c/..//evil.example",
            "/c/x?next=//evil.example",
            "/c/\r\nLocation: //evil.example",
            "/c/a@evil.example",
            "\t//evil.example",
            "/c/",
            "/activity/..//evil.example",
            "/activity?next=//evil.example",
            "/tools/accept",
            "/c",
            "/auth/logout",
            "javascript:alert(1)",
            "/c/a#b",
            "c/x",
            "/C/x",
        ] {
            assert_eq!(ReturnTo::parse(Some(wanted)).as_str(), "/", "{wanted:?}");
        }
        assert_eq!(ReturnTo::parse(None).as_str(), "/");
    }
}
