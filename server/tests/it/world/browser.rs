//! A small browser: cookies by host and port, the headers that tell the origin of a request, and redirects that the
//! test can see.

use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response, Url, redirect};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// The server's session cookie on `http://localhost`.
pub(crate) const COOKIE_NAME: &str = "countersign";

pub(crate) struct Browser {
    pub(crate) http: Client,
    /// The application's origin.
    pub(crate) home: String,
    jars: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
}

/// Longest wait for a response; ends a test that hangs.
const LONGEST: Duration = Duration::from_secs(60);

/// A response with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) url: Url,
}

impl Answer {
    /// Returns a header as text; empty if absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns the target of a redirect.
    pub(crate) fn location(&self) -> Url {
        let location = self.header(LOCATION.as_str());
        assert!(!location.is_empty(), "{} {} leads nowhere: {}", self.status, self.url, self.body);
        self.url.join(location).unwrap()
    }

    /// Returns the text between two marks.
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let rest = self.body.split_once(before).unwrap_or_else(|| panic!("no {before} in {}", self.body)).1;
        rest.split_once(after).unwrap().0
    }

    /// Returns every text between two marks.
    pub(crate) fn all(&self, before: &str, after: &str) -> impl Iterator<Item = &str> {
        self.body.split(before).skip(1).map(move |rest| rest.split(after).next().unwrap())
    }
}

impl Browser {
    pub(crate) fn new(home: &str) -> Self {
        let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self::of(http, home)
    }

    /// Returns a browser that shares its connections, but not its cookies.
    pub(crate) fn of(http: Client, home: &str) -> Self {
        Self { http, home: home.to_owned(), jars: Mutex::default() }
    }

    /// Returns the absolute URL of a path of the application; other URLs are unchanged.
    pub(crate) fn url(&self, path: &str) -> Url {
        let address = if path.starts_with('/') { format!("{}{path}", self.home) } else { path.to_owned() };
        Url::parse(&address).unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    /// Returns a request with the cookies of its host and no other headers.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.url(path);
        let cookies = self
            .jars
            .lock()
            .unwrap()
            .get(&place(&url))
            .map(|jar| jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "));
        let request = self.http.request(method, url);
        match cookies.filter(|cookies| !cookies.is_empty()) {
            Some(cookies) => request.header(COOKIE, cookies),
            None => request,
        }
    }

    /// Sends a request, stores the cookies of the response, and leaves the body unread.
    pub(crate) async fn open(&self, request: RequestBuilder) -> Response {
        let (http, request) = request.build_split();
        let request = request.unwrap();
        let asked = format!("{} {}", request.method(), request.url().path());
        let answer = ended(&asked, http.execute(request)).await.unwrap();
        let mut jars = self.jars.lock().unwrap();
        let jar = jars.entry(place(answer.url())).or_default();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() || cookie.to_ascii_lowercase().contains("max-age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        drop(jars);
        answer
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = self.open(request).await;
        let (status, headers, url) = (answer.status().as_u16(), answer.headers().clone(), answer.url().clone());
        let body = ended(&format!("the body of {}", url.path()), answer.text()).await.unwrap();
        Answer { status, headers, body, url }
    }

    /// Opens an address as if it were typed.
    pub(crate) async fn visit(&self, path: &str) -> Answer {
        self.navigate(path, "none").await
    }

    /// Opens an address and follows redirects.
    pub(crate) async fn follow(&self, path: &str) -> Answer {
        self.follow_until(path, |_| false).await
    }

    /// Follows redirects, but stops before a URL that `end` accepts.
    async fn follow_until(&self, path: &str, end: impl Fn(&Url) -> bool) -> Answer {
        let mut answer = self.visit(path).await;
        for _ in 0..10 {
            if !(300..400).contains(&answer.status) || end(&answer.location()) {
                return answer;
            }
            // Once a redirect has left the origin, a browser sends `cross-site`.
            answer = self.navigate(answer.location().as_str(), "cross-site").await;
        }
        panic!("too many redirects: {}", answer.url);
    }

    async fn navigate(&self, path: &str, site: &str) -> Answer {
        let request = self.request(Method::GET, path).header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        self.send(request.header("sec-fetch-site", site).header("sec-fetch-mode", "navigate")).await
    }

    /// Submits a form of the page at `page`, as a browser without script does.
    pub(crate) async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.ours(self.request(Method::POST, action)).header("referer", self.url(page).as_str());
        self.send(request.header("accept", "text/html,application/xhtml+xml").form(fields)).await
    }

    /// Calls a server function by `POST`, as our script does.
    pub(crate) async fn call(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.ours(self.request(Method::POST, path)).header("accept", "application/json");
        self.send(request.form(fields)).await
    }

    /// Builds a call of a server function by `GET`, as our script does.
    pub(crate) fn read(&self, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let request = self.request(Method::GET, path).header("accept", "application/json").query(query);
        request.header("sec-fetch-site", "same-origin")
    }

    /// Adds the headers of a request from our own page.
    pub(crate) fn ours(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("origin", &self.home).header("sec-fetch-site", "same-origin")
    }

    /// Submits a form to another origin, from a page of that origin.
    pub(crate) async fn post_to(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let own = Url::parse(url).unwrap().origin().ascii_serialization();
        let request = self.request(Method::POST, url).header("origin", own).header("sec-fetch-site", "same-origin");
        self.send(request.form(fields)).await
    }

    /// Signs in on the provider's page and follows the redirects.
    pub(crate) async fn sign_in(&self, who: &str) -> Answer {
        let callback = self.callback(who, "/auth/login").await;
        self.follow(callback.as_str()).await
    }

    /// Signs in at the provider and returns the callback URL without visiting it. A person with a session there is not
    /// asked again.
    pub(crate) async fn callback(&self, who: &str, login: &str) -> Url {
        // A name of the demo, or the whole `sub` of another person.
        let plain = who.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let sub = if plain { format!("auth0|{who}") } else { who.to_owned() };
        let is_callback = |url: &Url| url.path() == "/auth/callback";
        let chooser = self.follow_until(login, is_callback).await;
        if (300..400).contains(&chooser.status) {
            return chooser.location();
        }
        assert_eq!(chooser.status, 200, "{}", chooser.body);
        let state = chooser.between("name=\"state\" value=\"", "\"");
        let form = chooser.url.join("/u/login").unwrap();
        let callback = self.post_to(form.as_str(), &[("state", state), ("sub", &sub)]).await.location();
        assert!(is_callback(&callback), "{callback}");
        callback
    }

    /// Returns the value of the session cookie.
    pub(crate) fn session(&self) -> Option<String> {
        let jars = self.jars.lock().unwrap();
        jars.get(&place(&self.url("/"))).and_then(|jar| jar.get(COOKIE_NAME).cloned())
    }

    /// Sets the session cookie.
    pub(crate) fn plant(&self, value: &str) {
        let place = place(&self.url("/"));
        self.jars.lock().unwrap().entry(place).or_default().insert(COOKIE_NAME.to_owned(), value.to_owned());
    }
}

/// Ends a test that hangs, with the address that hangs. The query is omitted: it may hold a code.
async fn ended<T>(what: &str, answer: impl Future<Output = T>) -> T {
    tokio::time::timeout(LONGEST, answer).await.unwrap_or_else(|_| panic!("{what}: no answer in {LONGEST:?}"))
}

fn place(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}
