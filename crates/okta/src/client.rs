//! Okta's users API, as far as the tools need it.

use crate::SERVICE;
use agent::Permit;
use agent::tool::ToolError;
use reqwest::header::{ACCEPT, CONTENT_LENGTH, HeaderMap, LINK};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::time::Duration;

/// What the client needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The organization's address, `https://acme.okta.com`.
    pub base_url: Url,
    /// Longest wait for one answer.
    pub timeout: Duration,
}

/// Most pages that are read of one list; more means that something is wrong.
const MOST_PAGES: usize = 20;

/// Longest body of one page, in bytes.
const LONGEST_PAGE: usize = 1024 * 1024;

/// Calls the users API.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
}

#[derive(Deserialize)]
struct Group {
    profile: Profile,
}

#[derive(Deserialize)]
struct Profile {
    name: String,
}

/// How a user stands.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) status: String,
    pub(crate) status_changed: Option<String>,
    pub(crate) password_changed: Option<String>,
}

/// Only `errorCode` is a contract; summaries change (Okta's error codes reference).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OktaError {
    error_code: String,
}

impl Client {
    /// A client of one organization. Follows no redirects: they could carry the token elsewhere.
    ///
    /// # Errors
    /// When no HTTP client can be made on this machine.
    pub fn new(config: Config) -> Result<Self, reqwest::Error> {
        let http =
            reqwest::Client::builder().timeout(config.timeout).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, base: config.base_url })
    }

    /// The names of all groups of `login`, in Okta's order.
    ///
    /// # Errors
    /// See [`ToolError`]; nothing is changed by reading.
    pub(crate) async fn groups_of(&self, login: &str, permit: &Permit) -> Result<Vec<String>, ToolError> {
        let mut next = Some(self.path(&["api", "v1", "users", login, "groups"])?);
        let mut names = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else { return Ok(names) };
            let answer = self.get(url, permit).await?;
            next = self.next_page(answer.headers());
            let page: Vec<Group> = serde_json::from_slice(&body(answer).await?).map_err(|_| unreadable())?;
            names.extend(page.into_iter().map(|group| group.profile.name));
        }
        Err(ToolError::Failed(format!("Okta has more than {MOST_PAGES} pages of groups for this user.")))
    }

    /// How a user stands.
    pub(crate) async fn user(&self, login: &str, permit: &Permit) -> Result<User, ToolError> {
        let answer = self.get(self.path(&["api", "v1", "users", login])?, permit).await?;
        serde_json::from_slice(&body(answer).await?).map_err(|_| unreadable())
    }

    /// One lifecycle operation on a user. Its answer is not read: it may hold a secret, such as a reset link.
    pub(crate) async fn lifecycle(
        &self,
        login: &str,
        operation: &str,
        query: &[(&str, &str)],
        permit: &Permit,
    ) -> Result<(), ToolError> {
        let mut url = self.path(&["api", "v1", "users", login, "lifecycle", operation])?;
        url.query_pairs_mut().extend_pairs(query);
        self.change(self.http.post(url).header(CONTENT_LENGTH, 0), permit).await
    }

    /// Deactivates a user who is not, erases one who is.
    pub(crate) async fn delete(&self, login: &str, permit: &Permit) -> Result<(), ToolError> {
        let mut url = self.path(&["api", "v1", "users", login])?;
        url.query_pairs_mut().append_pair("sendEmail", "false");
        self.change(self.http.delete(url), permit).await
    }

    /// A request that changes something: when its answer does not come, it may have been carried out.
    async fn change(&self, request: RequestBuilder, permit: &Permit) -> Result<(), ToolError> {
        let answer = authorized(request, permit)?.send().await.map_err(|error| {
            let not_begun = error.is_connect() || error.is_builder();
            tracing::warn!(error = %error.without_url(), "Okta did not answer");
            if not_begun {
                ToolError::Unavailable { service: SERVICE }
            } else {
                ToolError::Unknown { service: SERVICE }
            }
        })?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status if status.is_server_error() => Err(ToolError::Unknown { service: SERVICE }),
            _ => Err(refusal(answer, permit).await),
        }
    }

    async fn get(&self, url: Url, permit: &Permit) -> Result<Response, ToolError> {
        let answer = authorized(self.http.get(url), permit)?.send().await.map_err(|error| {
            tracing::warn!(error = %error.without_url(), "Okta did not answer");
            ToolError::Unavailable { service: SERVICE }
        })?;
        if answer.status().is_success() { Ok(answer) } else { Err(refusal(answer, permit).await) }
    }

    fn path(&self, segments: &[&str]) -> Result<Url, ToolError> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| unreadable())?.pop_if_empty().extend(segments);
        Ok(url)
    }

    /// The address in the header `link` with `rel="next"`. One that leads elsewhere is not followed: the token goes with it.
    fn next_page(&self, headers: &HeaderMap) -> Option<Url> {
        let links = headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
        let next = links.flat_map(|value| value.split(", ")).find(|link| link.contains("rel=\"next\""))?;
        let url = Url::parse(next.split_once('<')?.1.split_once('>')?.0).ok()?;
        (url.origin() == self.base.origin()).then_some(url)
    }
}

/// The request with the borrowed token.
fn authorized(request: RequestBuilder, permit: &Permit) -> Result<RequestBuilder, ToolError> {
    let token = permit.token().ok_or_else(unreadable)?;
    Ok(request.bearer_auth(token.expose_secret()).header(ACCEPT, "application/json"))
}

/// What an error answer means; its code and request id go to the log. A token that is not taken is not to be lent again.
async fn refusal(answer: Response, permit: &Permit) -> ToolError {
    let status = answer.status();
    let request_id = header(answer.headers(), "x-okta-request-id");
    // A 403 for a missing scope has no body, so a body that cannot be read is no error of its own.
    let code = body(answer).await.ok().and_then(|body| serde_json::from_slice::<OktaError>(&body).ok());
    let code = code.map(|error| error.error_code).unwrap_or_default();
    tracing::warn!(okta.request_id = %request_id, okta.code = %code, http.status = status.as_u16(), "Okta refused");
    if status == StatusCode::UNAUTHORIZED {
        permit.refused().await;
    }
    match (status, code.as_str()) {
        // Not possible in this user's state, or for a user who is managed elsewhere (Okta's error codes reference).
        (StatusCode::FORBIDDEN, "E0000016" | "E0000017" | "E0000038") => {
            ToolError::Failed("Okta does not allow this in the state that the user is in. Nothing was done.".to_owned())
        }
        _ => refused(status),
    }
}

async fn body(mut answer: Response) -> Result<Vec<u8>, ToolError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| ToolError::Unavailable { service: SERVICE })? {
        if body.len() + chunk.len() > LONGEST_PAGE {
            return Err(unreadable());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn refused(status: StatusCode) -> ToolError {
    match status {
        StatusCode::NOT_FOUND => ToolError::Failed("Okta knows no such user.".to_owned()),
        StatusCode::UNAUTHORIZED => ToolError::Failed(
            "Okta no longer accepts the account that is used here. If it must be connected again, that is asked for when \
             this is tried once more."
                .to_owned(),
        ),
        StatusCode::FORBIDDEN => ToolError::Failed("Okta does not allow this to the account that is used here.".to_owned()),
        StatusCode::TOO_MANY_REQUESTS => ToolError::Unavailable { service: SERVICE },
        status if status.is_server_error() => ToolError::Unavailable { service: SERVICE },
        status => ToolError::Failed(format!("Okta answered {}.", status.as_u16())),
    }
}

fn unreadable() -> ToolError {
    ToolError::Unavailable { service: SERVICE }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("none").to_owned()
}
