//! GitHub's REST API, as far as the tools need it.

use crate::SERVICE;
use agent::Permit;
use agent::tool::ToolError;
use reqwest::header::{ACCEPT, HeaderMap, LINK, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::time::Duration;

/// The configuration of the client.
#[derive(Debug, Clone)]
pub struct Config {
    /// The URL of the API, `https://api.github.com`.
    pub api_url: Url,
    /// Longest wait for one answer.
    pub timeout: Duration,
}

/// The API version that this code is written for (docs.github.com, API versions).
const VERSION: &str = "2022-11-28";

/// Most pages that are read of one list, each with a hundred items.
const MOST_PAGES: usize = 5;

/// Longest body of one page, in bytes: the description of one repository has about six kilobytes.
const LONGEST_PAGE: usize = 2 * 1024 * 1024;

/// A client of the API.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
}

/// A repository.
#[derive(Debug, Deserialize)]
pub(crate) struct Repository {
    pub(crate) full_name: String,
    pub(crate) private: bool,
}

/// A list, which may be incomplete.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) repositories: Vec<Repository>,
    /// The presence of repositories beyond those that were read.
    pub(crate) rest: Rest,
}

/// The presence of further items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The list is complete.
    None,
    /// The list has more items.
    Some,
}

impl Client {
    /// Creates a client of one API.
    ///
    /// # Errors
    /// An error if no HTTP client can be created on this machine.
    pub fn new(config: Config) -> Result<Self, reqwest::Error> {
        Ok(Self { http: http_client::client(config.timeout)?, base: config.api_url })
    }

    /// Lists the repositories that the account of the permit's credential can see, by name.
    pub(crate) async fn repositories(&self, permit: &Permit) -> Result<Listed, ToolError> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| unreadable())?.pop_if_empty().extend(["user", "repos"]);
        url.query_pairs_mut().extend_pairs([("per_page", "100"), ("sort", "full_name")]);
        let (mut next, mut repositories) = (Some(url), Vec::new());
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else { return Ok(Listed { repositories, rest: Rest::None }) };
            let answer = self.get(url, permit).await?;
            next = self.next_page(answer.headers());
            let page: Vec<Repository> = serde_json::from_slice(&body(answer).await?).map_err(|_| unreadable())?;
            repositories.extend(page);
        }
        let rest = if next.is_some() { Rest::Some } else { Rest::None };
        Ok(Listed { repositories, rest })
    }

    async fn get(&self, url: Url, permit: &Permit) -> Result<Response, ToolError> {
        let token = permit.token().ok_or_else(unreadable)?;
        let request = self.http.get(url).bearer_auth(token.expose_secret());
        let request = request.header(ACCEPT, "application/vnd.github+json").header("x-github-api-version", VERSION);
        let answer = request.send().await.map_err(|error| {
            tracing::warn!(error = %error.without_url(), "GitHub did not answer");
            unreadable()
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let request_id = answer.headers().get("x-github-request-id").and_then(|id| id.to_str().ok()).unwrap_or("none");
        tracing::warn!(github.request_id = %request_id, http.status = status.as_u16(), "GitHub refused a request");
        if status == StatusCode::UNAUTHORIZED {
            permit.refused().await;
        }
        Err(refused(status, answer.headers()))
    }

    /// Returns the URL with `rel="next"` in the header `link`. One with another origin is not followed, because the
    /// token would be sent there.
    fn next_page(&self, headers: &HeaderMap) -> Option<Url> {
        let links = headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
        let next = links.flat_map(|value| value.split(", ")).find(|link| link.contains("rel=\"next\""))?;
        let url = Url::parse(next.split_once('<')?.1.split_once('>')?.0).ok()?;
        (url.origin() == self.base.origin()).then_some(url)
    }
}

async fn body(answer: Response) -> Result<Vec<u8>, ToolError> {
    http_client::body(answer, LONGEST_PAGE).await.map_err(|_| unreadable())
}

/// Interprets an error status. A rate limit is distinguished from a denial by its headers (docs.github.com, Rate limits
/// for the REST API).
fn refused(status: StatusCode, headers: &HeaderMap) -> ToolError {
    let spent = headers.get("x-ratelimit-remaining").is_some_and(|left| left.as_bytes() == b"0");
    let failed = |text: &str| ToolError::Failed(text.to_owned());
    match status {
        StatusCode::UNAUTHORIZED => failed(
            "GitHub no longer accepts the account that is connected. Try again; if the account must be connected \
             again, you are asked then.",
        ),
        StatusCode::TOO_MANY_REQUESTS => unreadable(),
        StatusCode::FORBIDDEN if spent || headers.contains_key(RETRY_AFTER) => unreadable(),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            failed("GitHub does not allow the connected account to do this.")
        }
        status if status.is_server_error() => unreadable(),
        status => failed(&format!("GitHub answered {}.", status.as_u16())),
    }
}

fn unreadable() -> ToolError {
    ToolError::Unavailable { service: SERVICE }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    #[test]
    fn a_rate_limit_a_rejected_token_and_a_denial_are_distinguished() {
        type Headers = &'static [(&'static str, &'static str)];
        let rows: [(u16, Headers, &str); 8] = [
            (401, &[], "GitHub no longer accepts the account"),
            (403, &[("x-ratelimit-remaining", "0")], "GitHub is not available"),
            (403, &[("retry-after", "60")], "GitHub is not available"),
            (403, &[("x-ratelimit-remaining", "12")], "GitHub does not allow the connected account"),
            (429, &[], "GitHub is not available"),
            (503, &[], "GitHub is not available"),
            (302, &[], "GitHub answered 302."),
            (404, &[], "GitHub does not allow the connected account"),
        ];
        for (status, headers, expected) in rows {
            let headers = headers.iter().map(|(name, value)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
            });
            let shown = refused(StatusCode::from_u16(status).unwrap(), &headers.collect()).to_string();
            assert!(shown.starts_with(expected), "{status}: {shown}");
        }
    }

    #[test]
    fn the_token_is_never_sent_to_another_origin() {
        let config = Config { api_url: Url::parse("https://api.github.com").unwrap(), timeout: Duration::from_secs(1) };
        let client = Client::new(config).unwrap();
        let last = "<https://api.github.com/user/repos?page=9>; rel=\"last\"";
        for (link, expected) in [
            (format!("<https://api.github.com/user/repos?page=2>; rel=\"next\", {last}"), Some("page=2")),
            (format!("<https://evil.example/user/repos?page=2>; rel=\"next\", {last}"), None),
            (last.to_owned(), None),
        ] {
            let headers = HeaderMap::from_iter([(LINK, HeaderValue::from_str(&link).unwrap())]);
            assert_eq!(client.next_page(&headers).as_ref().and_then(Url::query), expected, "{link}");
        }
    }
}
