//! The discovery document and the JWKS. Must not depend on sessions or tokens.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

use crate::provider::Provider;
use crate::settings::{CallbackIssuer, Registration, Settings};
use crate::trace::Endpoint;

/// Scopes defined by the provider itself.
pub(crate) const SCOPES: [&str; 14] = [
    "openid",
    "profile",
    "offline_access",
    "name",
    "given_name",
    "family_name",
    "nickname",
    "email",
    "email_verified",
    "picture",
    "created_at",
    "identities",
    "phone",
    "address",
];

pub(crate) async fn document(State(provider): State<Provider>) -> impl IntoResponse {
    provider.saw(Endpoint::Discovery);
    ([(CACHE_CONTROL, "public, max-age=15")], Json(metadata(provider.settings())))
}

pub(crate) async fn keys(State(provider): State<Provider>) -> impl IntoResponse {
    provider.saw(Endpoint::Keys);
    ([(CACHE_CONTROL, "public, max-age=15")], Json(provider.keys().jwks()))
}

/// Returns the metadata. Lists only endpoints that exist. The algorithms, types and methods are those of an Auth0
/// tenant, including weak ones: the client must choose the strong ones, and the provider refuses weak choices.
fn metadata(settings: &Settings) -> Value {
    let mut document = Map::new();
    document.insert("issuer".to_owned(), settings.issuer.clone().into());
    for (name, path) in [
        ("authorization_endpoint", "authorize"),
        ("token_endpoint", "oauth/token"),
        ("userinfo_endpoint", "userinfo"),
        ("jwks_uri", ".well-known/jwks.json"),
        ("revocation_endpoint", "oauth/revoke"),
        ("end_session_endpoint", "oidc/logout"),
        ("backchannel_authentication_endpoint", "bc-authorize"),
    ] {
        document.insert(name.to_owned(), settings.url(path).into());
    }
    for (name, value) in [
        ("scopes_supported", json!(SCOPES)),
        (
            "response_types_supported",
            json!([
                "code",
                "token",
                "id_token",
                "code token",
                "code id_token",
                "token id_token",
                "code token id_token"
            ]),
        ),
        ("code_challenge_methods_supported", json!(["S256", "plain"])),
        ("response_modes_supported", json!(["query", "fragment", "form_post"])),
        ("subject_types_supported", json!(["public"])),
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]),
        ),
        ("token_endpoint_auth_signing_alg_values_supported", json!(["RS256", "RS384", "PS256"])),
        (
            "claims_supported",
            json!([
                "aud",
                "auth_time",
                "created_at",
                "email",
                "email_verified",
                "exp",
                "family_name",
                "given_name",
                "iat",
                "identities",
                "iss",
                "name",
                "nickname",
                "phone_number",
                "picture",
                "sub"
            ]),
        ),
        ("request_uri_parameter_supported", json!(false)),
        ("request_parameter_supported", json!(false)),
        ("id_token_signing_alg_values_supported", json!(["HS256", "RS256", "PS256"])),
        ("backchannel_token_delivery_modes_supported", json!(["poll"])),
        ("backchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
    ] {
        document.insert(name.to_owned(), value);
    }
    if settings.registration != Registration::Closed {
        document.insert("registration_endpoint".to_owned(), settings.url("oidc/register").into());
    }
    if settings.callback_issuer == CallbackIssuer::Sent {
        document.insert("authorization_response_iss_parameter_supported".to_owned(), json!(true));
    }
    Value::Object(document)
}
