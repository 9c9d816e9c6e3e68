//! The places and forms in which a token may come.

use super::issuer::{encode, header, sign};
use super::world::{ISSUER, NOW, World, person, request, token, with, world};
use crate::{BadRequest, InvalidToken, Reason};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde_json::json;

async fn reason(world: &World, uri: &str, headers: &[(&str, &str)]) -> Option<Reason> {
    world.door.authorize(&request(uri, headers)).await.err().map(|rejection| rejection.reason())
}

#[tokio::test]
async fn a_token_comes_in_one_authorization_header_with_the_scheme_bearer() {
    let world = world();
    let token = token(&person());
    let malformed = Reason::InvalidToken(InvalidToken::Form);
    let form = Some(malformed);
    let rows = [
        (format!("Bearer {token}"), None),
        (format!("bEARER {token}"), None),
        (format!("Bearer  {token}"), None),
        (String::new(), Some(Reason::NoCredentials)),
        (token.clone(), Some(Reason::NoCredentials)),
        (format!("Basic {token}"), Some(Reason::NoCredentials)),
        (format!("DPoP {token}"), Some(Reason::NoCredentials)),
        (format!("Bearer:{token}"), Some(Reason::NoCredentials)),
        ("Bearer".to_owned(), form),
        ("Bearer ".to_owned(), form),
        (format!("Bearer {token}, Bearer {token}"), form),
        (format!("Bearer {token} {token}"), form),
        (format!("Bearer \"{token}\""), form),
    ];
    for (value, expected) in rows {
        assert_eq!(reason(&world, "/mcp", &[("authorization", &value)]).await, expected, "{value}");
    }
    assert_eq!(reason(&world, "/mcp", &[]).await, Some(Reason::NoCredentials));
    let mut odd = request("/mcp", &[]);
    odd.headers.insert(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer a\xff.b.c").unwrap());
    assert_eq!(world.door.authorize(&odd).await.unwrap_err().reason(), malformed);
}

#[tokio::test]
async fn two_headers_and_a_token_in_the_query_are_refused_and_not_logged() {
    let world = world();
    let token = token(&person());
    let value = format!("Bearer {token}");
    let twice = [("authorization", value.as_str()), ("authorization", value.as_str())];
    assert_eq!(reason(&world, "/mcp", &twice).await, Some(Reason::BadRequest(BadRequest::SeveralHeaders)));
    for (query, with_header) in [
        (format!("access_token={token}"), false),
        (format!("a=1&ACCESS_TOKEN={token}"), false),
        (format!("%61ccess_token={token}"), false),
        (format!("access_token={token}"), true),
        ("access_token".to_owned(), true),
    ] {
        let headers = [("authorization", value.as_str())];
        let request = request(&format!("/mcp?{query}"), if with_header { &headers } else { &[] });
        let rejection = world.door.authorize(&request).await.unwrap_err();
        assert_eq!(rejection.reason(), Reason::BadRequest(BadRequest::TokenInQuery), "{query}");
        assert_eq!(rejection.status(), 400);
        assert_eq!(rejection.www_authenticate().unwrap(), r#"Bearer error="invalid_request""#);
        assert!(!format!("{rejection} {rejection:?}").contains(&token));
    }
    assert_eq!(reason(&world, "/mcp?my_access_token=1", &[("authorization", &value)]).await, None);
    assert_eq!(world.keys.fetches(), 1);
}

#[tokio::test]
async fn a_token_has_at_most_sixteen_kilobytes() {
    let world = world();
    let padded = |padding: usize| token(&with(person(), &json!({"pad": "x".repeat(padding)})));
    let base = padded(0).len();
    // Three bytes of the payload are four of the token.
    let padding = (16 * 1024 - base) / 4 * 3;
    let (longest, longer) = (padded(padding), padded(padding + 6));
    assert!(longest.len() <= 16 * 1024 && longer.len() > 16 * 1024, "{} {}", longest.len(), longer.len());
    assert!(world.call(&longest).await.is_ok());
    assert_eq!(world.call(&longer).await.unwrap_err().reason(), Reason::InvalidToken(InvalidToken::Length));
    assert_eq!(
        world.call(&"a".repeat(1024 * 1024)).await.unwrap_err().reason(),
        Reason::InvalidToken(InvalidToken::Length)
    );
}

#[tokio::test]
async fn a_token_is_three_parts_of_canonical_base64url() {
    let world = world();
    let good = token(&person());
    let parts: Vec<&str> = good.split('.').collect();
    let [head, payload, signature] = parts.as_slice() else { panic!("three parts") };
    // The last of 86 characters holds two bits that must be zero.
    let last = signature.chars().last().unwrap();
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']).collect();
    let index = alphabet.iter().position(|c| *c == last).unwrap();
    let stretched = format!("{}{}", &signature[..85], alphabet[index + 1]);
    let duplicate = format!("{{\"sub\":\"auth0|eve\",{}", &person().to_string()[1..]);
    let rows = [
        head.to_string(),
        format!("{head}.{payload}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!(".{payload}.{signature}"),
        format!("{head}..{signature}"),
        format!("{head}.{payload}.{stretched}"),
        format!("{head}.{payload}.{signature}=="),
        format!("{head}=.{payload}.{signature}"),
        format!("{head}.{payload}\u{a0}.{signature}"),
        format!("{head}.+/{payload}.{signature}"),
        "...".to_owned(),
        format!("{head}.{payload}.{payload}.{payload}.{signature}"),
        "..".to_owned(),
        sign("ES256", &json!([]), person().to_string()),
        sign("ES256", &json!("ES256"), person().to_string()),
        sign("ES256", &header("ES256"), "[]"),
        sign("ES256", &header("ES256"), "not json"),
        sign("ES256", &header("ES256"), duplicate),
        format!("{}.{}.{signature}", encode(r#"{"alg":"ES256","alg":"none"}"#), payload),
        "opaque-token-of-a-client-that-sent-no-audience".to_owned(),
    ];
    for row in rows {
        let reason = world.call(&row).await.unwrap_err().reason();
        assert_eq!(reason, Reason::InvalidToken(InvalidToken::Form), "{row}");
    }
}

#[tokio::test]
async fn no_header_makes_a_person_of_an_agent() {
    let world = world();
    let claims = with(person(), &json!({"sub": "inspector@clients", "gty": "client-credentials"}));
    let value = format!("Bearer {}", token(&claims));
    let headers = [
        ("authorization", value.as_str()),
        ("x-amzn-bedrock-agentcore-runtime-user-id", "auth0|ada"),
        ("x-amzn-bedrock-agentcore-runtime-custom-user", "auth0|ada"),
        ("baggage", "user=auth0|ada"),
        ("workloadaccesstoken", "auth0|ada"),
        ("x-forwarded-user", "auth0|ada"),
    ];
    let caller = world.door.authorize(&request("/mcp?user=auth0|ada", &headers)).await.unwrap();
    assert!(caller.person().is_none());
    assert!(!format!("{caller:?}").contains("ada"));
}

#[tokio::test]
async fn a_token_without_or_beyond_its_bounds_is_unauthorized() {
    let world = world();
    for changes in [
        json!({"iss": ISSUER.trim_end_matches('/')}),
        json!({"exp": NOW - 61}),
        json!({"nbf": NOW + 120}),
        json!({"aud": null}),
        json!({"exp": null}),
    ] {
        let rejection = world.call(&token(&with(person(), &changes))).await.unwrap_err();
        assert_eq!(rejection.status(), 401, "{changes}");
    }
}
