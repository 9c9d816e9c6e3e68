//! A provider with a few clients, and a scripted browser to access it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sandbox_identity::{
    Audience, Client, ClientGrant, Connected, Connection, Grant, Provider, Refresh, RefreshPolicy, Registration,
    ScopeSeparator, Settings, ThirdPartyAccount, TokenForm,
};
use sandbox_kit::{Clock, People, Sins, canary};
use serde_json::Value;
use tower::ServiceExt;
use url::{Url, form_urlencoded};

pub(crate) const ISSUER: &str = "http://idp.test/";
pub(crate) const API: &str = "https://api.acme.example";
/// An API that the strangers' tokens are for.
pub(crate) const DOOR: &str = "https://desk.example/mcp";
pub(crate) const CALLBACK: &str = "https://app.example/callback";
pub(crate) const HOME: &str = "https://app.example/";
pub(crate) const ADA: &str = "auth0|ada";
pub(crate) const BOB: &str = "auth0|bob";
pub(crate) const ME: &str = "http://idp.test/me/";
pub(crate) const OKTA: &str = "Okta-OIDC";
pub(crate) const GITHUB: &str = "github";
/// Verbs of the My Account API's scopes for connected accounts.
const MY_ACCOUNT: [&str; 3] = ["create", "read", "delete"];

pub(crate) struct World {
    pub(crate) provider: Provider,
    pub(crate) clock: Clock,
    pub(crate) sins: Sins,
}

pub(crate) fn settings() -> Settings {
    let web = Client {
        callbacks: vec![CALLBACK.into()],
        logout_urls: vec![HOME.into(), "https://app.example/bye?from=idp".into()],
        refresh: Refresh::Rotating { leeway_s: 10 },
        ..Client::new("web", "web secret+", "Countersign")
    };
    let fixed = Client {
        refresh: Refresh::Fixed,
        grants: vec![Grant::AuthorizationCode, Grant::RefreshToken, Grant::TokenVault],
        refresh_policies: vec![RefreshPolicy {
            audience: ME.into(),
            scopes: MY_ACCOUNT.map(|deed| format!("{deed}:me:connected_accounts")).into(),
        }],
        ..Client { callbacks: web.callbacks.clone(), ..Client::new("fixed", "f", "Vault") }
    };
    let strict = Client { callbacks: web.callbacks.clone(), ..Client::new("strict", "s", "No leeway") };
    let machine = Client {
        grants: vec![Grant::ClientCredentials],
        client_grants: vec![ClientGrant {
            audience: API.into(),
            scopes: vec!["read:docs".into(), "write:docs".into()],
        }],
        ..Client::new("machine", "m", "Machine")
    };
    let api = Client {
        grants: vec![Grant::TokenVault],
        resource_server: Some(API.into()),
        ..Client::new("api", "a", "The API's own")
    };
    let agent = Client {
        grants: vec![Grant::OnBehalfOf, Grant::ClientCredentials],
        resource_server: Some(API.into()),
        client_grants: vec![ClientGrant { audience: API.into(), scopes: vec!["read:docs".into()] }],
        user_grants: vec![
            ClientGrant { audience: DOOR.into(), scopes: vec!["tools".into()] },
            ClientGrant { audience: API.into(), scopes: vec!["read:docs".into()] },
        ],
        ..Client::new("agent", "g", "An agent")
    };
    let mut settings = Settings::new(ISSUER, People::acme());
    settings.clients = vec![web, fixed, strict, machine, api, agent];
    settings.audiences = vec![
        Audience::new(API, &["read:docs", "write:docs"]),
        Audience {
            offline_access: sandbox_identity::OfflineAccess::Refused,
            ..Audience::new("https://online.example", &[])
        },
        Audience {
            person_claims: ["email", "email_verified", "preferred_username"].map(str::to_owned).into(),
            ..Audience::new(DOOR, &["tools", "admin"])
        },
        Audience::new(ME, &MY_ACCOUNT.map(|deed| format!("{deed}:me:connected_accounts")).each_ref().map(|s| &s[..])),
    ];
    settings.registration = Registration::Open {
        grants: vec![ClientGrant { audience: DOOR.into(), scopes: vec!["tools".into()] }],
        most: 3,
    };
    settings.connections = connections();
    settings.connected = vec![Connected {
        sub: ADA.into(),
        connection: OKTA.into(),
        scopes: vec!["okta.users.read".into(), "okta.groups.read".into()],
    }];
    settings.logout_urls = vec!["https://acme.example/".into()];
    settings
}

