//! Presigned `GetCallerIdentity` requests.

use super::issuer::encode;
use super::sigv4::{query, signature, url, wrapped};
use super::world::{AUDIENCE, CONFIG, NOW, ROLE, World, configured, world};
use crate::{AgentIdentity, Caller, Denial, InvalidToken, Reason, StsAnswer};
use agent::ports::Unavailable;
use std::sync::Arc;

const HOST: &str = "sts.us-east-1.amazonaws.com";

fn token() -> String {
    wrapped(&url(HOST, &query(), Some(AUDIENCE)))
}

/// Changes a parameter of a good request, or adds it.
fn changed(name: &str, value: &str) -> Vec<(String, String)> {
    let mut query = query();
    query.retain(|(own, _)| own != name);
    query.push((name.to_owned(), value.to_owned()));
    query
}

fn signed(query: &[(String, String)]) -> String {
    wrapped(&url(HOST, query, Some(AUDIENCE)))
}

async fn reason(world: &World, token: &str) -> Option<Reason> {
    world.call(token).await.err().map(|rejection| rejection.reason())
}

fn invalid(check: InvalidToken) -> Option<Reason> {
    Some(Reason::InvalidToken(check))
}

#[tokio::test]
async fn the_golden_vector_of_a_presigned_request_is_accepted() {
    let (hash, expected) = signature(HOST, &query(), Some("https://countersign.example.com"));
    assert_eq!(hash, "24c76c2fc1338a0455d017aade163355c01add45e3dd130a3bfe10be12660ccd");
    assert_eq!(expected, "bbd21c151cc721fb67eb524e1b502b9b29dbcd061f6c480d0f63a88d013d436a");
    let world = configured(&CONFIG.replace("countersign.example.com/mcp", "countersign.example.com"));
    let caller = world.call(&wrapped(&url(HOST, &query(), Some("https://countersign.example.com")))).await.unwrap();
    let Caller::Agent(agent) = &caller else { panic!("{caller:?}") };
    assert!(matches!(agent.identity(), AgentIdentity::AwsRole(role) if role.as_str() == ROLE));
    assert_eq!((agent.tenant(), caller.expires_at()), ("acme", NOW + 60));
    assert!(caller.scopes().contains("api/read") && caller.person().is_none());
    assert_eq!(*world.sts.asked.lock().unwrap(), [HOST]);
}

#[tokio::test]
async fn a_presigned_request_to_another_address_goes_nowhere() {
    let world = world();
    let good = url(HOST, &query(), Some(AUDIENCE));
    let at = |address: &str| good.replace(&format!("https://{HOST}/"), address);
    let addresses = [
        "https://sts.amazonaws.com.evil.example/",
        "https://evil.example/",
        "https://sts.eu-west-1.amazonaws.com/",
        "https://sts.us-east-1.amazonaws.com./",
        "https://169.254.169.254/",
        "https://user@sts.us-east-1.amazonaws.com/",
        "https://user:word@sts.us-east-1.amazonaws.com/",
        "https://sts.us-east-1.amazonaws.com:444/",
        "https://sts.us-east-1.amazonaws.com@evil.example/",
        "http://sts.us-east-1.amazonaws.com/",
        "ftp://sts.us-east-1.amazonaws.com/",
        "https://sts.us-east-1.amazonaws.com/x",
        "https://sts.us-east-1.amazonaws.com//",
    ];
    for address in addresses {
        assert_eq!(reason(&world, &wrapped(&at(address))).await, invalid(InvalidToken::PresignedAddress), "{address}");
    }
    assert_eq!(reason(&world, &wrapped(&format!("{good}#x"))).await, invalid(InvalidToken::PresignedAddress));
    let forms = [
        wrapped(&format!(" {good}")),
        wrapped(&good.replace("https://", "https:\\\\")),
        wrapped(&good.replace("amazonaws", "amazon\taws")),
        wrapped("not a URL"),
        format!("{}=", token()),
        format!("cs-aws-v1.{}", encode([0xff; 64])),
        format!("cs-aws-v1.{}", encode(format!("{good}&x={}", "x".repeat(4096)))),
        "cs-aws-v1.".to_owned(),
    ];
    for form in forms {
        assert_eq!(reason(&world, &form).await, invalid(InvalidToken::PresignedForm), "{form}");
    }
    assert_eq!(world.sts.requests(), 0);
    assert_eq!(reason(&world, &wrapped(&at("https://sts.us-east-1.amazonaws.com:443/"))).await, None);
}

