//! Exchange of the provider's tokens for a third party's access token.

use sandbox_identity::{Alteration, Connected, Endpoint, Grant, Lent, Refresh, Settings, Tamper};
use sandbox_kit::canary;
use serde_json::{Value, json};

use crate::world::{ADA, API, Answer, Ask, BOB, GITHUB, OKTA, World, claims_of, settings};

const GRANT: &str = "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token";
const REFRESH: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const LENT: &str = "http://auth0.com/oauth/token-type/federated-connection-access-token";
const FIXED: (&str, &str) = ("fixed", "f");

/// Requests a token for the account of `connection` as `client`; entries of `more` are added or replace those of the
/// same name.
async fn exchange(world: &World, client: (&str, &str), token: &str, connection: &str, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("grant_type", GRANT),
        ("client_id", client.0),
        ("client_secret", client.1),
        ("subject_token", token),
        ("subject_token_type", REFRESH),
        ("requested_token_type", LENT),
        ("connection", connection),
    ];
    let kept = own.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    world.call("/oauth/token", &kept.chain(more.iter().copied()).collect::<Vec<_>>()).await
}

async fn tokens(world: &World, client: (&str, &'static str), sub: &str) -> Value {
    world.browser().tokens(&Ask::new().client(client.0, client.1), sub).await.json()
}

async fn refresh_token(world: &World, sub: &str) -> String {
    tokens(world, FIXED, sub).await["refresh_token"].as_str().unwrap().to_owned()
}

/// Returns the settings with Ada's first GitHub account connected as well.
fn with_github() -> Settings {
    let mut settings = settings();
    settings.connected.push(Connected { sub: ADA.into(), connection: GITHUB.into(), scopes: vec!["repo".into()] });
    settings
}

#[tokio::test]
async fn an_exchange_returns_the_granted_scopes_and_the_remaining_lifetime() {
    let world = World::of(with_github());
    let token = refresh_token(&world, ADA).await;
    let okta = exchange(&world, FIXED, &token, OKTA, &[]).await.json();
    assert_eq!(
        (&okta["scope"], &okta["expires_in"], &okta["issued_token_type"], &okta["token_type"]),
        (&json!("okta.users.read okta.groups.read"), &json!(3600), &json!(LENT), &json!("Bearer"))
    );
    assert_eq!((&okta["refresh_token"], &okta["id_token"]), (&json!(null), &json!(null)));
    let lent = okta["access_token"].as_str().unwrap();
    let claims = claims_of(lent);
    assert_eq!(claims["scp"], json!(["okta.users.read", "okta.groups.read"]));
    assert_eq!((&claims["canary"], &claims["uid"]), (&json!(canary::MARK), &json!("00u1adabyron0000acme")));
    let account = Lent {
        connection: OKTA.into(),
        account: "00u1adabyron0000acme".into(),
        sub: ADA.into(),
        scopes: vec!["okta.users.read".into(), "okta.groups.read".into()],
    };
    assert_eq!(world.provider.lent(lent), Some(account));
    assert!(world.provider.verify_access_token(lent, API).is_err(), "it is not a token of the provider");
    let github = exchange(&world, FIXED, &token, GITHUB, &[]).await.json();
    assert!(github["access_token"].as_str().unwrap().starts_with("ghu_CANARY"));

    world.clock.advance(1000);
    let again = exchange(&world, FIXED, &token, OKTA, &[]).await.json();
    assert_eq!(again["access_token"], okta["access_token"], "the third party's token is reused");
    assert!((2590..=2600).contains(&again["expires_in"].as_i64().unwrap()), "{again}");
    world.clock.advance(2590);
    let fresh = exchange(&world, FIXED, &token, OKTA, &[]).await.json();
    assert_ne!(fresh["access_token"], okta["access_token"]);
    assert_eq!(fresh["expires_in"], 3600);
    world.clock.advance(10);
    assert_eq!(world.provider.lent(lent), None, "it has expired");
    assert_eq!(world.provider.requests_to(Endpoint::Token(Grant::TokenVault)), 4);
    assert_eq!(world.sins(), "");
}

#[tokio::test]
async fn an_api_exchanges_access_tokens_that_are_for_it() {
    let world = World::new();
    let access = tokens(&world, FIXED, ADA).await["access_token"].as_str().unwrap().to_owned();
    let kind = [("subject_token_type", ACCESS)];
    let answer = exchange(&world, ("api", "a"), &access, OKTA, &kind).await.json();
    assert_eq!(world.provider.lent(answer["access_token"].as_str().unwrap()).unwrap().sub, ADA);
    assert_eq!(world.sins(), "");
    // Columns: client, token, status, error.
    let elsewhere = world.browser().tokens(&Ask::new().client("fixed", "f").without("audience"), ADA).await.json();
    let elsewhere = elsewhere["access_token"].as_str().unwrap();
    let rows = [
        (FIXED, access.as_str(), 403, "unauthorized_client"),
        (("api", "a"), elsewhere, 401, "invalid_grant"),
        (("api", "a"), "no token", 401, "invalid_grant"),
    ];
    for (client, token, status, error) in rows {
        assert_eq!(exchange(&world, client, token, OKTA, &kind).await.refusal(), (status, error.to_owned()), "{token}");
    }
    world.clock.advance(86_400);
    assert_eq!(exchange(&world, ("api", "a"), &access, OKTA, &kind).await.refusal(), (401, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn every_refusal_has_its_code_and_words() {
    let not_found =
        (401, "federated_connection_refresh_token_not_found", "Federated connection Refresh Token not found.");
    let invalid = |text| (400, "invalid_request", text);
    // Columns: person, connection, additional parameters, expected status, error and description, number of violations.
    type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], (u16, &'a str, &'a str), usize);
    let rows: [Row<'_>; 12] = [
        (BOB, OKTA, &[], not_found, 0),
        (ADA, "google-oauth2", &[], not_found, 0),
        (ADA, "no-such-connection", &[], not_found, 0),
        (BOB, OKTA, &[("login_hint", "00u2bobcrane0000acme")], not_found, 0),
        (ADA, OKTA, &[("login_hint", "00u2bobcrane0000acme")], (401, "user_not_found", "Identity User not found."), 0),
        (ADA, OKTA, &[("subject_token", "guess")], (403, "invalid_grant", "Unknown or invalid refresh token."), 0),
        (ADA, OKTA, &[("subject_token", "")], invalid("Missing required parameter: subject_token"), 1),
        (ADA, OKTA, &[("connection", "")], invalid("Missing required parameter: connection"), 1),
        (ADA, OKTA, &[("subject_token_type", "")], invalid("Missing required parameter: subject_token_type"), 1),
        (ADA, OKTA, &[("subject_token_type", "jwt")], invalid("Unsupported subject_token_type"), 1),
        (ADA, OKTA, &[("requested_token_type", "")], invalid("Missing required parameter: requested_token_type"), 1),
        (
            ADA,
            OKTA,
            &[("requested_token_type", &LENT.replace("http:", "https:"))],
            invalid("Unsupported requested_token_type"),
            1,
        ),
    ];
    let world = World::new();
    for (sub, connection, more, (status, error, text), sins) in rows {
        let token = refresh_token(&world, sub).await;
        let answer = exchange(&world, FIXED, &token, connection, more).await;
        let row = format!("{sub} {connection} {more:?}");
        assert_eq!(
            (answer.refusal(), &answer.json()["error_description"]),
            ((status, error.into()), &json!(text)),
            "{row}"
        );
        assert_eq!(world.sins().lines().count(), sins, "{row}");
    }
}

#[tokio::test]
async fn a_scope_is_ignored_and_a_sin() {
    let world = World::new();
    let token = refresh_token(&world, ADA).await;
    let answer = exchange(&world, FIXED, &token, OKTA, &[("scope", "okta.users.read")]).await.json();
    assert_eq!(answer["scope"], "okta.users.read okta.groups.read");
    assert!(world.sins().contains("unknown parameter scope"));
}

#[tokio::test]
async fn clients_without_the_grant_or_with_rotation_get_nothing() {
    let world = World::new();
    let web = ("web", "web secret+");
    let token = tokens(&world, web, ADA).await["refresh_token"].as_str().unwrap().to_owned();
    let refused = exchange(&world, web, &token, OKTA, &[]).await;
    assert_eq!(refused.refusal(), (403, "unauthorized_client".to_owned()));
    assert_eq!(refused.json()["error_description"], format!("Grant type '{GRANT}' not allowed for the client."));
    assert_eq!(
        exchange(&world, ("fixed", "wrong"), &token, OKTA, &[]).await.refusal(),
        (401, "access_denied".to_owned())
    );

    let mut rotating = settings();
    rotating.clients.iter_mut().find(|client| client.id == "fixed").unwrap().refresh =
        Refresh::Rotating { leeway_s: 0 };
    let world = World::of(rotating);
    let token = refresh_token(&world, ADA).await;
    let refused = exchange(&world, FIXED, &token, OKTA, &[]).await;
    assert_eq!(refused.refusal(), (403, "invalid_grant".to_owned()));
    assert!(refused.json()["error_description"].as_str().unwrap().contains("rotation"));
}

#[tokio::test]
async fn an_ended_sign_in_account_or_grant_yields_no_token() {
    type Ending = fn(&World, &str);
    let not_found = "federated_connection_refresh_token_not_found";
    // Columns: event that ends the access, expected error, whether a token handed out before still works.
    let rows: [(&str, Ending, &str, bool); 5] = [
        (
            "revoked at the third party",
            |world, id| world.provider.revoke_at_third_party(id).unwrap(),
            "federated_connection_refresh_token_flow_failed",
            false,
        ),
        ("taken out of the vault", |world, id| world.provider.remove_connected_account(id).unwrap(), not_found, true),
        ("the sign-in is revoked", |world, _| world.provider.revoke_refresh_tokens_of(ADA), "invalid_grant", true),
        ("the third party's grant expires", |world, _| world.clock.advance(15_897_600), not_found, false),
        ("the sign-in expires", |world, _| world.clock.advance(100), "invalid_grant", true),
    ];
    for (name, end, error, still) in rows {
        let mut settings = with_github();
        let fixed = settings.clients.iter_mut().find(|client| client.id == "fixed").unwrap();
        fixed.lifetimes.refresh_token_s = if error == "invalid_grant" { 100 } else { 31_536_000 };
        let world = World::of(settings);
        let token = refresh_token(&world, ADA).await;
        let lent =
            exchange(&world, FIXED, &token, GITHUB, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
        let account = world.provider.connected_accounts().into_iter().find(|own| own.connection == GITHUB).unwrap();
        end(&world, &account.id);
        assert_eq!(exchange(&world, FIXED, &token, GITHUB, &[]).await.refusal().1, error, "{name}");
        assert_eq!(world.provider.lent(&lent).is_some(), still, "{name}");
    }
    let world = World::new();
    assert_eq!(
        world.provider.revoke_at_third_party("cac_1").unwrap_err(),
        world.provider.remove_connected_account("cac_1").unwrap_err()
    );
}

#[tokio::test]
async fn a_test_can_order_any_refusal_or_false_answer() {
    let rows = [
        (Alteration::Refused("mfa_required"), 400, "mfa_required"),
        (Alteration::Status500, 500, "server_error"),
        (Alteration::Status429, 429, "too_many_requests"),
    ];
    let world = World::new();
    let token = refresh_token(&world, ADA).await;
    for (order, status, error) in rows {
        world.provider.tamper(Tamper::Once(order));
        assert_eq!(exchange(&world, FIXED, &token, OKTA, &[]).await.refusal(), (status, error.to_owned()));
    }
    world.provider.tamper(Tamper::Once(Alteration::Member("scope", json!("okta.groups.read"))));
    assert_eq!(exchange(&world, FIXED, &token, OKTA, &[]).await.json()["scope"], "okta.groups.read");
    world.provider.tamper(Tamper::Once(Alteration::Garbage));
    assert!(exchange(&world, FIXED, &token, OKTA, &[]).await.body.starts_with("<!doctype"));
    assert_eq!(world.sins(), "");
}
