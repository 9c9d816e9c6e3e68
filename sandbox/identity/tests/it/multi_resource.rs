//! One refresh token for several APIs: scopes and audiences that are not allowed are dropped silently.

use serde_json::{Value, json};

use crate::world::{ADA, API, Ask, ME, World};

const FIXED: (&str, &str) = ("client_id", "fixed");
const ALL: &str = "create:me:connected_accounts read:me:connected_accounts delete:me:connected_accounts";

/// Requested `audience` and `scope`, and the resulting `aud` and `scope`.
type Row<'a> = (Option<&'a str>, Option<&'a str>, Value, &'a str);

#[tokio::test]
async fn a_refresh_serves_the_apis_of_the_policy_and_drops_all_else_silently() {
    let with_openid = |api: &str| json!([api, "http://idp.test/userinfo"]);
    let original = "openid profile email offline_access read:docs";
    let rows: [Row<'_>; 8] = [
        (None, None, with_openid(API), original),
        (Some(API), None, with_openid(API), original),
        (Some(ME), None, json!(ME), ALL),
        (Some(ME), Some("read:me:connected_accounts"), json!(ME), "read:me:connected_accounts"),
        (
            Some(ME),
            Some("openid read:me:connected_accounts read:docs update:me:name phone"),
            with_openid(ME),
            "openid read:me:connected_accounts",
        ),
        (Some("http://idp.test/me"), Some("read:me:connected_accounts read:docs"), json!(API), "read:docs"),
        (Some("https://other.example"), None, with_openid(API), original),
        (None, Some("read:docs write:docs"), json!(API), "read:docs"),
    ];
    let world = World::new();
    let first = world.browser().tokens(&Ask::new().client("fixed", "f"), ADA).await.json();
    let token = first["refresh_token"].as_str().unwrap();
    for (audience, scope, aud, granted) in rows {
        let mut form = vec![("grant_type", "refresh_token"), FIXED, ("client_secret", "f"), ("refresh_token", token)];
        form.extend(audience.map(|audience| ("audience", audience)));
        form.extend(scope.map(|scope| ("scope", scope)));
        let answer = world.call("/oauth/token", &form).await.json();
        let row = format!("{audience:?} {scope:?}");
        assert_eq!(answer["scope"], granted, "{row}");
        let claims = world.verified(answer["access_token"].as_str().unwrap()).await;
        assert_eq!((&claims["aud"], &claims["scope"], &claims["sub"]), (&aud, &json!(granted), &json!(ADA)), "{row}");
        assert_eq!(answer["id_token"].is_string(), granted.contains("openid"), "{row}");
    }
    assert_eq!(world.sins(), "");
}