#[tokio::test]
async fn a_presigned_request_has_the_known_parameters_once() {
    let world = world();
    let good = url(HOST, &query(), Some(AUDIENCE));
    let appended = ["&action=AssumeRole", "&ACTION=GetCallerIdentity", "&RoleArn=x", "&X-Amz-Date=20261127T120000Z"];
    let appended = appended.into_iter().chain(["&x-amz-signature=x", "&", "&x-amz-security-to%E2%84%AAen=x"]);
    for more in appended.filter(|more| *more != "&") {
        let token = wrapped(&format!("{good}{more}"));
        assert_eq!(reason(&world, &token).await, invalid(InvalidToken::PresignedQuery), "{more}");
    }
    let replaced = [
        ("Action", "AssumeRole"),
        ("Action", "getcalleridentity"),
        ("Version", "2011-06-16"),
        ("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"),
    ];
    for (name, value) in replaced {
        let token = signed(&changed(name, value));
        assert_eq!(reason(&world, &token).await, invalid(InvalidToken::PresignedQuery), "{name}={value}");
    }
    for (index, (name, _)) in query().iter().enumerate() {
        let mut pairs = query();
        if name != "X-Amz-Date" {
            pairs.remove(index);
            assert_eq!(reason(&world, &signed(&pairs)).await, invalid(InvalidToken::PresignedQuery), "{name}");
        }
    }
    let (head, signature) = good.split_once("X-Amz-Signature=").unwrap();
    for own in ["", "x", &signature.to_uppercase(), &signature[1..]] {
        let token = wrapped(&format!("{head}X-Amz-Signature={own}"));
        assert_eq!(reason(&world, &token).await, invalid(InvalidToken::PresignedQuery), "{own}");
    }
    assert_eq!(world.sts.requests(), 0);
    assert_eq!(reason(&world, &signed(&changed("X-Amz-Security-Token", "a+b/c=="))).await, None);
}

#[tokio::test]
async fn a_presigned_request_is_bound_to_this_door() {
    let world = world();
    for headers in
        ["host", "x-countersign-audience", "host;x-countersign-audience;x-amz-date", "Host;x-countersign-audience"]
    {
        let unsigned = wrapped(&url(HOST, &changed("X-Amz-SignedHeaders", headers), None));
        assert_eq!(reason(&world, &unsigned).await, invalid(InvalidToken::PresignedHeaders), "{headers}");
    }
    assert_eq!(world.sts.requests(), 0);
    for audience in [None, Some("https://countersign.example.com/a2a"), Some("https://evil.example/mcp")] {
        let other = wrapped(&url(HOST, &query(), audience));
        assert_eq!(reason(&world, &other).await, invalid(InvalidToken::PresignedSignature), "{audience:?}");
    }
}

#[tokio::test]
async fn a_presigned_request_is_current_and_used_once() {
    let world = world();
    let rows = [
        ("X-Amz-Expires", "0"),
        ("X-Amz-Expires", "901"),
        ("X-Amz-Expires", "-1"),
        ("X-Amz-Expires", "+60"),
        ("X-Amz-Expires", ""),
        ("X-Amz-Date", "20261127T114400Z"),
        ("X-Amz-Date", "20261127T115859Z"),
        ("X-Amz-Date", "20261127T120101Z"),
        ("X-Amz-Date", "2026-11-27T12:00Z"),
        ("X-Amz-Date", "20261327T120000Z"),
        ("X-Amz-Date", "20261127T126000Z"),
        ("X-Amz-Date", "2026112７T120000Z"),
    ];
    for (name, value) in rows {
        assert_eq!(
            reason(&world, &signed(&changed(name, value))).await,
            invalid(InvalidToken::PresignedTime),
            "{value}"
        );
    }
    let lasting = |date: &str| {
        let mut query = changed("X-Amz-Date", date);
        query.iter_mut().find(|(name, _)| name == "X-Amz-Expires").unwrap().1 = "900".to_owned();
        signed(&query)
    };
    assert_eq!(reason(&world, &lasting("20261127T114400Z")).await, invalid(InvalidToken::PresignedTime));
    assert_eq!(reason(&world, &lasting("20261127T114459Z")).await, invalid(InvalidToken::PresignedTime));
    assert_eq!(world.sts.requests(), 0);
    assert_eq!(reason(&world, &lasting("20261127T114500Z")).await, None);
    assert_eq!(reason(&world, &lasting("20261127T120100Z")).await, None);
    assert_eq!(reason(&world, &token()).await, None);
    assert_eq!(reason(&world, &token()).await, invalid(InvalidToken::PresignedReplay));
    let reordered = url(HOST, &query(), Some(AUDIENCE));
    let (address, query) = reordered.split_once('?').unwrap();
    let (first, rest) = query.split_once('&').unwrap();
    let reordered = wrapped(&format!("{address}?{rest}&{first}"));
    assert_eq!(reason(&world, &reordered).await, invalid(InvalidToken::PresignedReplay));
    assert_eq!(world.sts.requests(), 3);
}

