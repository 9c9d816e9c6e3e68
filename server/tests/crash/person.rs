//! A person with a browser. Requests go to a living instance, as behind a load balancer; failed requests are repeated,
//! as people do.

use crate::plan::Seat;
use app::wire::{ApiError, Chat, Posted};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, Url, redirect};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The application's address for people. Nothing listens there; [`Front`] chooses the instance.
pub(crate) const HOME: &str = "http://localhost:3999";

/// Wait before the next attempt.
const AGAIN: Duration = Duration::from_millis(100);

/// Longest time of repeated attempts. A server is alive most of that time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ports of the living instances; the first one gets the work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Front(Arc<Mutex<Vec<u16>>>);

impl Front {
    pub(crate) fn set(&self, ports: Vec<u16>) {
        *self.0.lock().unwrap() = ports;
    }

    fn port(&self, seat: Seat) -> Option<u16> {
        let ports = self.0.lock().unwrap();
        match seat {
            Seat::Same => ports.first().copied(),
            Seat::Other => ports.last().copied(),
        }
    }
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub(crate) struct Person(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: Client,
    front: Front,
    cookies: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

/// The reason why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ModelFailure {
    /// Nobody responded, or the response broke off.
    Gone,
    /// The server returned an error.
    Said(ApiError),
}

impl ModelFailure {
    /// Returns `true` if another attempt may succeed.
    fn passes(&self) -> bool {
        matches!(
            self,
            Self::Gone | Self::Said(ApiError::NotNow { .. } | ApiError::Internal { .. } | ApiError::Transport)
        )
    }
}

impl Person {
    /// Signs `sub` in on the provider's own page.
    ///
    /// # Errors
    /// The application's response, if it is not the home page.
    pub(crate) async fn sign_in(front: Front, sub: &str) -> Result<Self, String> {
        let http = Client::builder().no_proxy().timeout(PATIENCE).redirect(redirect::Policy::none()).build().unwrap();
        let person = Self(Arc::new(Inner { http, front, cookies: Mutex::default() }));
        let chooser = person.follow(&format!("{HOME}/auth/login")).await;
        let form = chooser.url().join("/u/login").unwrap();
        let page = chooser.text().await.unwrap();
        let state = page.split_once("name=\"state\" value=\"").unwrap().1.split('"').next().unwrap();
        let request = person.request(Method::POST, form.as_str()).header("origin", form.origin().ascii_serialization());
        let request = request.header("sec-fetch-site", "same-origin").form(&[("state", state), ("sub", sub)]);
        let answer = person.send(request, &form).await.unwrap();
        let callback = leads_to(&form, &answer).expect("the provider lets them in");
        let home = person.follow(callback.as_str()).await;
        if home.status().is_success() {
            return Ok(person);
        }
        let place = format!("{} {}", home.status(), home.url());
        Err(format!("{place}: {}", home.text().await.unwrap_or_default()))
    }

    /// Starts a conversation. A repeated post with the same `client` is the same message.
    pub(crate) async fn start(&self, text: &str, client: &str) -> Posted {
        let page: Chat = self.insist(async || self.get("/api/chat/load", &[]).await).await.unwrap();
        let fields = [("conversation", page.talk.fresh.as_str()), ("text", text), ("client_id", client)];
        self.insist(async || self.post("/api/chat/start", &fields).await).await.unwrap()
    }

    /// Posts another message.
    pub(crate) async fn say(&self, conversation: &str, text: &str, client: &str) -> Posted {
        let fields = [("conversation", conversation), ("text", text), ("client_id", client)];
        self.insist(async || self.post("/api/chat/post", &fields).await).await.unwrap()
    }

    /// Withdraws the approval request of a call; an error if it is too late.
    pub(crate) async fn cancel(&self, conversation: &str, call: &str) -> Result<(), ModelFailure> {
        self.insist(async || self.post("/api/chat/cancel", &[("conversation", conversation), ("call", call)]).await)
            .await
    }

    pub(crate) async fn stop(&self, conversation: &str) {
        self.insist(async || self.post("/api/chat/stop", &[("conversation", conversation)]).await).await.unwrap()
    }

    /// Returns the conversation as a reload shows it.
    pub(crate) async fn load(&self, conversation: &str) -> Chat {
        self.insist(async || self.get("/api/chat/load", &[("conversation", conversation)]).await).await.unwrap()
    }

