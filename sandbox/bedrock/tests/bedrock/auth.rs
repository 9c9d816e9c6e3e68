//! Authentication: accepted and rejected requests. The SDK tests show that valid signatures are accepted.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sandbox_bedrock::{Bedrock, Credentials, Settings};
use sandbox_kit::{Clock, Sins};

use super::support::{asking, send};

const DATE: &str = "20261120T101112Z";

fn sigv4(scope: &str, headers: &str, signature: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={headers}, Signature={signature}")
}

#[tokio::test]
async fn only_valid_authorization_is_accepted() {
    let good = "a".repeat(64);
    let (scope, headers) = ("AKIA/20261120/us-east-1/bedrock/aws4_request", "content-type;host;x-amz-date");
    let known = || Settings {
        credentials: Some(Credentials {
            access_key: "AKIA".into(),
            secret_key: "s".into(),
            region: "us-east-1".into(),
            bearer: Some("key".into()),
        }),
        ..Settings::default()
    };
    let any = Settings::default;
    // Settings, `Authorization`, `x-amz-date`; the error, and whether it is recorded as a sin.
    let rows = [
        (any(), None, DATE, "AccessDeniedException", true),
        (any(), Some("Basic eDp5".to_owned()), DATE, "IncompleteSignatureException", true),
        (any(), Some("Bearer ".to_owned()), DATE, "IncompleteSignatureException", true),
        (any(), Some("Bearer whatever".to_owned()), DATE, "", false),
        (known(), Some("Bearer key".to_owned()), DATE, "", false),
        (known(), Some("Bearer other".to_owned()), DATE, "AccessDeniedException", false),
        (any(), Some(sigv4(scope, headers, &good)), DATE, "", false),
        (
            any(),
            Some(sigv4("AKIA/20261120/us-east-1/bedrock-runtime/aws4_request", headers, &good)),
            DATE,
            "IncompleteSignatureException",
            true,
        ),
        (any(), Some(sigv4(scope, headers, "abc")), DATE, "IncompleteSignatureException", true),
        (any(), Some(sigv4(scope, "host;content-type;x-amz-date", &good)), DATE, "IncompleteSignatureException", true),
        (any(), Some(sigv4(scope, "content-type;x-amz-date", &good)), DATE, "IncompleteSignatureException", true),
        (any(), Some(sigv4(scope, "content-type;host", &good)), DATE, "IncompleteSignatureException", true),
        (any(), Some(sigv4(scope, "host;x-amz-date;x-not-sent", &good)), DATE, "IncompleteSignatureException", true),
        (any(), Some(sigv4(scope, headers, &good)), "20261121T101112Z", "IncompleteSignatureException", true),
        (any(), Some(sigv4(scope, headers, &good)), "2026-11-20T10:11", "IncompleteSignatureException", true),
        (known(), Some(sigv4(scope, headers, &good)), DATE, "InvalidSignatureException", false),
        (
            known(),
            Some(sigv4("AKIB/20261120/us-east-1/bedrock/aws4_request", headers, &good)),
            DATE,
            "UnrecognizedClientException",
            false,
        ),
        (
            known(),
            Some(sigv4("AKIA/20261120/eu-west-1/bedrock/aws4_request", headers, &good)),
            DATE,
            "InvalidSignatureException",
            false,
        ),
    ];
    for (settings, authorization, date, error, sin) in rows {
        let sins = Sins::default();
        let bedrock = Bedrock::new(settings, Clock::default(), sins.clone());
        let mut request = Request::post("/model/amazon.nova-lite-v1%3A0/converse")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json")
            .header("x-amz-date", date);
        if let Some(authorization) = &authorization {
            request = request.header("authorization", authorization);
        }
        let answer = send(&bedrock, request.body(Body::from(asking("Hello").to_string())).unwrap()).await;
        let expected = if error.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!((answer.status, answer.error()), (expected, error), "{authorization:?} {date}");
        assert_eq!(!sins.all().is_empty(), sin, "{authorization:?} {date}");
    }
}
