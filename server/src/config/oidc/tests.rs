#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::tests::with;
use crate::config::{ConfigError, OktaAccess};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::{Engine, engine::general_purpose::STANDARD};
use edge::identity::Principal;
use std::path::PathBuf;

/// Generates an EC key on P-256, in PEM form.
fn key() -> String {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let text = STANDARD.encode(key.to_pkcs8v1().unwrap().as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}

/// A temporary file that is removed when the test ends.
struct File(PathBuf);

impl File {
    fn of(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("countersign-key-{name}-{}.pem", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn shown(result: Result<crate::config::Config, Vec<ConfigError>>) -> Vec<String> {
    result.unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn the_issuer_is_used_exactly_as_typed() {
    for issuer in ["https://acme.okta.com", "https://acme.auth0.com/", "https://sso.acme.example/realms/staff"] {
        let config = with(&[("OIDC_ISSUER", issuer), ("APPROVAL_AUDIENCE", "api")]).unwrap();
        assert_eq!(config.oidc.issuer, issuer);
    }
}

#[test]
fn the_address_suggests_a_profile_and_a_setting_decides() {
    let profile = |changes: &[(&str, &str)]| with(changes).unwrap().oidc.profile.name;
    assert_eq!(profile(&[]), "generic");
    assert_eq!(profile(&[("OIDC_ISSUER", "https://acme.okta.com")]), "okta");
    assert_eq!(profile(&[("OIDC_ISSUER", "https://acme.okta.com"), ("OIDC_PROFILE", "keycloak")]), "keycloak");
    let expected = "OIDC_PROFILE must be one of: auth0, okta, entra, cognito, keycloak, google, generic";
    assert_eq!(shown(with(&[("OIDC_PROFILE", "ping")])), [expected]);
    let expected = "OIDC_ORGANIZATION has no meaning for the profile generic";
    assert_eq!(shown(with(&[("OIDC_ORGANIZATION", "org_1")])), [expected]);
}

#[test]
fn a_provider_with_approval_details_needs_their_api() {
    let auth0 = ("OIDC_PROFILE", "auth0");
    let expected =
        "APPROVAL_AUDIENCE is missing: the provider registers the type of the approval's details with an API";
    assert_eq!(shown(with(&[auth0])), [expected]);
    assert_eq!(with(&[auth0, ("APPROVAL_AUDIENCE", "api")]).unwrap().approval.audience.as_deref(), Some("api"));
}

#[test]
fn a_client_has_one_credential() {
    let key = File::of("good", &key());
    let path = key.path();
    let file = ("OIDC_CLIENT_KEY_FILE", path.as_str());
    let config = with(&[("OIDC_CLIENT_SECRET", ""), file, ("OIDC_CLIENT_KEY_ID", "k1")]).unwrap();
    assert!(matches!(config.oidc.client.credential, CredentialSettings::Key(_)));
    assert!(!format!("{config:?}").contains("MIG"), "Debug shows a key");
    let at = [("OIDC_CLIENT_SECRET", ""), ("OIDC_CLIENT_KEY_SECRET_ID", "countersign/key")];
    let config = with(&at).unwrap();
    assert!(matches!(config.oidc.client.credential, CredentialSettings::KeyInSecretsManager { .. }));
    let one =
        "OIDC_CLIENT_KEY_FILE set only one of OIDC_CLIENT_SECRET, OIDC_CLIENT_KEY_FILE and OIDC_CLIENT_KEY_SECRET_ID";
    assert_eq!(shown(with(&[file])), [one]);
    assert_eq!(shown(with(&[("OIDC_CLIENT_SECRET", "")])), ["OIDC_CLIENT_SECRET is missing"]);
    let method = ("OIDC_CLIENT_AUTH", "private_key_jwt");
    assert_eq!(shown(with(&[method])), ["OIDC_CLIENT_KEY_FILE is missing: private_key_jwt needs a private key"]);
}

#[test]
fn a_key_that_cannot_be_used_is_named_by_its_variable() {
    let no_secret = ("OIDC_CLIENT_SECRET", "");
    let variable = "OIDC_CLIENT_KEY_FILE";
    let missing = shown(with(&[no_secret, (variable, "/nowhere/key.pem")]));
    assert!(missing[0].starts_with("OIDC_CLIENT_KEY_FILE names a file that cannot be read: "), "{missing:?}");
    for (name, text, problem) in [
        ("text", "hunter2", "is not a private key in PEM form (-----BEGIN PRIVATE KEY-----)"),
        (
            "public",
            "-----BEGIN PUBLIC KEY-----\nhunter2\n",
            "holds a public key or a certificate; the private key is needed",
        ),
        (
            "other",
            "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
            "must hold an RSA key of at least 2048 bits or an EC key on P-256, in PKCS#8 form",
        ),
    ] {
        let file = File::of(name, text);
        let errors = shown(with(&[no_secret, (variable, &file.path())]));
        assert_eq!(errors, [format!("OIDC_CLIENT_KEY_FILE names a file that {problem}")]);
    }
}

#[test]
fn okta_is_configured_completely_or_not_at_all() {
    assert!(with(&[("OKTA_BASE_URL", ""), ("OKTA_CONNECTION", "")]).unwrap().okta.is_none());
    assert_eq!(shown(with(&[("OKTA_BASE_URL", "")])), ["OKTA_BASE_URL is missing, and OKTA_CONNECTION needs it"]);
    let key = File::of("okta", &key());
    let path = key.path();
    let application = [("OKTA_CONNECTION", ""), ("OKTA_CLIENT_ID", "0oa1"), ("OKTA_CLIENT_KEY_FILE", path.as_str())];
    let okta = with(&application).unwrap().okta.unwrap();
    let OktaAccess::Application(own) = okta.access else { panic!("the access is not the application's") };
    assert_eq!(own.token_url.as_str(), "https://service.example/oauth2/v1/token");
    assert!(matches!(own.client.credential, CredentialSettings::Key(_)));
}

#[test]
fn a_person_may_be_named_by_any_claim() {
    let principal = |value: &str| with(&[("FGA_PRINCIPAL", value)]).unwrap().fga.principal;
    assert_eq!(principal("sub"), Principal::Subject);
    assert_eq!(principal("email"), Principal::VerifiedEmail);
    assert_eq!(principal("claim:oid"), Principal::Claim("oid".to_owned()));
    let expected = "FGA_PRINCIPAL must be sub, email, or claim: with the name of a claim (claim:oid)";
    assert_eq!(shown(with(&[("FGA_PRINCIPAL", "claim:")])), [expected]);
}
