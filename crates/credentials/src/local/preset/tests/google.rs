//! developers.google.com, Using OAuth 2.0 for Web Server Applications.

use super::{Made, Published};
use crate::local::revocation::RevocationOutcome;

const TOKENS: &str = "POST https://oauth2.googleapis.com/token";
const REVOKE: &str = "POST https://oauth2.googleapis.com/revoke";

pub(super) const PUBLISHED: Published = Published {
    file: "google]",
    scopes: &["https://www.googleapis.com/auth/calendar.readonly"],
    page: "https://accounts.google.com/o/oauth2/v2/auth?client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=st\
           &code_challenge={challenge}&code_challenge_method=S256\
           &scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcalendar.readonly\
           &response_type=code&access_type=offline&prompt=consent",
    page_again: "&response_type=code&access_type=offline&prompt=select_account+consent",
    code: [
        TOKENS,
        "",
        "grant_type=authorization_code&code=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier={verifier}\
         &client_id=app&client_secret=hunter2",
    ],
    refresh: [TOKENS, "", "grant_type=refresh_token&refresh_token=r1&client_id=app&client_secret=hunter2"],
    answers: &[
        (
            200,
            r#"{"access_token":"1/fFAGRNJru1FTz70BzhT3Zg","expires_in":3920,"token_type":"Bearer",
                "scope":"https://www.googleapis.com/auth/drive.metadata.readonly https://www.googleapis.com/auth/calendar.readonly",
                "refresh_token":"1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI"}"#,
            Made::Connected(
                "1/fFAGRNJru1FTz70BzhT3Zg",
                Some("1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI"),
                Some(3920),
                Some(&[
                    "https://www.googleapis.com/auth/drive.metadata.readonly",
                    "https://www.googleapis.com/auth/calendar.readonly",
                ]),
            ),
        ),
        // Renewal: the refresh token remains valid.
        (
            200,
            r#"{"access_token":"1/fFBGRNJru1FQd44AzqT3Zg","expires_in":3920,"token_type":"Bearer"}"#,
            Made::Connected("1/fFBGRNJru1FQd44AzqT3Zg", None, Some(3920), None),
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            Made::Again("invalid_grant"),
        ),
        (400, r#"{"error":"redirect_uri_mismatch"}"#, Made::NotNow("the token endpoint: redirect_uri_mismatch")),
        (401, r#"{"error":"invalid_client"}"#, Made::NotNow("the token endpoint: invalid_client")),
    ],
    callbacks: &[(None, true), (Some("https://accounts.google.com"), true), (Some("accounts.google.com"), false)],
    back: &[[REVOKE, "", "token=r1"]],
    back_alone: &[[REVOKE, "", "token=a1"]],
    told: &[
        (200, "{}", RevocationOutcome::Gone),
        (400, r#"{"error":"invalid_token","error_description":"Token expired or revoked"}"#, RevocationOutcome::Gone),
        (400, r#"{"error":"invalid_request"}"#, RevocationOutcome::Unclear),
        (503, r#"{"error":"invalid_token"}"#, RevocationOutcome::Unclear),
    ],
};
