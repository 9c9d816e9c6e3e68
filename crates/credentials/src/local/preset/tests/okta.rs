//! developer.okta.com.

use super::{Made, Published};
use crate::local::revocation::RevocationOutcome;

const TOKENS: &str = "POST https://acme.okta.com/oauth2/v1/token";
const REVOKE: &str = "POST https://acme.okta.com/oauth2/v1/revoke";
const BASIC: &str = "Basic app:hunter2";

pub(super) const PUBLISHED: Published = Published {
    file: "okta]\ndomain = \"acme.okta.com\"",
    scopes: &["okta.users.read"],
    page: "https://acme.okta.com/oauth2/v1/authorize?client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=st\
           &code_challenge={challenge}&code_challenge_method=S256&scope=okta.users.read+openid+profile+email+offline_access\
           &response_type=code",
    page_again: "&response_type=code&prompt=login",
    code: [
        TOKENS,
        BASIC,
        "grant_type=authorization_code&code=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier={verifier}",
    ],
    refresh: [TOKENS, BASIC, "grant_type=refresh_token&refresh_token=r1"],
    answers: &[
        (
            200,
            r#"{"token_type":"Bearer","expires_in":3600,"access_token":"eyJraWQ","scope":"offline_access okta.users.read",
                "refresh_token":"i6mapTIAVSp2oJkgUnCACKKfZxt_H5MBLiqcybBBd04"}"#,
            Made::Connected(
                "eyJraWQ",
                Some("i6mapTIAVSp2oJkgUnCACKKfZxt_H5MBLiqcybBBd04"),
                Some(3600),
                Some(&["offline_access", "okta.users.read"]),
            ),
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"The refresh token is invalid or expired."}"#,
            Made::Again("invalid_grant"),
        ),
        (
            401,
            r#"{"error":"invalid_client","error_description":"No client credentials found."}"#,
            Made::NotNow("the token endpoint: invalid_client"),
        ),
        // An error of Okta's API, not of OAuth 2.0.
        (
            403,
            r#"{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action"}"#,
            Made::NotNow("the token endpoint gave no token"),
        ),
    ],
    callbacks: &[(None, true), (Some("https://acme.okta.com"), true), (Some("https://umbrella.okta.com"), false)],
    back: &[
        [REVOKE, BASIC, "token=r1&token_type_hint=refresh_token"],
        // Revoking the refresh token has already revoked the access token (Revoke tokens); the response is the same.
        [REVOKE, BASIC, "token=a1&token_type_hint=access_token"],
    ],
    back_alone: &[[REVOKE, BASIC, "token=a1&token_type_hint=access_token"]],
    told: &[
        // Also the response for a token that is already invalid.
        (200, "", RevocationOutcome::Gone),
        (401, r#"{"error":"invalid_client"}"#, RevocationOutcome::Unclear),
        (429, "", RevocationOutcome::Unclear),
    ],
};
