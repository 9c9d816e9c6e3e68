//! AWS Signature Version 4 on both sides: a caller that signs, and an AWS STS that verifies from its table of secrets.

use super::issuer::encode;
use crate::{SignedRequest, StsAnswer, StsClient};
use agent::ports::Unavailable;
use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;
use url::Url;

const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SCOPE: &str = "20261127/us-east-1/sts/aws4_request";

/// The query of a good request, without its signature.
pub(super) fn query() -> Vec<(String, String)> {
    let pairs = [
        ("Action", "GetCallerIdentity"),
        ("Version", "2011-06-15"),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", "AKIDEXAMPLE/20261127/us-east-1/sts/aws4_request"),
        ("X-Amz-Date", "20261127T120000Z"),
        ("X-Amz-Expires", "60"),
        ("X-Amz-SignedHeaders", "host;x-countersign-audience"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written(query: &[(String, String)]) -> String {
    let quote = |text: &str| -> String {
        text.bytes().fold(String::new(), |whole, byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                whole + &char::from(byte).to_string()
            }
            _ => whole + &format!("%{byte:02X}"),
        })
    };
    let mut pairs: Vec<_> = query.iter().map(|(name, value)| format!("{}={}", quote(name), quote(value))).collect();
    pairs.sort();
    pairs.join("&")
}

/// Returns the hash of the canonical request and the signature.
pub(super) fn signature(host: &str, query: &[(String, String)], audience: Option<&str>) -> (String, String) {
    let header = audience.map(|audience| format!("x-countersign-audience:{audience}\n")).unwrap_or_default();
    let names = if audience.is_some() { "host;x-countersign-audience" } else { "host" };
    let empty = hex(digest(&SHA256, b""));
    let request = format!("GET\n/\n{}\nhost:{host}\n{header}\n{names}\n{empty}", written(query));
    let hash = hex(digest(&SHA256, request.as_bytes()));
    let date = query.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-date")).unwrap();
    let text = format!("AWS4-HMAC-SHA256\n{}\n{SCOPE}\n{hash}", date.1);
    let first = [b"AWS4", SECRET].concat();
    let key =
        SCOPE.split('/').fold(first, |key, part| sign(&Key::new(HMAC_SHA256, &key), part.as_bytes()).as_ref().to_vec());
    (hash, hex(sign(&Key::new(HMAC_SHA256, &key), text.as_bytes())))
}

/// Returns the signed URL of a request.
pub(super) fn url(host: &str, query: &[(String, String)], audience: Option<&str>) -> String {
    let (_, signature) = signature(host, query, audience);
    format!("https://{host}/?{}&X-Amz-Signature={signature}", written(query))
}

/// Returns the token that holds a URL.
pub(super) fn wrapped(url: &str) -> String {
    format!("cs-aws-v1.{}", encode(url))
}

/// AWS STS as it would answer.
#[derive(Debug)]
pub(super) struct FakeSts {
    /// The answer whatever the request, if set.
    pub(super) fixed: Mutex<Option<Result<StsAnswer, Unavailable>>>,
    /// Account and ARN of the caller.
    pub(super) identity: Mutex<(String, String)>,
    /// The hosts that were asked.
    pub(super) asked: Mutex<Vec<String>>,
}

impl Default for FakeSts {
    fn default() -> Self {
        let arn = "arn:aws:sts::123456789012:assumed-role/Supervisor/whoever";
        let identity = Mutex::new(("123456789012".to_owned(), arn.to_owned()));
        Self { fixed: Mutex::default(), identity, asked: Mutex::default() }
    }
}

impl FakeSts {
    pub(super) fn requests(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn judge(&self, request: &SignedRequest) -> StsAnswer {
        let url = Url::parse(request.url.expose_secret()).unwrap();
        let mut pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let signed = pairs.remove("X-Amz-Signature").unwrap_or_default();
        let pairs: Vec<_> = pairs.into_iter().collect();
        let (_, expected) = signature(url.host_str().unwrap(), &pairs, Some(&request.audience));
        if signed != expected {
            let body = json!({"Error": {"Code": "SignatureDoesNotMatch", "Type": "Sender"}});
            return StsAnswer { status: 403, body: body.to_string().into_bytes() };
        }
        let (account, arn) = self.identity.lock().unwrap().clone();
        let result = json!({"Account": account, "Arn": arn, "UserId": "AROAEXAMPLE:whoever"});
        let body = json!({"GetCallerIdentityResponse": {"GetCallerIdentityResult": result}});
        StsAnswer { status: 200, body: body.to_string().into_bytes() }
    }
}

#[async_trait]
impl StsClient for FakeSts {
    async fn get_caller_identity(&self, request: &SignedRequest) -> Result<StsAnswer, Unavailable> {
        let url = Url::parse(request.url.expose_secret()).unwrap();
        self.asked.lock().unwrap().push(url.host_str().unwrap().to_owned());
        tokio::task::yield_now().await;
        let fixed = self.fixed.lock().unwrap().clone();
        fixed.unwrap_or_else(|| Ok(self.judge(request)))
    }
}
