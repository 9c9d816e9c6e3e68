//! docs.slack.dev.

use super::{Made, Published};
use crate::local::revocation::RevocationOutcome;

const TOKENS: &str = "POST https://slack.com/api/oauth.v2.user.access";
const REVOKE: &str = "POST https://slack.com/api/auth.revoke";
const BASIC: &str = "Basic app:hunter2";

pub(super) const PUBLISHED: Published = Published {
    file: "slack]",
    scopes: &["chat:write", "channels:history"],
    page: "https://slack.com/oauth/v2_user/authorize?client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=st\
           &code_challenge={challenge}&code_challenge_method=S256&scope=chat%3Awrite%2Cchannels%3Ahistory\
           &response_type=code",
    page_again: "&scope=chat%3Awrite%2Cchannels%3Ahistory&response_type=code",
    code: [
        TOKENS,
        BASIC,
        "grant_type=authorization_code&code=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier={verifier}",
    ],
    refresh: [TOKENS, BASIC, "grant_type=refresh_token&refresh_token=r1"],
    answers: &[
        // From oauth.v2.user.access.
        (
            200,
            r#"{"ok":true,"access_token":"xoxe.xoxp-1-1234","token_type":"user","scope":"chat:write,channels:history",
                "expires_in":43200,"refresh_token":"xoxe-1-abcd","authed_user":{"id":"U1234"}}"#,
            Made::Connected(
                "xoxe.xoxp-1-1234",
                Some("xoxe-1-abcd"),
                Some(43_200),
                Some(&["chat:write", "channels:history"]),
            ),
        ),
        // From oauth.v2.access, with a person's token only.
        (
            200,
            r#"{"ok":true,"access_token":"","token_type":"","scope":"","authed_user":{"id":"U1234","scope":"chat:write",
                "access_token":"xoxp-1234","token_type":"user"}}"#,
            Made::Connected("xoxp-1234", None, None, Some(&["chat:write"])),
        ),
        // From oauth.v2.access, with a bot's token as well, which is no person's account.
        (
            200,
            r#"{"ok":true,"access_token":"xoxb-17653672481","token_type":"bot","scope":"commands","bot_user_id":"U0KRQLJ9H",
                "expires_in":43200,"refresh_token":"xoxe-1-bot","authed_user":{"id":"U1234","scope":"chat:write",
                "access_token":"xoxe.xoxp-1-1234","expires_in":43200,"refresh_token":"xoxe-1-user","token_type":"user"}}"#,
            Made::Connected("xoxe.xoxp-1-1234", Some("xoxe-1-user"), Some(43_200), Some(&["chat:write"])),
        ),
        (
            200,
            r#"{"ok":true,"access_token":"xoxb-17653672481","token_type":"bot","authed_user":{"id":"U1234"}}"#,
            Made::NotNow("the token endpoint gave another kind of token"),
        ),
        (200, r#"{"ok":false,"error":"invalid_code"}"#, Made::Again("invalid_code")),
        (200, r#"{"ok":false,"error":"code_already_used"}"#, Made::Again("code_already_used")),
        (200, r#"{"ok":false,"error":"invalid_refresh_token"}"#, Made::Again("invalid_refresh_token")),
        (200, r#"{"ok":false,"error":"token_revoked"}"#, Made::Again("token_revoked")),
        (200, r#"{"ok":false,"error":"bad_client_secret"}"#, Made::NotNow("the token endpoint: bad_client_secret")),
        (200, r#"{"ok":false,"error":"internal_error"}"#, Made::NotNow("the token endpoint: internal_error")),
        (429, r#"{"ok":false,"error":"ratelimited"}"#, Made::NotNow("the token endpoint answered with status 429")),
        (200, r#"{"ok":false,"access_token":"xoxp-1234"}"#, Made::NotNow("the token endpoint refused without reason")),
    ],
    callbacks: &[(None, true), (Some("https://slack.com"), true), (Some("https://evil.example"), false)],
    back: &[[REVOKE, "Bearer r1", ""], [REVOKE, "Bearer a1", ""]],
    back_alone: &[[REVOKE, "Bearer a1", ""]],
    told: &[
        (200, r#"{"ok":true,"revoked":true}"#, RevocationOutcome::Gone),
        (200, r#"{"ok":true,"revoked":false}"#, RevocationOutcome::Unclear),
        (200, r#"{"ok":false,"error":"token_revoked"}"#, RevocationOutcome::Gone),
        (200, r#"{"ok":false,"error":"account_inactive"}"#, RevocationOutcome::Gone),
        // Also the response when Slack does not allow the caller's IP address.
        (200, r#"{"ok":false,"error":"invalid_auth"}"#, RevocationOutcome::Unclear),
        (200, "<html>", RevocationOutcome::Unclear),
    ],
};
