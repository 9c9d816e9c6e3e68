//! The page to go to after the sign-in: a path of this application, and nothing that a browser could read as another
//! origin.

use agent::approval::ApprovalId;
use agent::ids::ConversationId;

/// The pages that a sign-in may lead to, besides conversations and requests for approval.
const PAGES: [&str; 10] = [
    "/activity",
    "/activity/all",
    "/approve",
    "/connections",
    "/conversations",
    "/help",
    "/inbox",
    "/passkeys",
    "/permissions",
    "/tools",
];

/// A path of this application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReturnTo(String);

impl ReturnTo {
    /// Returns the path if it is that of a page or a conversation, else `/`. The result is short whatever was
    /// requested.
    #[must_use]
    pub(crate) fn parse(wanted: Option<&str>) -> Self {
        let known = wanted.filter(|path| {
            let conversation = path.strip_prefix("/c/").map(str::to_owned);
            let approval = path.strip_prefix("/approve/").map(str::to_owned);
            PAGES.contains(path)
                || conversation.is_some_and(|id| ConversationId::try_from(id).is_ok())
                || approval.is_some_and(|id| ApprovalId::try_from(id).is_ok())
        });
        Self(known.unwrap_or("/").to_owned())
    }

    /// Returns the path.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attack 12 of the threat model: open redirect.
    #[test]
    fn a_return_path_cannot_leave_the_application() {
        for own in
            PAGES.into_iter().chain(["/", "/c/0123456789ABCDEFGHJKMNPQRS", "/approve/0123456789ABCDEFGHJKMNPQRS"])
        {
            assert_eq!(ReturnTo::parse(Some(own)).as_str(), own);
        }
        let long = format!("/c/{}", "A".repeat(100_000));
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
            "/c/01ABCDEF",
            &long,
            "/connections/connect",
            "/approve/..//evil.example",
            "/approve/01ABCDEF",
        ] {
            assert_eq!(ReturnTo::parse(Some(wanted)).as_str(), "/", "{wanted:?}");
        }
        assert_eq!(ReturnTo::parse(None).as_str(), "/");
    }
}
