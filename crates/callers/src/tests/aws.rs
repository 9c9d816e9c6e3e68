//! Web identity tokens of AWS STS.

use super::world::{AUDIENCE, AWS_ISSUER, NOW, ROLE, World, token, with};
use crate::{AgentIdentity, Caller, Denial, InvalidToken, Reason};
use serde_json::{Value, json};

fn claims() -> Value {
    json!({
        "iss": AWS_ISSUER, "aud": AUDIENCE, "sub": ROLE, "iat": NOW, "exp": NOW + 300, "jti": "j",
        "https://sts.amazonaws.com/": {
            "aws_account": "123456789012", "source_region": "us-east-1", "org_id": "o-abc", "principal_id": ROLE,
            "principal_tags": {"team": "it"}, "request_tags": {"role": "admin"},
        },
    })
}

/// Changes the statements of AWS.
fn stated(changes: &Value) -> Value {
    let mut claims = claims();
    claims["https://sts.amazonaws.com/"] = with(claims["https://sts.amazonaws.com/"].clone(), changes);
    claims
}

async fn reason(world: &World, claims: &Value) -> Option<Reason> {
    world.call(&token(claims)).await.err().map(|rejection| rejection.reason())
}

#[tokio::test]
async fn a_listed_role_is_an_agent_with_the_configured_scopes() {
    let world = world_with_es256();
    for claims in
        [claims(), stated(&json!({"principal_id": null})), with(stated(&json!({})), &json!({"sub": "opaque"}))]
    {
        let caller = world.call(&token(&claims)).await.unwrap();
        let Caller::Agent(agent) = &caller else { panic!("{caller:?}") };
        assert!(matches!(agent.identity(), AgentIdentity::AwsRole(role) if role.as_str() == ROLE));
        assert_eq!((caller.tenant(), caller.expires_at(), caller.person()), ("acme", NOW + 300, None));
        assert_eq!(caller.scopes().iter().collect::<Vec<_>>(), ["api/read"]);
    }
}

/// Tests sign by ES256; AWS signs by RS256 or ES384, which are the default.
fn world_with_es256() -> World {
    super::world::configured(
        &super::world::CONFIG
            .replace("account = \"123456789012\"", "algorithms = [\"ES256\"]\naccount = \"123456789012\""),
    )
}

#[tokio::test]
async fn a_token_of_an_unlisted_account_or_for_another_audience_is_unauthorized() {
    let world = world_with_es256();
    let other = "arn:aws:iam::210987654321:role/Supervisor";
    let rows = [
        (with(claims(), &json!({"iss": "https://9a9b.tokens.sts.global.api.aws"})), InvalidToken::Issuer),
        (stated(&json!({"aws_account": "210987654321"})), InvalidToken::AwsAccount),
        (stated(&json!({"aws_account": "210987654321", "principal_id": other})), InvalidToken::AwsAccount),
        (stated(&json!({"aws_account": 123_456_789_012_i64})), InvalidToken::AwsAccount),
        (stated(&json!({"aws_account": null})), InvalidToken::AwsAccount),
        (with(claims(), &json!({"https://sts.amazonaws.com/": null})), InvalidToken::AwsAccount),
        (with(claims(), &json!({"aud": "https://countersign.example.com/a2a"})), InvalidToken::Audience),
    ];
    for (claims, check) in rows {
        let rejection = world.call(&token(&claims)).await.unwrap_err();
        assert_eq!((rejection.status().as_u16(), rejection.reason()), (401, Reason::InvalidToken(check)), "{claims}");
    }
}

#[tokio::test]
async fn role_and_lifetime_are_checked() {
    let world = world_with_es256();
    let invalid = |check| Some(Reason::InvalidToken(check));
    let denied = |denial| Some(Reason::Denied(denial));
    let other = "arn:aws:iam::123456789012:role/Other";
    let rows = [
        (with(claims(), &json!({"exp": NOW + 3600})), None),
        (with(claims(), &json!({"exp": NOW + 3601})), invalid(InvalidToken::Lifetime)),
        (with(claims(), &json!({"exp": 9_999_999_999_i64})), invalid(InvalidToken::Lifetime)),
        (with(claims(), &json!({"iat": null})), invalid(InvalidToken::IssuedAt)),
        (stated(&json!({"principal_id": other})), denied(Denial::AwsRole)),
        (with(stated(&json!({"principal_id": null})), &json!({"sub": other})), denied(Denial::AwsRole)),
        (stated(&json!({"principal_id": 7})), invalid(InvalidToken::Subject)),
        (stated(&json!({"principal_id": format!("{ROLE}/")})), denied(Denial::AwsRole)),
        (with(claims(), &json!({"act": {"sub": "supervisor"}})), denied(Denial::ActorWithoutPerson)),
        (with(claims(), &json!({"cnf": {"jkt": "x"}})), invalid(InvalidToken::DpopBound)),
        (with(claims(), &json!({"nonce": "x"})), invalid(InvalidToken::Kind)),
    ];
    for (claims, expected) in rows {
        assert_eq!(reason(&world, &claims).await, expected, "{claims}");
    }
    let by_default = super::world::world();
    assert_eq!(reason(&by_default, &claims()).await, invalid(InvalidToken::Algorithm));
}
