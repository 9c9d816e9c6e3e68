//! Parses and validates an authorization request. Must not depend on sessions.

use crate::discovery;
use crate::http::Params;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::{Audience, Client, Grant, OfflineAccess};

const KNOWN: [&str; 18] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "audience",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "login_hint",
    "max_age",
    "ui_locales",
    "acr_values",
    "request",
    "request_uri",
    "connection",
];

/// A validated authorization request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: String,
    /// Granted subset of the requested scopes.
    pub(crate) scopes: Scopes,
    pub(crate) audience: Option<String>,
    pub(crate) prompt: Prompt,
    /// In seconds.
    pub(crate) max_age: Option<i64>,
    pub(crate) login_hint: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// Absent, or `consent`, which is skipped for first-party clients.
    Unasked,
    None,
    Login,
    SelectAccount,
}

/// Reason and form of a refusal.
pub(crate) enum Refusal {
    /// An error page with this text: the request has no trusted redirect target.
    Page(String),
    /// A redirect to the client's registered callback with an error.
    Callback { redirect_uri: String, state: Option<String>, error: &'static str, description: String },
}

pub(crate) fn read(provider: &Provider, query: &str) -> Result<Request, Refusal> {
    let page = |what: String| {
        provider.sin(format!("/authorize: {what}"));
        Refusal::Page(what)
    };
    let params = Params::form(query.as_bytes()).map_err(|unreadable| page(unreadable.to_string()))?;
    let client = params
        .get("client_id")
        .and_then(|id| provider.settings().client(id))
        .ok_or_else(|| page("Unknown client: client_id names no registered application.".to_owned()))?;
    let redirect_uri = params
        .get("redirect_uri")
        .filter(|uri| client.callbacks.iter().any(|callback| callback == uri))
        .ok_or_else(|| page("Callback URL mismatch: redirect_uri is not in the allowed callback URLs.".to_owned()))?;
    for name in params.unknown(&KNOWN) {
        provider.sin(format!("/authorize: unknown parameter {name}"));
    }
    check(provider, client, redirect_uri, &params).map_err(|wrong| {
        if wrong.is_sin() {
            provider.sin(format!("/authorize: {}", wrong.description()));
        }
        Refusal::Callback {
            redirect_uri: redirect_uri.to_owned(),
            state: params.owned("state"),
            error: wrong.error(),
            description: wrong.description(),
        }
    })
}

fn check(provider: &Provider, client: &Client, redirect_uri: &str, params: &Params) -> Result<Request, Wrong> {
    if params.get("request").is_some() {
        return Err(Wrong::RequestObject);
    }
    if params.get("request_uri").is_some() {
        return Err(Wrong::RequestUri);
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(Wrong::ResponseType),
        None => return Err(Wrong::Missing("response_type")),
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(Wrong::Value("response_mode"));
    }
    if params.get("connection").is_some() {
        return Err(Wrong::Value("connection"));
    }
    if !client.grants.contains(&Grant::AuthorizationCode) {
        return Err(Wrong::Unauthorized);
    }
    let audience = params.get("audience");
    let api = audience.map(|wanted| provider.settings().audience(wanted).ok_or(Wrong::Audience(wanted.to_owned())));
    // Only clients with a refresh policy for the My Account API may request it.
    let is_mine = audience.is_some_and(|wanted| wanted == provider.settings().my_account_audience());
    if is_mine && client.refresh_policies.iter().all(|policy| Some(policy.audience.as_str()) != audience) {
        return Err(Wrong::NoGrant {
            client: client.id.clone(),
            audience: params.owned("audience").unwrap_or_default(),
        });
    }
    let request = Request {
        client: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: params.owned("state"),
        nonce: params.owned("nonce"),
        challenge: challenge(params)?,
        scopes: granted(&Scopes::parse(params.get("scope").unwrap_or_default()), client, api.transpose()?),
        audience: params.owned("audience"),
        prompt: prompt(params.get("prompt"))?,
        max_age: max_age(params.get("max_age"))?,
        login_hint: params.owned("login_hint"),
    };
    if request.state.is_none() {
        return Err(Wrong::Missing("state"));
    }
    notice_reuse(provider, &request);
    Ok(request)
}

/// Records reuse as a protocol violation; the response is a success, as at Auth0.
fn notice_reuse(provider: &Provider, request: &Request) {
    let values = [
        ("state", request.state.as_deref().unwrap_or_default()),
        ("nonce", request.nonce.as_deref().unwrap_or_default()),
        ("code_challenge", &request.challenge),
    ];
    let sent: Vec<_> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    for name in provider.store(|store| store.freshness.reused(&sent)) {
        provider.sin(format!("/authorize: the {name} of an earlier request"));
    }
}

fn challenge(params: &Params) -> Result<String, Wrong> {
    match params.get("code_challenge_method") {
        Some("S256") => {}
        Some(_) => return Err(Wrong::Value("code_challenge_method")),
        None => return Err(Wrong::Missing("code_challenge_method")),
    }
    let challenge = params.get("code_challenge").ok_or(Wrong::Missing("code_challenge"))?;
    let is_hash = challenge.len() == 43 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if is_hash { Ok(challenge.to_owned()) } else { Err(Wrong::Value("code_challenge")) }
}

fn prompt(value: Option<&str>) -> Result<Prompt, Wrong> {
    let values = Scopes::parse(value.unwrap_or_default());
    if values.iter().any(|value| !["none", "login", "consent", "select_account"].contains(&value)) {
        return Err(Wrong::Value("prompt"));
    }
    match values.iter().count() {
        1 if values.has("none") => Ok(Prompt::None),
        _ if values.has("none") => Err(Wrong::Value("prompt")),
        _ if values.has("login") => Ok(Prompt::Login),
        _ if values.has("select_account") => Ok(Prompt::SelectAccount),
        _ => Ok(Prompt::Unasked),
    }
}

fn max_age(value: Option<&str>) -> Result<Option<i64>, Wrong> {
    let seconds = value.map(|text| text.parse::<u32>().map(i64::from)).transpose();
    seconds.map_err(|_| Wrong::Value("max_age"))
}

/// Returns the known scopes; unknown ones are dropped silently, as Auth0 does.
pub(crate) fn granted(asked: &Scopes, client: &Client, api: Option<&Audience>) -> Scopes {
    let offline = client.grants.contains(&Grant::RefreshToken)
        && api.is_none_or(|api| api.offline_access == OfflineAccess::Allowed);
    asked.keep(|scope| match scope {
        "offline_access" => offline,
        _ => discovery::SCOPES.contains(&scope) || api.is_some_and(|api| api.scopes.iter().any(|own| own == scope)),
    })
}

/// An error in a request whose client and callback are valid.
enum Wrong {
    Missing(&'static str),
    Value(&'static str),
    ResponseType,
    RequestObject,
    RequestUri,
    Unauthorized,
    Audience(String),
    NoGrant { client: String, audience: String },
}

impl Wrong {
    fn error(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::Value(_) => "invalid_request",
            Self::ResponseType => "unsupported_response_type",
            Self::RequestObject => "request_not_supported",
            Self::RequestUri => "request_uri_not_supported",
            Self::Unauthorized => "unauthorized_client",
            Self::Audience(_) | Self::NoGrant { .. } => "access_denied",
        }
    }

    fn description(&self) -> String {
        match self {
            Self::Missing(name) => format!("Missing required parameter: {name}"),
            Self::Value(name) => format!("Unsupported value of the parameter {name}"),
            Self::ResponseType => "Unsupported response type".to_owned(),
            Self::RequestObject => "The request parameter is not supported".to_owned(),
            Self::RequestUri => "The request_uri parameter is not supported".to_owned(),
            Self::Unauthorized => "Grant type 'authorization_code' not allowed for the client.".to_owned(),
            Self::Audience(name) => format!("Service not found: {name}"),
            Self::NoGrant { client, audience } => {
                format!("Client \"{client}\" is not authorized to access resource server \"{audience}\".")
            }
        }
    }

    /// Errors that depend on configuration alone are not protocol violations by the client.
    fn is_sin(&self) -> bool {
        !matches!(self, Self::Unauthorized | Self::Audience(_) | Self::NoGrant { .. })
    }
}
