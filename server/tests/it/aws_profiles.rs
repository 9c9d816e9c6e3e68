//! The ways in which machines and people of a company obtain AWS credentials: support for each is compiled in.
#![expect(
    deprecated,
    reason = "the files of a profile have moved to a crate of the SDK's own and are the same type there"
)]

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use std::error::Error;

async fn credentials(profile: &str, text: &str) -> Result<Credentials, CredentialsError> {
    let files = ProfileFiles::builder().with_contents(ProfileFileKind::Config, text).build();
    let provider = ProfileFileCredentialsProvider::builder().profile_files(files).profile_name(profile).build();
    provider.provide_credentials().await
}

/// Returns the error with its sources, in which the SDK names missing cargo features.
fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told += &format!("; {error}");
        cause = error.source();
    }
    told
}

#[tokio::test]
async fn a_credential_process_provides_credentials() {
    let issued = r#"{"Version": 1, "AccessKeyId": "AKIDOFAPROGRAM", "SecretAccessKey": "hunter2"}"#;
    let profile = format!("[profile program]\ncredential_process = echo '{issued}'\n");
    assert_eq!(credentials("program", &profile).await.unwrap().access_key_id(), "AKIDOFAPROGRAM");
}

/// Nobody has signed in here, so both fail without a request, but not because the code is missing.
#[tokio::test]
async fn single_sign_on_and_aws_login_are_built_in() {
    let id = std::process::id();
    let sso = format!(
        "[profile p]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = help\n\
         [sso-session acme]\nsso_region = us-east-1\nsso_start_url = https://acme.example/never-started-{id}\n"
    );
    let login = format!("[profile p]\nlogin_session = arn:aws:iam::123456789012:user/never-signed-in-{id}\n");
    for profile in [sso, login] {
        let told = chain(&credentials("p", &profile).await.unwrap_err());
        assert!(!told.contains("cargo feature"), "{profile}: {told}");
    }
}
