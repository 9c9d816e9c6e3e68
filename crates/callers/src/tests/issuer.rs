//! A signing issuer with real keys.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as Rsa, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_SHA256,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::sync::LazyLock;

static RSA: LazyLock<Rsa> = LazyLock::new(|| Rsa::generate(KeySize::Rsa2048).unwrap());
static P256: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
static P384: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap());
static ED25519: LazyLock<Ed25519KeyPair> = LazyLock::new(|| Ed25519KeyPair::generate().unwrap());

/// Encodes a part of a token.
pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the header of a good token for the key of this algorithm.
pub(super) fn header(algorithm: &str) -> Value {
    json!({"alg": algorithm, "kid": algorithm.to_lowercase(), "typ": "at+jwt"})
}

/// Signs the parts with the key of `algorithm`, whatever the header says.
pub(super) fn sign(algorithm: &str, header: &Value, payload: impl AsRef<[u8]>) -> String {
    let message = format!("{}.{}", encode(header.to_string()), encode(payload));
    let signature = signature(algorithm, message.as_bytes());
    format!("{message}.{}", encode(signature))
}

fn signature(algorithm: &str, message: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    match algorithm {
        "RS256" => {
            let mut signature = vec![0; RSA.public_modulus_len()];
            RSA.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
            signature
        }
        "ES256" => P256.sign(&random, message).unwrap().as_ref().to_vec(),
        "ES384" => P384.sign(&random, message).unwrap().as_ref().to_vec(),
        "EdDSA" => ED25519.sign(message).as_ref().to_vec(),
        other => panic!("no key for {other}"),
    }
}

/// Returns the public key of `algorithm` as a JWK, with its id.
pub(super) fn jwk(algorithm: &str) -> Value {
    let mut jwk = match algorithm {
        "RS256" => json!({"kty": "RSA", "n": encode(modulus()), "e": "AQAB"}),
        "ES256" => ec("P-256", P256.public_key().as_ref()),
        "ES384" => ec("P-384", P384.public_key().as_ref()),
        "EdDSA" => json!({"kty": "OKP", "crv": "Ed25519", "x": encode(ED25519.public_key())}),
        other => panic!("no key for {other}"),
    };
    jwk["kid"] = algorithm.to_lowercase().into();
    jwk["use"] = "sig".into();
    jwk["alg"] = algorithm.into();
    jwk
}

/// The modulus within the DER of an `RSAPublicKey` of 2048 bits.
pub(super) fn modulus() -> Vec<u8> {
    RSA.public_key().as_ref()[9..265].to_vec()
}

fn ec(curve: &str, point: &[u8]) -> Value {
    let (x, y) = point[1..].split_at(point.len() / 2);
    json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)})
}

/// Returns a JWK set.
pub(super) fn key_set(keys: &[Value]) -> Vec<u8> {
    json!({"keys": keys}).to_string().into_bytes()
}
