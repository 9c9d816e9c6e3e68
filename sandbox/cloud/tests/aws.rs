//! The `DynamoDB` and Secrets Manager stand-ins, tested with the AWS SDKs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use axum::Router;
use sandbox_cloud::dynamo::Table;
use sandbox_cloud::{Dynamo, Secrets};
use sandbox_kit::{Clock, Sins};

const TABLE: Table<'_> = Table { name: "countersign", partition: "pk", sort: Some("sk"), ttl: "ttl" };

/// Condition on the sort key, `:a`, `:b`, limit, sort keys found, and true if more remain.
type QueryRow<'a> = (&'a str, &'a str, &'a str, i32, &'a [&'a str], bool);
/// Secret, version, stage, and the expected value or error.
type SecretRow<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Result<&'a str, &'a str>);

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    url
}

fn credentials() -> Credentials {
    Credentials::new("AKIDSANDBOX", "not a secret", None, None, "test")
}

async fn dynamo(dynamo: &Dynamo) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new("us-east-1"))
        .endpoint_url(serve(dynamo.router()).await)
        .credentials_provider(credentials());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

async fn secrets(secrets: &Secrets) -> aws_sdk_secretsmanager::Client {
    let config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(aws_sdk_secretsmanager::config::BehaviorVersion::latest())
        .region(aws_sdk_secretsmanager::config::Region::new("us-east-1"))
        .endpoint_url(serve(secrets.router()).await)
        .credentials_provider(credentials());
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[tokio::test]
async fn dynamodb_serves_the_sdk() {
    let sins = Sins::default();
    let stand_in = Dynamo::in_memory(sins.clone()).await.unwrap();
    stand_in.ensure_table(TABLE).unwrap();
    stand_in.ensure_table(TABLE).unwrap();
    let client = dynamo(&stand_in).await;

    let ttl = client.describe_time_to_live().table_name("countersign").send().await.unwrap();
    assert_eq!(ttl.time_to_live_description().unwrap().attribute_name(), Some("ttl"));

    for sort in ["event#001", "event#002", "event#003", "head"] {
        let put = client.put_item().table_name("countersign").item("pk", text("conv#1")).item("sk", text(sort));
        put.item("n", AttributeValue::N("1".into())).send().await.unwrap();
    }
    let rows: &[QueryRow<'_>] = &[
        ("begins_with(sk, :a)", "event#", "", 9, &["event#001", "event#002", "event#003"], false),
        ("begins_with(sk, :a)", "event#", "", 2, &["event#001", "event#002"], true),
        ("sk BETWEEN :a AND :b", "event#002", "event#003", 9, &["event#002", "event#003"], false),
        ("sk > :a", "event#002", "", 9, &["event#003", "head"], false),
    ];
    for (condition, a, b, limit, expected, more) in rows {
        let mut query = client.query().table_name("countersign").limit(*limit).consistent_read(true);
        query = query.key_condition_expression(format!("pk = :pk AND {condition}"));
        query = query.expression_attribute_values(":pk", text("conv#1")).expression_attribute_values(":a", text(a));
        if !b.is_empty() {
            query = query.expression_attribute_values(":b", text(b));
        }
        let found = query.send().await.unwrap();
        let sorts: Vec<_> = found.items().iter().map(|item| item["sk"].as_s().unwrap().as_str()).collect();
        assert_eq!((sorts.as_slice(), found.last_evaluated_key().is_some()), (*expected, *more), "{condition}");
    }

    let update = || client.update_item().table_name("countersign").key("pk", text("conv#1")).key("sk", text("head"));
    let add = update().update_expression("ADD n :one").condition_expression("n = :one");
    let add = add.expression_attribute_values(":one", AttributeValue::N("1".into()));
    add.clone().send().await.unwrap();
    let refused = add.send().await.unwrap_err().into_service_error();
    assert!(refused.is_conditional_check_failed_exception(), "{refused:?}");

    let put = |sort: &str| {
        let put = Put::builder().table_name("countersign").item("pk", text("conv#1")).item("sk", text(sort));
        let put = put.condition_expression("attribute_not_exists(pk)").build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let write = client.transact_write_items().transact_items(put("event#004")).transact_items(put("head"));
    let refused = write.send().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        reasons,
    ) = refused
    else {
        panic!("{refused:?}")
    };
    let codes: Vec<_> = reasons.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    client.transact_write_items().transact_items(put("event#004")).send().await.unwrap();
    assert_eq!(sins.all(), []);

    let wrong = client.get_item().table_name("countersign").key("pk", text("conv#1")).send().await.unwrap_err();
    assert_eq!(wrong.into_service_error().code(), Some("ValidationException"));
    assert_eq!(sins.all().len(), 1);
}

#[tokio::test]
async fn items_in_a_file_survive_a_restart() {
    let directory = std::env::temp_dir().join(format!("sandbox-cloud-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("dynamo.sqlite");
    for round in 0..2 {
        let stand_in = Dynamo::open(&path, Sins::default()).await.unwrap();
        stand_in.ensure_table(TABLE).unwrap();
        let client = dynamo(&stand_in).await;
        let get = client.get_item().table_name("countersign").key("pk", text("a")).key("sk", text("b"));
        assert_eq!(get.send().await.unwrap().item().is_some(), round == 1);
        let put = client.put_item().table_name("countersign").item("pk", text("a")).item("sk", text("b"));
        put.send().await.unwrap();
    }
    std::fs::remove_dir_all(&directory).unwrap();
}

#[tokio::test]
async fn secrets_manager_serves_the_sdk() {
    let sins = Sins::default();
    let stand_in = Secrets::new(Clock::default(), sins.clone());
    let client = secrets(&stand_in).await;
    stand_in.put("countersign/keys", "one");
    let first = client.get_secret_value().secret_id("countersign/keys").send().await.unwrap();
    assert_eq!((first.secret_string(), first.version_stages()), (Some("one"), ["AWSCURRENT".to_owned()].as_slice()));
    stand_in.put("countersign/keys", "two");

    let arn = first.arn().unwrap();
    let (partial, id) = (arn.strip_suffix("-Sandbx").unwrap(), first.version_id().unwrap());
    let rows: &[SecretRow<'_>] = &[
        ("countersign/keys", None, None, Ok("two")),
        (arn, None, Some("AWSCURRENT"), Ok("two")),
        (partial, None, Some("AWSPREVIOUS"), Ok("one")),
        ("countersign/keys", Some(id), None, Ok("one")),
        ("countersign/keys", Some(id), Some("AWSPREVIOUS"), Ok("one")),
        ("countersign/keys", None, Some("AWSPENDING"), Err("ResourceNotFoundException")),
        ("other", None, None, Err("ResourceNotFoundException")),
        ("countersign/keys", Some(id), Some("AWSCURRENT"), Err("InvalidRequestException")),
    ];
    for (secret, version, stage, expected) in rows {
        let get = client.get_secret_value().secret_id(*secret);
        let get = get.set_version_id(version.map(Into::into)).set_version_stage(stage.map(Into::into));
        let got = get.send().await;
        let got = match &got {
            Ok(got) => Ok(got.secret_string().unwrap()),
            Err(error) => Err(error.as_service_error().and_then(|error| error.code()).unwrap_or("?")),
        };
        assert_eq!(got, *expected, "{secret} {version:?} {stage:?}");
    }
    assert_eq!(sins.take().len(), 1);

    let unknown = client.list_secrets().send().await.unwrap_err();
    assert_eq!(unknown.into_service_error().code(), Some("UnknownOperationException"));
    assert_eq!(sins.all().len(), 1);
}
