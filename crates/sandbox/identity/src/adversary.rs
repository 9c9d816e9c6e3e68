//! The enemy on demand, for tests of the client: forged tokens and altered token answers.
//! It must never act unless it was told to.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::jwt;
use crate::keys::{Key, KeyFailure};
use crate::provider::Provider;
use crate::token::error::TokenError;

/// How a token is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signing {
    /// RS256 with the current key: what an honest token has.
    CurrentKey,
    /// RS256 with the next key, which is published as well.
    NextKey,
    /// RS256 with a key that is published nowhere, under its own `kid`.
    UnknownKey,
    /// RS256 with a key that is published nowhere, under the `kid` of the current key.
    ImpostorKey,
    /// HS256 with the current public key in PEM as the secret: the classic confusion of algorithms.
    HmacOfPublicPem,
    /// HS256 with the current public key in DER as the secret.
    HmacOfPublicDer,
    /// HS256 with the secret of this client (empty when there is no such client).
    HmacOfClientSecret(String),
    /// `alg` is `none` and the signature is empty.
    Nothing,
    /// RS256 with the current key, and then one bit of the signature flipped.
    Broken,
}

/// What is done to an answer of the token endpoint. Only the grants of people are touched, never `client_credentials`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alteration {
    /// The ID token is signed otherwise.
    IdTokenSigned(Signing),
    /// The ID token gets this claim; JSON `null` takes the claim away.
    IdTokenClaim(&'static str, Value),
    /// The ID token expired an hour ago.
    IdTokenExpired,
    /// The ID token is for the client and for another one, and does not say for whom by `azp`.
    IdTokenForTwo,
    /// The ID token is for the client and for another one, and by `azp` it is the other one's.
    IdTokenOfAnother,
    /// The ID token has this claim twice: as it should be, and then with this value.
    IdTokenTwice(&'static str, Value),
    /// In the place of the ID token there is the access token.
    IdTokenIsAccessToken,
    /// There is no ID token.
    NoIdToken,
    /// The access token, if it is a JWT, gets this claim; JSON `null` takes the claim away.
    AccessTokenClaim(&'static str, Value),
    /// The answer gets this member; JSON `null` takes the member away. Tokens cannot be set, see the others.
    Member(&'static str, Value),
    /// The request is carried out and its answer is lost: `200` with a body that is not JSON.
    Garbage,
    /// The request is refused with `500` before anything happens.
    Status500,
    /// The request is refused with `429` before anything happens. A poll and `/bc-authorize` are told `Retry-After`.
    Status429,
    /// A poll that came in time is told `slow_down` all the same.
    SlowDown,
    /// A poll that came in time, or a request to `/bc-authorize`, is refused with this `error` before anything happens.
    Refused(&'static str),
}

/// How long an alteration lasts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Tamper {
    /// Every answer is honest.
    #[default]
    Off,
    /// The next answer that it fits is altered, and no other.
    Once(Alteration),
    /// Every answer that it fits is altered.
    Always(Alteration),
}

impl Provider {
    /// A token with these claims. Members that `header` lacks are filled in as `how` has them;
    /// JSON `null` leaves one out.
    ///
    /// # Errors
    /// When the cryptographic library refuses.
    pub fn forge(&self, header: Value, claims: Value, how: Signing) -> Result<String, KeyFailure> {
        self.forge_text(header, &claims.to_string(), how)
    }

    /// The same with claims as text, which may be no sound JSON.
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
                hmac(self.settings().client(&id).map_or(&[], |client| client.secret.as_bytes()))
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

    /// Alters answers of the token endpoint from now on.
    pub fn tamper(&self, tamper: Tamper) {
        self.adversary().order(tamper);
    }

    /// Alters answers of `/bc-authorize` from now on, by `Member`, `Garbage`, `Refused`, `Status500` or `Status429`.
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

/// The standing order.
#[derive(Default)]
pub(crate) struct Adversary(Mutex<Tamper>);

/// The order to answer with something that is no token answer.
#[derive(Debug)]
pub(crate) struct Garbage;

/// The order to refuse a request of the backchannel flow.
pub(crate) enum RefusalOrder {
    ServerError,
    Throttle,
    SlowDown,
    Refuse(&'static str),
}

/// A token answer before its tokens are signed.
pub(crate) struct Draft {
    pub(crate) members: Map<String, Value>,
    /// The claims of the access token, unless it is opaque.
    pub(crate) access: Option<Map<String, Value>>,
    pub(crate) id: Option<Map<String, Value>>,
    pub(crate) id_signing: Signing,
    pub(crate) id_form: IdForm,
}

/// What stands in the ID token's place.
pub(crate) enum IdForm {
    Sound,
    Twice(&'static str, Value),
    AccessToken,
}

impl Adversary {
    /// Refuses a request before it is carried out, if so ordered.
    pub(crate) fn before_answer(&self, now: i64) -> Result<(), TokenError> {
        match self.take(|order| matches!(order, Alteration::Status500 | Alteration::Status429)) {
            Some(Alteration::Status429) => Err(TokenError::too_many_requests(now + 1)),
            Some(_) => Err(TokenError::server_error()),
            None => Ok(()),
        }
    }

    /// The order to refuse a poll, or a request to `/bc-authorize`, that is itself in order.
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

    /// An answer without tokens as ordered, or the order to answer garbage in its place.
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

    /// The draft as ordered, or the order to answer garbage in its place.
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
