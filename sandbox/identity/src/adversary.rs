//! Attacks on the client, on demand, for tests: forged tokens and altered token responses.
//! Must stay inactive unless a test activates it.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::jwt;
use crate::keys::{Key, KeyFailure};
use crate::provider::Provider;
use crate::token::error::TokenError;

/// Signature of a forged token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signing {
    /// RS256 with the current key, as in a genuine token.
    CurrentKey,
    /// RS256 with the next key, which is published as well.
    NextKey,
    /// RS256 with an unpublished key and that key's own `kid`.
    UnknownKey,
    /// RS256 with an unpublished key and the `kid` of the current key.
    ImpostorKey,
    /// HS256 with the current public key in PEM as the secret: the classic algorithm confusion attack.
    HmacOfPublicPem,
    /// HS256 with the current public key in DER as the secret.
    HmacOfPublicDer,
    /// HS256 with the secret of this client; an empty secret if the client does not exist.
    HmacOfClientSecret(String),
    /// `alg` is `none` and the signature is empty.
    Nothing,
    /// RS256 with the current key, but with one bit of the signature flipped.
    Broken,
}

/// Alteration of a token endpoint response. Applies only to grants on behalf of a person, never to
/// `client_credentials`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alteration {
    /// Sign the ID token with this signature.
    IdTokenSigned(Signing),
    /// Set this claim of the ID token; JSON `null` removes it.
    IdTokenClaim(&'static str, Value),
    /// Let the ID token have expired an hour ago.
    IdTokenExpired,
    /// List the client and another client in `aud` of the ID token, without `azp`.
    IdTokenForTwo,
    /// List the client and another client in `aud` of the ID token, with the other client in `azp`.
    IdTokenOfAnother,
    /// Put this claim into the ID token twice: the duplicate with this value and the genuine one.
    IdTokenTwice(&'static str, Value),
    /// Return the access token as the ID token.
    IdTokenIsAccessToken,
    /// Omit the ID token.
    NoIdToken,
    /// Set this claim of the access token if it is a JWT; JSON `null` removes it.
    AccessTokenClaim(&'static str, Value),
    /// Set this member of the response; JSON `null` removes it. Has no effect on `access_token` and `id_token`, which
    /// are written afterwards.
    Member(&'static str, Value),
    /// Process the request, then lose its response: status 200 with a body that is not JSON.
    Garbage,
    /// Refuse the request with status 500 before it has any effect.
    Status500,
    /// Refuse the request with status 429 before it has any effect. A poll, a vault exchange or a request to
    /// `/bc-authorize` also gets `Retry-After`.
    Status429,
    /// Answer a poll that keeps the interval with `slow_down`.
    SlowDown,
    /// Refuse a poll that keeps the interval, a vault exchange or a request to `/bc-authorize` with this `error` before
    /// it has any effect.
    Refused(&'static str),
}

/// Duration of an alteration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Tamper {
    /// Alter no response.
    #[default]
    Off,
    /// Alter the next response to which the alteration applies, and no other.
    Once(Alteration),
    /// Alter every response to which the alteration applies.
    Always(Alteration),
}

impl Provider {
    /// Signs a token with these claims. `header` overrides the default `alg`, `typ` and `kid`; JSON `null` omits a
    /// member.
    ///
    /// # Errors
    /// Returns an error if the cryptographic library fails.
    pub fn forge(&self, header: Value, claims: Value, how: Signing) -> Result<String, KeyFailure> {
        self.forge_text(header, &claims.to_string(), how)
    }

    /// Like [`Provider::forge`], with the claims as text, which may be invalid JSON.
    pub(crate) fn forge_text(&self, header: Value, claims: &str, how: Signing) -> Result<String, KeyFailure> {
        let current = self.keys().current();
        let (alg, key) = match &how {
            Signing::CurrentKey | Signing::Broken => ("RS256", current.clone()),
            Signing::NextKey => ("RS256", self.keys().next()),
            Signing::UnknownKey | Signing::ImpostorKey => ("RS256", Key::generate()?.into()),
            Signing::HmacOfPublicPem | Signing::HmacOfPublicDer | Signing::HmacOfClientSecret(_) => {
                ("HS256", current.clone())
            }
            Signing::Nothing => ("none", current.clone()),
        };
        let kid = if how == Signing::ImpostorKey { &current.kid } else { &key.kid };
        let mut full = Map::new();
        full.extend([("alg", alg), ("typ", "JWT"), ("kid", kid)].map(|(name, value)| (name.to_owned(), json!(value))));
        if let Value::Object(given) = header {
            given.into_iter().for_each(|(name, value)| set(&mut full, &name, value));
        }
        let input = jwt::signing_input(&Value::Object(full), claims);
        let hmac = |secret: &[u8]| {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
            tag.as_ref().to_vec()
        };
        let signature = match how {
            Signing::CurrentKey | Signing::NextKey | Signing::UnknownKey | Signing::ImpostorKey => {
                key.sign(input.as_bytes())?
            }
            Signing::HmacOfPublicPem => hmac(pem(&key.public_der()?).as_bytes()),
            Signing::HmacOfPublicDer => hmac(&key.public_der()?),
            Signing::HmacOfClientSecret(id) => {
                hmac(self.settings().client(&id).and_then(|client| client.secret.as_deref()).map_or(&[], str::as_bytes))
            }
            Signing::Nothing => Vec::new(),
            Signing::Broken => {
                let mut signature = key.sign(input.as_bytes())?;
                signature.iter_mut().take(1).for_each(|byte| *byte ^= 1);
                signature
            }
        };
        Ok(format!("{input}.{}", jwt::base64url(signature)))
    }

    /// Sets the alteration of token endpoint responses from now on.
    pub fn tamper(&self, tamper: Tamper) {
        self.adversary().order(tamper);
    }

    /// Sets the alteration of `/bc-authorize` responses from now on: `Member`, `Garbage`, `Refused`, `Status500` or
    /// `Status429`.
    pub fn tamper_backchannel(&self, tamper: Tamper) {
        self.backchannel_adversary().order(tamper);
    }
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

fn set(map: &mut Map<String, Value>, name: &str, value: Value) {
    if value.is_null() {
        map.remove(name);
    } else {
        map.insert(name.to_owned(), value);
    }
}

/// The alteration in force.
#[derive(Default)]
pub(crate) struct Adversary(Mutex<Tamper>);

/// Instruction to respond with a body that is not a token response.
#[derive(Debug)]
pub(crate) struct Garbage;

/// Instruction to refuse a request of the backchannel flow or a vault exchange.
pub(crate) enum RefusalOrder {
    ServerError,
    Throttle,
    SlowDown,
    Refuse(&'static str),
}

/// A token response whose tokens are not signed yet.
pub(crate) struct Draft {
    pub(crate) members: Map<String, Value>,
    /// Claims of the access token; `None` if it is opaque.
    pub(crate) access: Option<Map<String, Value>>,
    pub(crate) id: Option<Map<String, Value>>,
    pub(crate) id_signing: Signing,
    pub(crate) id_form: IdForm,
}

/// Content of the response's `id_token`.
pub(crate) enum IdForm {
    Sound,
    Twice(&'static str, Value),
    AccessToken,
}

impl Adversary {
    /// Refuses a request before it is processed, if the alteration says so.
    pub(crate) fn before_answer(&self, now: i64) -> Result<(), TokenError> {
        match self.take(|order| matches!(order, Alteration::Status500 | Alteration::Status429)) {
            Some(Alteration::Status429) => Err(TokenError::too_many_requests(now + 1)),
            Some(_) => Err(TokenError::server_error()),
            None => Ok(()),
        }
    }

    /// Returns the instruction to refuse an otherwise valid poll, vault exchange or request to `/bc-authorize`.
    pub(crate) fn refusal(&self) -> Option<RefusalOrder> {
        use Alteration::{Refused, SlowDown, Status429, Status500};
        match self.take(|order| matches!(order, Status500 | Status429 | SlowDown | Refused(_)))? {
            Status500 => Some(RefusalOrder::ServerError),
            Status429 => Some(RefusalOrder::Throttle),
            SlowDown => Some(RefusalOrder::SlowDown),
            Refused(error) => Some(RefusalOrder::Refuse(error)),
            _ => None,
        }
    }

    /// Alters a response without ID token; `Err` if the response is to be garbage.
    pub(crate) fn alter_members(&self, members: &mut Map<String, Value>) -> Result<(), Garbage> {
        match self.take(|order| matches!(order, Alteration::Garbage | Alteration::Member(..))) {
            Some(Alteration::Garbage) => Err(Garbage),
            Some(Alteration::Member(name, value)) => {
                set(members, name, value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn order(&self, tamper: Tamper) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tamper;
    }

    /// Alters a token response; `Err` if the response is to be garbage.
    pub(crate) fn alter(&self, mut draft: Draft, client: &str, now: i64) -> Result<Draft, Garbage> {
        let Some(order) = self.take(|order| fits(order, &draft)) else { return Ok(draft) };
        match order {
            Alteration::IdTokenSigned(how) => draft.id_signing = how,
            Alteration::IdTokenTwice(name, value) => draft.id_form = IdForm::Twice(name, value),
            Alteration::IdTokenIsAccessToken => draft.id_form = IdForm::AccessToken,
            Alteration::NoIdToken => draft.id = None,
            Alteration::Garbage => return Err(Garbage),
            Alteration::AccessTokenClaim(name, value) => {
                draft.access.iter_mut().for_each(|claims| set(claims, name, value.clone()));
            }
            Alteration::Member(name, value) => set(&mut draft.members, name, value),
            order => draft.id.iter_mut().for_each(|claims| alter_id(claims, &order, client, now)),
        }
        Ok(draft)
    }

    fn take(&self, fits: impl Fn(&Alteration) -> bool) -> Option<Alteration> {
        let mut tamper = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut *tamper) {
            Tamper::Once(order) if fits(&order) => Some(order),
            Tamper::Always(order) if fits(&order) => {
                *tamper = Tamper::Always(order.clone());
                Some(order)
            }
            unfit => {
                *tamper = unfit;
                None
            }
        }
    }
}

fn fits(order: &Alteration, draft: &Draft) -> bool {
    match order {
        Alteration::Status500 | Alteration::Status429 | Alteration::SlowDown | Alteration::Refused(_) => false,
        Alteration::Garbage | Alteration::Member(..) => true,
        Alteration::AccessTokenClaim(..) => draft.access.is_some(),
        _ => draft.id.is_some(),
    }
}

fn alter_id(claims: &mut Map<String, Value>, order: &Alteration, client: &str, now: i64) {
    const ANOTHER: &str = "another-client";
    match order {
        Alteration::IdTokenClaim(name, value) => set(claims, name, value.clone()),
        Alteration::IdTokenExpired => {
            set(claims, "iat", json!(now - 7200));
            set(claims, "exp", json!(now - 3600));
        }
        Alteration::IdTokenForTwo => set(claims, "aud", json!([client, ANOTHER])),
        Alteration::IdTokenOfAnother => {
            set(claims, "aud", json!([client, ANOTHER]));
            set(claims, "azp", json!(ANOTHER));
        }
        _ => {}
    }
}
