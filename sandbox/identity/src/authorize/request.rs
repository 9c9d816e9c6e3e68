//! Parses and validates an authorization request. Must not depend on sessions.

use crate::discovery;
use crate::http::Params;
use crate::provider::Provider;
use crate::scopes::Scopes;
use crate::settings::{Audience, Client, ClientGrant, Grant, OfflineAccess, Party};

const KNOWN: [&str; 19] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "audience",
    "resource",
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
    /// A third party's client needs the person's consent.
    pub(crate) party: Party,
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
    /// Absent, or `consent`, which first-party clients skip and third-party clients always need.
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
        .and_then(|id| provider.client(id))
        .ok_or_else(|| page("Unknown client: client_id names no registered application.".to_owned()))?;
    let redirect_uri = params
        .get("redirect_uri")
        .filter(|uri| client.callbacks.iter().any(|callback| callback == uri))
        .ok_or_else(|| page("Callback URL mismatch: redirect_uri is not in the allowed callback URLs.".to_owned()))?;
    for name in params.unknown(&KNOWN) {
        provider.sin(format!("/authorize: unknown parameter {name}"));
    }
    check(provider, &client, redirect_uri, &params).map_err(|wrong| {
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
    supported(client, params)?;
    // Auth0's Resource Parameter Compatibility Profile: `resource` (RFC 8707) counts only without `audience`.
    let audience = params.get("audience").or(params.get("resource"));
    let api = audience.map(|wanted| provider.settings().audience(wanted).ok_or(Wrong::Audience(wanted.to_owned())));
    // Only clients with a refresh policy for the My Account API may request it.
    let is_mine = audience.is_some_and(|wanted| wanted == provider.settings().my_account_audience());
    if is_mine && client.refresh_policies.iter().all(|policy| Some(policy.audience.as_str()) != audience) {
        return Err(Wrong::NoGrant { client: client.id.clone(), audience: audience.unwrap_or_default().to_owned() });
    }
    let (api, grant) = (api.transpose()?, third_party_grant(provider, client, audience)?);
    let scopes = granted(&Scopes::parse(params.get("scope").unwrap_or_default()), client, api);
    let request = Request {
        client: client.id.clone(),
        party: client.party,
        redirect_uri: redirect_uri.to_owned(),
        state: params.owned("state"),
        nonce: params.owned("nonce"),
        challenge: challenge(params)?,
        scopes: match grant {
            Some(grant) => scopes.keep(|scope| is_own(scope) || grant.scopes.iter().any(|own| own == scope)),
            None => scopes,
        },
        audience: audience.map(str::to_owned),
        prompt: prompt(params.get("prompt"))?,
        max_age: max_age(params.get("max_age"))?,
        login_hint: params.owned("login_hint"),
    };
    // With PKCE a client may rely on it alone against forged callbacks (RFC 9700 section 2.1); official SDKs send no `state`.
    if request.state.is_none() && client.party == Party::First {
        return Err(Wrong::Missing("state"));
    }
    notice_reuse(provider, &request);
    Ok(request)
}

/// Checks the parameters that select a flow: only the code flow without a request object is there.
fn supported(client: &Client, params: &Params) -> Result<(), Wrong> {
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
    Ok(())
}

/// Returns a third party's grant for the requested API. Without one there is no access, whatever the API's policy.
fn third_party_grant<'a>(
    provider: &'a Provider,
    client: &Client,
    audience: Option<&str>,
) -> Result<Option<&'a ClientGrant>, Wrong> {
    let (Party::Third, Some(audience)) = (client.party, audience) else { return Ok(None) };
    let grant = provider.settings().registration.grant(audience);
    let none = || Wrong::NoThirdPartyGrant { client: client.id.clone(), audience: audience.to_owned() };
    grant.map(Some).ok_or_else(none)
}

/// Returns `true` for a scope of the provider itself.
fn is_own(scope: &str) -> bool {
    discovery::SCOPES.contains(&scope)
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
        _ => is_own(scope) || api.is_some_and(|api| api.scopes.iter().any(|own| own == scope)),
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
    NoGrant {
        client: String,
        audience: String,
    },
    /// Auth0 documents `unauthorized_client`, but not at which of its endpoints.
    NoThirdPartyGrant {
        client: String,
        audience: String,
    },
}

impl Wrong {
    fn error(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::Value(_) => "invalid_request",
            Self::ResponseType => "unsupported_response_type",
            Self::RequestObject => "request_not_supported",
            Self::RequestUri => "request_uri_not_supported",
            Self::Unauthorized | Self::NoThirdPartyGrant { .. } => "unauthorized_client",
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
            Self::NoGrant { client, audience } | Self::NoThirdPartyGrant { client, audience } => {
                format!("Client \"{client}\" is not authorized to access resource server \"{audience}\".")
            }
        }
    }

    /// Errors that depend on configuration alone are not protocol violations by the client.
    fn is_sin(&self) -> bool {
        !matches!(self, Self::Unauthorized | Self::Audience(_) | Self::NoGrant { .. } | Self::NoThirdPartyGrant { .. })
    }
}
