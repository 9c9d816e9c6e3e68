//! Compares each preset with its vendor's documentation: the authorization request, the token requests for a code and a
//! refresh token, the meaning of each response, the accepted issuers of a callback, and the revocation requests.

#![expect(clippy::unwrap_used, reason = "tests")]

mod github;
mod google;
mod microsoft;
mod okta;
mod slack;

use crate::local::connecting::{self, ConnectRequest};
use crate::local::provider::{Client, People};
use crate::local::revocation::{self, RevocationOutcome};
use crate::local::token_endpoint::{Asked, TokenEndpoint, TokenFault, for_code, for_refresh};
use crate::local::tokens::Tokens;
use crate::local::{file, http};
use crate::pkce;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};

/// Requests and responses as a vendor documents them.
struct Published {
    /// Table of the file, without the client.
    file: &'static str,
    scopes: &'static [&'static str],
    /// Address of the authorization request; `{challenge}` stands for the PKCE challenge.
    page: &'static str,
    /// End of that address with `force_authentication`.
    page_again: &'static str,
    /// Method and address, authorization, and body of the request for a code; `{verifier}` stands for the PKCE
    /// verifier.
    code: [&'static str; 3],
    refresh: [&'static str; 3],
    /// Status and body of a token response, and its expected meaning.
    answers: &'static [(u16, &'static str, Made)],
    /// `iss` of a callback (successful or not), and whether it is accepted.
    callbacks: &'static [(Option<&'static str>, bool)],
    /// Revocation requests for a refresh token `r1` and an access token `a1`; empty if the vendor has no revocation.
    back: &'static [[&'static str; 3]],
    /// Revocation requests for an access token without a refresh token.
    back_alone: &'static [[&'static str; 3]],
    /// Status and body of a revocation response, and its expected meaning.
    told: &'static [(u16, &'static str, RevocationOutcome)],
}

/// Expected meaning of a token response.
enum Made {
    /// Success: access token, refresh token, lifetime of the access token in seconds, and scopes.
    Connected(&'static str, Option<&'static str>, Option<u64>, Option<&'static [&'static str]>),
    /// The person must connect again.
    Again(&'static str),
    /// The state of the grant is unknown; the request is repeated later.
    NotNow(&'static str),
}

const ALL: [Published; 5] =
    [github::PUBLISHED, google::PUBLISHED, slack::PUBLISHED, microsoft::PUBLISHED, okta::PUBLISHED];

fn people(published: &Published, more: &str) -> People {
    let text = format!("[{}\nclient_id = \"app\"\nsecret_id = \"s\"\n{more}", published.file);
    let provider = file::parse(&text).unwrap().remove(0).with(SecretString::from("hunter2"));
    provider.people().unwrap().clone()
}

fn begun(published: &Published, people: &People) -> (String, connecting::Pending) {
    let scopes: Vec<String> = published.scopes.iter().map(ToString::to_string).collect();
    let wish = ConnectRequest { scopes: &scopes, redirect_uri: "https://app.example/cb", state: "st" };
    let (page, begun) = connecting::begin("x", people, wish).unwrap();
    (page.as_str().replace(&pkce::challenge(&begun.verifier), "{challenge}"), begun)
}

/// Returns method and address, authorization (decoded if Basic) and body of a request.
fn shown(request: RequestBuilder) -> [String; 3] {
    let request = http::accepting(request).build().unwrap();
    let header = |name: &str| request.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!(header("accept"), "application/json", "{}", request.url());
    let plain = |basic: &str| format!("Basic {}", String::from_utf8(BASE64.decode(basic).unwrap()).unwrap());
    let authorization = header("authorization");
    let authorization = authorization.strip_prefix("Basic ").map_or(authorization.clone(), plain);
    let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
    [format!("{} {}", request.method(), request.url()), authorization, String::from_utf8(body.to_vec()).unwrap()]
}

fn endpoint<'a>(people: &'a People, client: &'a Client, http: &'a reqwest::Client) -> TokenEndpoint<'a> {
    TokenEndpoint { service: "Example", url: &people.token_url, client, http }
}

#[test]
fn the_authorization_page_is_as_the_vendor_documents() {
    for published in &ALL {
        let (page, _) = begun(published, &people(published, ""));
        assert_eq!(page, published.page);
        let (again, _) = begun(published, &people(published, "force_authentication = true"));
        assert!(again.ends_with(published.page_again), "{again}");
    }
}

#[test]
fn token_requests_are_as_the_vendor_documents() {
    let http = oidc::http::client().unwrap();
    for published in &ALL {
        let people = people(published, "");
        let (_, begun) = begun(published, &people);
        let endpoint = endpoint(&people, &people.client, &http);
        let sent = shown(endpoint.request(&for_code("c1", &begun)));
        assert_eq!(sent.map(|part| part.replace(&begun.verifier, "{verifier}")), published.code);
        assert_eq!(shown(endpoint.request(&for_refresh(&SecretString::from("r1")))), published.refresh);
    }
}

#[test]
fn each_documented_token_response_is_classified() {
    let http = oidc::http::client().unwrap();
    for published in &ALL {
        let people = people(published, "");
        let endpoint = endpoint(&people, &people.client, &http);
        for (status, body, made) in published.answers {
            let given = endpoint.read(StatusCode::from_u16(*status).unwrap(), body.as_bytes(), Asked::Other);
            match (given, made) {
                (Ok(given), Made::Connected(access, refresh, life, scopes)) => {
                    let scopes = scopes.map(|all| all.iter().map(ToString::to_string).collect());
                    let kept = given.refresh.as_ref().map(ExposeSecret::expose_secret);
                    assert_eq!((given.access.expose_secret(), kept), (*access, *refresh), "{body}");
                    assert_eq!((given.expires_in, given.scopes), (*life, scopes), "{body}");
                }
                (Err(TokenFault::Dead(error)), Made::Again(expected)) => assert_eq!(error, *expected, "{body}"),
                (Err(TokenFault::Unavailable(error)), Made::NotNow(expected)) => {
                    assert_eq!(error.cause, *expected, "{body}");
                }
                (other, _) => panic!("{}: {status} {body}: {other:?}", published.file),
            }
        }
    }
}

#[test]
fn only_a_callback_from_the_vendor_is_accepted() {
    for published in &ALL {
        let people = people(published, "");
        for (iss, good) in published.callbacks {
            assert_eq!(connecting::check_issuer(&people, *iss).is_ok(), *good, "{} {iss:?}", published.file);
        }
    }
}

#[test]
fn tokens_are_revoked_as_the_vendor_documents() {
    let http = oidc::http::client().unwrap();
    for published in &ALL {
        let people = people(published, "");
        for (refresh, expected) in [(Some("r1"), published.back), (None, published.back_alone)] {
            let refresh = refresh.map(SecretString::from);
            let tokens =
                Tokens { access: "a1".into(), refresh, scopes: Vec::new(), owner: None, consented: 0, life: None };
            let requests = people.revocation.iter().flat_map(|way| revocation::requests(way, &people, &tokens, &http));
            assert_eq!(requests.map(shown).collect::<Vec<_>>(), expected, "{}", published.file);
        }
        for (status, body, told) in published.told {
            let status = StatusCode::from_u16(*status).unwrap();
            let way = people.revocation.as_ref().unwrap();
            assert_eq!(revocation::read(way, status, body.as_bytes()), *told, "{}: {status} {body}", published.file);
        }
    }
}