#[tokio::test]
async fn of_two_uses_at_once_one_passes() {
    let world = Arc::new(world());
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let world = world.clone();
        callers.spawn(async move { reason(&world, &token()).await });
    }
    let reasons = callers.join_all().await;
    assert_eq!(reasons.iter().filter(|reason| reason.is_none()).count(), 1, "{reasons:?}");
    assert_eq!(world.sts.requests(), 1);
}

#[tokio::test]
async fn of_many_presigned_requests_at_once_few_are_sent() {
    let world = Arc::new(world());
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..20 {
        let world = world.clone();
        callers.spawn(
            async move { reason(&world, &signed(&changed("X-Amz-Expires", &format!("{}", 60 + number)))).await },
        );
    }
    let reasons = callers.join_all().await;
    assert_eq!(reasons.iter().filter(|reason| reason.is_none()).count(), 16, "{reasons:?}");
    assert!(reasons.iter().flatten().all(|reason| matches!(reason, Reason::Unavailable { .. })));
    assert_eq!(world.sts.requests(), 16);
    assert_eq!(reason(&world, &signed(&changed("X-Amz-Expires", "90"))).await, None);
}

#[tokio::test]
async fn account_and_role_are_bound_together_and_the_session_name_counts_for_nothing() {
    let rows = [
        ("123456789012", "arn:aws:sts::123456789012:assumed-role/Supervisor/admin", None),
        ("210987654321", "arn:aws:sts::210987654321:assumed-role/Supervisor/whoever", Some(Denial::AwsRole)),
        ("123456789012", "arn:aws:sts::210987654321:assumed-role/Supervisor/whoever", Some(Denial::AwsRole)),
        ("210987654321", "arn:aws:sts::123456789012:assumed-role/Supervisor/whoever", Some(Denial::AwsRole)),
        ("123456789012", "arn:aws-cn:sts::123456789012:assumed-role/Supervisor/whoever", Some(Denial::AwsRole)),
        ("123456789012", "arn:aws:sts::123456789012:assumed-role/Other/Supervisor", Some(Denial::AwsRole)),
        ("123456789012", "arn:aws:iam::123456789012:root", Some(Denial::AwsRole)),
        ("123456789012", "arn:aws:iam::123456789012:user/Supervisor", Some(Denial::AwsRole)),
        ("123456789012", "arn:aws:sts::123456789012:federated-user/Supervisor", Some(Denial::AwsRole)),
        ("123456789012", ROLE, Some(Denial::AwsRole)),
    ];
    for (account, arn, denial) in rows {
        let world = world();
        *world.sts.identity.lock().unwrap() = (account.to_owned(), arn.to_owned());
        let caller = world.call(&token()).await;
        assert_eq!(caller.as_ref().err().map(|own| own.reason()), denial.map(Reason::Denied), "{arn}");
        let again = reason(&world, &token()).await;
        assert_eq!(
            again,
            denial.map_or_else(|| invalid(InvalidToken::PresignedReplay), |own| Some(Reason::Denied(own)))
        );
        assert!(!format!("{caller:?}").contains("whoever"));
    }
}

#[tokio::test]
async fn only_an_identity_of_aws_sts_counts() {
    let unavailable = |service| Reason::Unavailable { service, retry_after: std::time::Duration::from_secs(5) };
    let answer = |status, body: &str| Ok(StsAnswer { status, body: body.as_bytes().to_vec() });
    let refused = Reason::InvalidToken(InvalidToken::PresignedSignature);
    let rows = [
        (answer(200, "<html>"), unavailable("AWS STS")),
        (answer(200, "{}"), unavailable("AWS STS")),
        (answer(302, ""), unavailable("AWS STS")),
        (answer(500, ""), unavailable("AWS STS")),
        (answer(429, ""), unavailable("AWS STS")),
        (answer(400, r#"{"Error":{"Code":"Throttling"}}"#), unavailable("AWS STS")),
        (answer(400, r#"{"Error":{"Code":"ExpiredToken"}}"#), refused),
        (answer(403, ""), refused),
        (Err(Unavailable::new("AWS STS", "no answer in time")), unavailable("AWS STS")),
    ];
    for (fixed, expected) in rows {
        let world = world();
        *world.sts.fixed.lock().unwrap() = Some(fixed);
        assert_eq!(reason(&world, &token()).await, Some(expected));
        *world.sts.fixed.lock().unwrap() = None;
        assert_eq!(reason(&world, &token()).await, None, "a request that was not accepted is not used up");
    }
}
