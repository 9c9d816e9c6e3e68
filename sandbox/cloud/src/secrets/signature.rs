//! Checks the form of a Signature Version 4 `Authorization` header. The signature itself is not verified: any key pair
//! is accepted.

use axum::http::HeaderMap;

use super::answer::Failure;

pub(super) fn check(headers: &HeaderMap) -> Result<(), Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let fields = text("authorization").ok_or_else(Failure::unsigned)?;
    let fields = fields.strip_prefix("AWS4-HMAC-SHA256 ").ok_or_else(|| Failure::signature("AWS4-HMAC-SHA256"))?;
    let field = |name: &'static str| {
        let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
        fields.find(|(key, _)| *key == name).map(|(_, value)| value).ok_or_else(|| Failure::signature(name))
    };
    let date = text("x-amz-date").ok_or_else(|| Failure::signature("the header X-Amz-Date"))?;
    let scope: Vec<&str> = field("Credential")?.split('/').collect();
    match scope[..] {
        [key, day, region, "secretsmanager", "aws4_request"]
            if !key.is_empty() && !region.is_empty() && day.len() == 8 && date.starts_with(day) => {}
        _ => return Err(Failure::signature("a credential scope of this service and day")),
    }
    let signed: Vec<&str> = field("SignedHeaders")?.split(';').collect();
    if !["host", "x-amz-date", "x-amz-target"].iter().all(|name| signed.contains(name)) {
        return Err(Failure::signature("host, x-amz-date and x-amz-target among the signed headers"));
    }
    let signature = field("Signature")?;
    if signature.len() != 64 || !signature.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::signature("a signature of 64 hexadecimal digits"));
    }
    Ok(())
}