/// Connections: Okta, where everybody has one account; GitHub, where Ada has two and Bob one; Google, where nobody has
/// one.
fn connections() -> Vec<Connection> {
    let account = |owner: &str, id: &str| ThirdPartyAccount { id: id.into(), name: id.into(), owner: owner.into() };
    let okta = Connection {
        accounts: People::acme().iter().map(|person| account(&person.sub, &person.okta_id)).collect(),
        token: TokenForm::Jwt { issuer: "https://acme.okta.example".into() },
        ..Connection::new(OKTA, "okta", "Okta", &["okta.users.read", "okta.groups.read", "okta.users.manage"])
    };
    let github = Connection {
        accounts: vec![account(ADA, "1001"), account(ADA, "1002"), account(BOB, "2001")],
        token: TokenForm::Opaque("ghu"),
        separator: ScopeSeparator::Comma,
        grant_lifetime_s: Some(15_897_600),
        ..Connection::new(GITHUB, "github", "GitHub", &["repo", "read:user"])
    };
    vec![okta, github, Connection::new("google-oauth2", "google-oauth2", "Google", &["openid"])]
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(settings())
    }

    pub(crate) fn of(settings: Settings) -> Self {
        let (clock, sins) = (Clock::default(), Sins::default());
        let provider = Provider::new(settings, clock.clone(), sins.clone()).unwrap();
        Self { provider, clock, sins }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { world: self, cookies: RefCell::default() }
    }

    /// Returns and clears the protocol violations recorded since the last call, one per line.
    pub(crate) fn sins(&self) -> String {
        self.sins.take().into_iter().map(|sin| sin.what).collect::<Vec<_>>().join("\n")
    }

    /// Sends the client's own form-encoded request.
    pub(crate) async fn call(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.browser().post(path, form).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.provider.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body).unwrap() }
    }

    /// Verifies the token's signature with a published key and returns its claims.
    pub(crate) async fn verified(&self, token: &str) -> Value {
        use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("not a JWT") };
        let header: Value = serde_json::from_slice(&bytes(header)).unwrap();
        assert_eq!((&header["alg"], &header["typ"]), (&"RS256".into(), &"JWT".into()));
        let jwks = self.browser().get("/.well-known/jwks.json").await.json();
        let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).expect("published");
        let part = |name: &str| bytes(key[name].as_str().unwrap());
        let signed = token.rsplit_once('.').unwrap().0.as_bytes();
        RsaPublicKeyComponents { n: part("n"), e: part("e") }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed, &bytes(signature))
            .expect("a good signature");
        claims_of(token)
    }
}

/// Returns the claims of a token without verifying it.
pub(crate) fn claims_of(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.body);
        self.header(header::LOCATION).parse().unwrap()
    }

    /// Returns a query parameter of the redirect URL.
    pub(crate) fn sent(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
    }

    /// Returns the status and `error`, for comparison with a table row.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"].as_str().unwrap_or_default().to_owned())
    }
}

/// A browser with its cookies.
pub(crate) struct Browser<'w> {
    world: &'w World,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.send(Request::get(path(url)), Body::empty()).await
    }

    pub(crate) async fn post(&self, url: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path(url)).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body.into()).await
    }

    pub(crate) async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<_> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        let answer = self.world.send(request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Requests authorization and, if the sign-in page appears, chooses this person. Returns the redirect to the
    /// client.
    pub(crate) async fn sign_in(&self, ask: &Ask, sub: &str) -> Answer {
        let answer = self.get(&ask.url()).await;
        if !answer.header(header::LOCATION).starts_with(ISSUER) {
            return answer;
        }
        let state = answer.sent("state").unwrap();
        self.post("/u/login", &[("state", &state), ("sub", sub)]).await
    }

    /// Signs in, redeems the code and returns the token response.
    pub(crate) async fn tokens(&self, ask: &Ask, sub: &str) -> Answer {
        let code = self.sign_in(ask, sub).await.sent("code").expect("a code");
        self.world.call("/oauth/token", &ask.redemption(&code)).await
    }
}

fn path(url: &str) -> String {
    url.strip_prefix(ISSUER).map_or_else(|| url.to_owned(), |rest| format!("/{rest}"))
}

/// A valid authorization request with fresh values, for tests to modify.
pub(crate) struct Ask {
    pub(crate) params: BTreeMap<&'static str, String>,
    pub(crate) verifier: String,
    secret: &'static str,
}

impl Ask {
    pub(crate) fn new() -> Self {
        let verifier = canary::random(32);
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let params = [
            ("response_type", "code".to_owned()),
            ("client_id", "web".to_owned()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("scope", "openid profile email offline_access read:docs".to_owned()),
            ("audience", API.to_owned()),
            ("state", canary::random(16)),
            ("nonce", canary::random(16)),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ];
        Self { params: params.into_iter().collect(), verifier, secret: "web secret+" }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.params.insert(name, value.to_owned());
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.params.remove(name);
        self
    }

    pub(crate) fn client(self, id: &str, secret: &'static str) -> Self {
        Self { secret, ..self.with("client_id", id) }
    }

    pub(crate) fn url(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.params).finish();
        format!("/authorize?{query}")
    }

    pub(crate) fn redemption<'a>(&'a self, code: &'a str) -> [(&'a str, &'a str); 6] {
        [
            ("grant_type", "authorization_code"),
            ("client_id", &self.params["client_id"]),
            ("client_secret", self.secret),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", &self.verifier),
        ]
    }
}
