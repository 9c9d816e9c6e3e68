//! The encryption and the token, judged by implementations that somebody else wrote: `http-ece` decrypts,
//! `py-vapid` verifies.

#![allow(clippy::unwrap_used, reason = "tests")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use peers::{Peer, python};
use serde_json::json;
use url::Url;
use web_push::{BrowserKeys, Contact, VapidKey, encrypt};

#[tokio::test]
async fn another_implementation_decrypts_the_message_and_accepts_the_token() {
    let peer = Peer::start(python("", "push/browser.py").unwrap()).await.unwrap();
    let (p256dh, auth) = (peer.ready()["p256dh"].as_str().unwrap(), peer.ready()["auth"].as_str().unwrap());
    let keys = BrowserKeys::parse(p256dh, auth).unwrap();
    for text in ["", "a", &"x".repeat(3993)] {
        let body = URL_SAFE_NO_PAD.encode(encrypt(&keys, text.as_bytes()).unwrap());
        let said = peer.command(&json!({ "command": "decrypt", "body": body })).await.unwrap();
        assert_eq!(said["text"], text);
    }
    let key = VapidKey::from_pem(&VapidKey::generate().unwrap()).unwrap();
    let contact = Contact::parse("mailto:it@acme.example").unwrap();
    let service = Url::parse("https://push.example/abc").unwrap().origin();
    let authorization = key.authorization(&service, &contact, now()).unwrap();
    let claims = peer.command(&json!({ "command": "verify", "authorization": authorization })).await.unwrap();
    assert_eq!((&claims["aud"], &claims["sub"]), (&json!("https://push.example"), &json!("mailto:it@acme.example")));
    let altered = authorization.replacen("vapid t=ey", "vapid t=eZ", 1);
    assert!(peer.command(&json!({ "command": "verify", "authorization": altered })).await.is_err());
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}
