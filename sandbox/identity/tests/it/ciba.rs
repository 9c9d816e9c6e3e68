//! Requesting a person's approval on their phone, and polling for the answer.

mod details;
mod phone;
mod poll;
mod request;
mod tamper;

use axum::http::{Request, header};
use sandbox_identity::{Answer as Verdict, Audience, Client, Grant, Push, Settings};
use serde_json::{Value, json};

use crate::world::{ADA, API, Answer, ISSUER, World, settings};

pub(crate) const CIBA: &str = "urn:openid:params:grant-type:ciba";
pub(crate) const CALL: &str = "urn:auth0:schemas:authorization-details:v1:call";
pub(crate) const PLAIN: &str = "urn:plain";

/// The default settings, with CIBA enabled for `web` and `strict`; `API` allows only the type `CALL`.
fn ciba() -> Settings {
    let mut settings = settings();
    for client in &mut settings.clients {
        if ["web", "strict"].contains(&client.id.as_str()) {
            client.grants.push(Grant::Ciba);
            client.details_types = vec![CALL.into(), PLAIN.into()];
        }
    }
    settings.clients.push(Client { grants: vec![Grant::Ciba], ..Client::new("bare", "b", "No types") });
    settings.audiences[0] = Audience { details_types: vec![CALL.into()], ..settings.audiences[0].clone() };
    settings
}

fn world() -> World {
    World::of(ciba())
}

fn hint(sub: &str) -> String {
    json!({"format": "iss_sub", "iss": ISSUER, "sub": sub}).to_string()
}

/// Returns a valid request, for tests to modify.
fn honest(sub: &str) -> Vec<(&'static str, String)> {
    [
        ("client_id", "web"),
        ("client_secret", "web secret+"),
        ("scope", "openid read:docs"),
        ("audience", API),
        ("login_hint", &hint(sub)),
        ("binding_message", "Reset password of bob: A7-31"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// Returns the request with one parameter replaced; an empty value counts as absent.
fn with(mut form: Vec<(&'static str, String)>, name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    form.retain(|(own, _)| *own != name);
    form.push((name, value.to_owned()));
    form
}

async fn ask(world: &World, form: &[(&'static str, String)]) -> Answer {
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    world.call("/bc-authorize", &form).await
}

/// Requests Ada's approval and returns the `auth_req_id`.
async fn asked(world: &World) -> String {
    asked_for(world, &honest(ADA)).await
}

async fn asked_for(world: &World, form: &[(&'static str, String)]) -> String {
    let answer = ask(world, form).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.json()["auth_req_id"].as_str().unwrap().to_owned()
}

async fn poll_as(world: &World, (id, secret): (&str, &str), auth_req_id: &str) -> Answer {
    let form = [("grant_type", CIBA), ("client_id", id), ("client_secret", secret), ("auth_req_id", auth_req_id)];
    world.call("/oauth/token", &form).await
}

async fn poll(world: &World, auth_req_id: &str) -> Answer {
    poll_as(world, ("web", "web secret+"), auth_req_id).await
}

/// Polls after the interval of five seconds.
async fn poll_in_time(world: &World, auth_req_id: &str) -> Answer {
    world.clock.advance(5);
    poll(world, auth_req_id).await
}

fn last(world: &World) -> Push {
    world.provider.pushes().pop().expect("a push")
}

fn say(world: &World, verdict: Verdict) {
    world.provider.answer(&last(world).id, verdict).unwrap();
}

/// Posts a form with these headers, as a page of this origin or another site would.
async fn post_from(world: &World, path: &str, form: &[(&str, &str)], headers: &[(&'static str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(body.into()).unwrap()).await
}

async fn get(world: &World, path: &str) -> Answer {
    let request = Request::get(path).header(header::HOST, "localhost:4101");
    world.send(request.body(axum::body::Body::empty()).unwrap()).await
}

fn call() -> Value {
    json!([{"type": CALL, "instruction": "Reset a password",
        "properties": {"user": {"display": true, "name": "User", "display_order": 1, "description": "Whose", "value": "bob@acme.example"}}}])
}
