//! Signature Version 4 of a request with the server's AWS credentials.

use crate::failure::Failure;
use crate::http_call::Prepared;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::{HeaderName, HeaderValue};
use std::time::SystemTime;

/// Adds the signature to the request.
pub(crate) async fn signed(
    mut request: Prepared,
    provider: &SharedCredentialsProvider,
    service: &str,
    region: &str,
) -> Result<Prepared, Failure> {
    let unsigned = |error: &dyn std::fmt::Display| {
        tracing::warn!(%error, "a request to a target could not be signed");
        Failure::NoCredential
    };
    let identity = provider.provide_credentials().await.map_err(|error| unsigned(&error))?.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| unsigned(&error))?
        .into();
    let headers = request.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(request.method.as_str(), request.url.as_str(), headers, body);
    let (instructions, _) =
        sign(signable.map_err(|error| unsigned(&error))?, &params).map_err(|error| unsigned(&error))?.into_parts();
    for (name, value) in instructions.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| unsigned(&error))?;
        let mut value = HeaderValue::from_str(value).map_err(|error| unsigned(&error))?;
        value.set_sensitive(true);
        request.headers.insert(name, value);
    }
    Ok(request)
}