    /// Opens the stream of a conversation after an event.
    pub(crate) async fn watch(&self, conversation: &str, after: u64, seat: Seat) -> Result<Response, ModelFailure> {
        let query = [("conversation", conversation), ("after", &after.to_string())];
        let url = Url::parse_with_params(&format!("{HOME}/api/chat/watch"), query).unwrap();
        let request = self.request_at(Method::GET, url.as_str(), seat).header("accept", "application/json");
        let answer = self.send(request.header("sec-fetch-site", "same-origin"), &url).await?;
        if answer.status().is_success() { Ok(answer) } else { Err(said(answer).await) }
    }

    async fn insist<T>(&self, act: impl AsyncFn() -> Result<T, ModelFailure>) -> Result<T, ModelFailure> {
        let until = Instant::now() + PATIENCE;
        loop {
            match act().await {
                Err(trouble) if trouble.passes() && Instant::now() < until => sleep(AGAIN).await,
                done => return done,
            }
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, ModelFailure> {
        let url = Url::parse_with_params(&format!("{HOME}{path}"), query).unwrap();
        let request = self.request(Method::GET, url.as_str()).header("accept", "application/json");
        value(self.send(request.header("sec-fetch-site", "same-origin"), &url).await?).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, fields: &[(&str, &str)]) -> Result<T, ModelFailure> {
        let url = Url::parse(&format!("{HOME}{path}")).unwrap();
        let request = self.request(Method::POST, url.as_str()).header("accept", "application/json");
        let request = request.header("origin", HOME).header("sec-fetch-site", "same-origin");
        value(self.send(request.form(fields), &url).await?).await
    }

    /// Opens an address and follows redirects.
    async fn follow(&self, address: &str) -> Response {
        let mut url = Url::parse(address).unwrap();
        for _ in 0..10 {
            let request = self.request(Method::GET, url.as_str()).header("accept", "text/html");
            let answer = self.send(request.header("sec-fetch-mode", "navigate"), &url).await.unwrap();
            match leads_to(&url, &answer) {
                Some(next) => url = next,
                None => return answer,
            }
        }
        panic!("too many redirects: {url}");
    }

    fn request(&self, method: Method, address: &str) -> RequestBuilder {
        self.request_at(method, address, Seat::Same)
    }

    /// Builds a request with the cookies of its origin. Requests to the application go to an instance, with the
    /// application's host name.
    fn request_at(&self, method: Method, address: &str, seat: Seat) -> RequestBuilder {
        let mut url = Url::parse(address).unwrap();
        let cookies = self.0.cookies.lock().unwrap();
        let cookies = cookies.get(&url.origin().ascii_serialization());
        let cookies = cookies.map(|jar| jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>());
        if url.origin().ascii_serialization() == HOME {
            // Without a living instance the request goes to port 1, where nobody listens.
            let _ = url.set_port(Some(self.0.front.port(seat).unwrap_or(1)));
            let _ = url.set_host(Some("127.0.0.1"));
        }
        let host = HOME.trim_start_matches("http://");
        let own = address.starts_with(HOME);
        let request = self.0.http.request(method, url);
        let request = if own { request.header("host", host) } else { request };
        match cookies {
            Some(cookies) => request.header(COOKIE, cookies.join("; ")),
            None => request,
        }
    }

    /// Sends a request and stores the cookies of the response.
    async fn send(&self, request: RequestBuilder, url: &Url) -> Result<Response, ModelFailure> {
        let answer = request.send().await.map_err(|_| ModelFailure::Gone)?;
        let mut cookies = self.0.cookies.lock().unwrap();
        let jar = cookies.entry(url.origin().ascii_serialization()).or_default();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }
}

fn leads_to(from: &Url, answer: &Response) -> Option<Url> {
    let location = answer.headers().get(LOCATION).filter(|_| answer.status().is_redirection())?;
    Some(from.join(location.to_str().unwrap()).unwrap())
}

async fn value<T: DeserializeOwned>(answer: Response) -> Result<T, ModelFailure> {
    if !answer.status().is_success() {
        return Err(said(answer).await);
    }
    let body = answer.text().await.map_err(|_| ModelFailure::Gone)?;
    Ok(serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")))
}

async fn said(answer: Response) -> ModelFailure {
    let error = answer.text().await.ok().and_then(|body| serde_json::from_str(&body).ok());
    error.map_or(ModelFailure::Gone, ModelFailure::Said)
}
