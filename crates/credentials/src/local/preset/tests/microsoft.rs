//! learn.microsoft.com, Microsoft identity platform and OAuth 2.0 authorization code flow.

use super::{Made, Published};

const TOKENS: &str = "POST https://login.microsoftonline.com/t1/oauth2/v2.0/token";

pub(super) const PUBLISHED: Published = Published {
    file: "microsoft]\ntenant = \"t1\"",
    scopes: &["https://graph.microsoft.com/Mail.Read"],
    page: "https://login.microsoftonline.com/t1/oauth2/v2.0/authorize?client_id=app\
           &redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=st&code_challenge={challenge}&code_challenge_method=S256\
           &scope=https%3A%2F%2Fgraph.microsoft.com%2FMail.Read+offline_access&response_type=code&response_mode=query",
    page_again: "&response_type=code&response_mode=query&prompt=login",
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
            r#"{"access_token":"eyJ0eXAi","token_type":"Bearer","expires_in":3599,
                "scope":"https://graph.microsoft.com/Mail.Read","refresh_token":"AwABAAAAvPM1"}"#,
            Made::Connected(
                "eyJ0eXAi",
                Some("AwABAAAAvPM1"),
                Some(3599),
                Some(&["https://graph.microsoft.com/Mail.Read"]),
            ),
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS70008: The refresh token has expired.\r\nTrace ID: 0000",
                "error_codes":[70008],"timestamp":"2016-01-09 02:02:12Z","trace_id":"0000","correlation_id":"aaaa"}"#,
            Made::Again("invalid_grant"),
        ),
        // The person must authorize again, by the same page.
        (400, r#"{"error":"interaction_required","error_codes":[50076]}"#, Made::Again("interaction_required")),
        (400, r#"{"error":"consent_required"}"#, Made::Again("consent_required")),
        (
            400,
            r#"{"error":"invalid_scope","error_description":"AADSTS70011: The provided value is not valid.",
                "error_codes":[70011]}"#,
            Made::NotNow("the token endpoint: invalid_scope"),
        ),
        (401, r#"{"error":"invalid_client"}"#, Made::NotNow("the token endpoint: invalid_client")),
        (400, r#"{"error":"temporarily_unavailable"}"#, Made::NotNow("the token endpoint: temporarily_unavailable")),
    ],
    callbacks: &[
        (None, true),
        (Some("https://login.microsoftonline.com/t1/v2.0"), true),
        (Some("https://login.microsoftonline.com/t2/v2.0"), false),
    ],
    back: &[],
    back_alone: &[],
    told: &[],
};
