//! docs.github.com.

use super::{Made, Published};
use crate::local::revocation::RevocationOutcome;

const TOKENS: &str = "POST https://github.com/login/oauth/access_token";
const GRANT: [&str; 3] =
    ["DELETE https://api.github.com/applications/app/grant", "Basic app:hunter2", r#"{"access_token":"a1"}"#];

pub(super) const PUBLISHED: Published = Published {
    file: "github]",
    scopes: &["repo", "gist"],
    page: "https://github.com/login/oauth/authorize?client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=st\
           &code_challenge={challenge}&code_challenge_method=S256&scope=repo+gist",
    page_again: "&scope=repo+gist&prompt=select_account",
    code: [
        TOKENS,
        "",
        "grant_type=authorization_code&code=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier={verifier}\
         &client_id=app&client_secret=hunter2",
    ],
    refresh: [TOKENS, "", "grant_type=refresh_token&refresh_token=r1&client_id=app&client_secret=hunter2"],
    answers: &[
        // OAuth app: the token does not expire.
        (
            200,
            r#"{"access_token":"gho_16C7e42F292c6912E7710c838347Ae178B4a","scope":"repo,gist","token_type":"bearer"}"#,
            Made::Connected("gho_16C7e42F292c6912E7710c838347Ae178B4a", None, None, Some(&["repo", "gist"])),
        ),
        // GitHub App with expiring tokens.
        (
            200,
            r#"{"access_token":"ghu_16C7","expires_in":28800,"refresh_token":"ghr_1B4a",
                "refresh_token_expires_in":15811200,"scope":"","token_type":"bearer"}"#,
            Made::Connected("ghu_16C7", Some("ghr_1B4a"), Some(28_800), Some(&[])),
        ),
        (
            200,
            r#"{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired.",
                "error_uri":"/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"}"#,
            Made::Again("bad_verification_code"),
        ),
        (
            200,
            r#"{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired."}"#,
            Made::Again("bad_refresh_token"),
        ),
        (
            200,
            r#"{"error":"incorrect_client_credentials",
                "error_description":"The client_id and/or client_secret passed are incorrect."}"#,
            Made::NotNow("the token endpoint: incorrect_client_credentials"),
        ),
        (
            200,
            r#"{"error":"redirect_uri_mismatch",
                "error_description":"The redirect_uri MUST match the registered callback URL for this application."}"#,
            Made::NotNow("the token endpoint: redirect_uri_mismatch"),
        ),
        (
            200,
            r#"{"error":"unverified_user_email","error_description":"The user must have a verified primary email."}"#,
            Made::NotNow("the token endpoint: unverified_user_email"),
        ),
        // Response to a request without `Accept: application/json`.
        (
            200,
            "access_token=gho_16C7&scope=repo%2Cgist&token_type=bearer",
            Made::NotNow("the answer of the token endpoint (status 200) cannot be read"),
        ),
    ],
    callbacks: &[
        (None, true),
        (Some("https://github.com/login/oauth"), true),
        (Some("https://github.com"), false),
        (Some("https://evil.example"), false),
    ],
    back: &[GRANT],
    back_alone: &[GRANT],
    told: &[
        (204, "", RevocationOutcome::Gone),
        (404, r#"{"message":"Not Found","documentation_url":"https://docs.github.com/rest"}"#, RevocationOutcome::Gone),
        (422, r#"{"message":"Validation Failed"}"#, RevocationOutcome::Unclear),
        (401, r#"{"message":"Requires authentication"}"#, RevocationOutcome::Unclear),
    ],
};
