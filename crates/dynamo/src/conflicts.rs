//! Single writes that meet a transaction. DynamoDB rejects such a write with `TransactionConflictException` and has written
//! nothing (API reference of `PutItem`, "Errors"). The SDK does not count that among the errors that it repeats.

use aws_sdk_dynamodb::config::interceptors::InterceptorContext;
use aws_sdk_dynamodb::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;

/// Has the SDK repeat a single write that met a transaction.
#[derive(Debug)]
pub(crate) struct Conflicts;

impl ClassifyRetry for Conflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let Some(error) = error.as_operation_error() else { return RetryAction::NoActionIndicated };
        let put = error.downcast_ref().is_some_and(PutItemError::is_transaction_conflict_exception);
        let update = error.downcast_ref().is_some_and(UpdateItemError::is_transaction_conflict_exception);
        let delete = error.downcast_ref().is_some_and(DeleteItemError::is_transaction_conflict_exception);
        if put || update || delete { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "conflict with a transaction"
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::item::s;
    use aws_config::{BehaviorVersion, Region};
    use aws_credential_types::Credentials;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::mpsc;

    /// A service that answers one write after the other with these errors, and then with success. Each request is counted.
    fn service(errors: &'static [&'static str]) -> (String, mpsc::Receiver<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, count) = mpsc::channel();
        std::thread::spawn(move || {
            for answer in errors.iter().map(Some).chain(std::iter::repeat(None)) {
                let Ok((mut socket, _)) = listener.accept() else { return };
                let mut head = [0; 16 * 1024];
                let _ = socket.read(&mut head);
                let _ = asked.send(());
                let (status, body) = match answer {
                    Some(error) => {
                        ("400 Bad Request", format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}"}}"#))
                    }
                    None => ("200 OK", "{}".to_owned()),
                };
                let kind = "content-type: application/x-amz-json-1.0\r\nconnection: close";
                let _ = write!(socket, "HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
        });
        (url, count)
    }

    #[tokio::test]
    async fn only_a_write_that_conflicts_with_a_transaction_is_repeated() {
        let aws = aws_config::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(Credentials::for_tests()))
            .build();
        for (errors, written, asked) in [
            (&["TransactionConflictException"][..], [true; 3], 2),
            (&["ConditionalCheckFailedException"][..], [false; 3], 1),
        ] {
            for (operation, written) in written.into_iter().enumerate() {
                let (url, count) = service(errors);
                let client = crate::client(&aws, Some(url));
                let done = match operation {
                    0 => client.put_item().table_name("t").item("pk", s("a")).send().await.is_ok(),
                    1 => client.update_item().table_name("t").key("pk", s("a")).send().await.is_ok(),
                    _ => client.delete_item().table_name("t").key("pk", s("a")).send().await.is_ok(),
                };
                assert_eq!((done, count.try_iter().count()), (written, asked), "{errors:?} at operation {operation}");
            }
        }
    }
}
