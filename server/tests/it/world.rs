//! The server and the sandbox in this process, connected by real sockets.

pub(crate) mod browser;
pub(crate) mod chat;
pub(crate) mod door;
pub(crate) mod frames;
pub(crate) mod logs;
pub(crate) mod mcp;
pub(crate) mod mcp_door;
mod second;
pub(crate) mod targets;

use agent::ports::Conversations;
use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::Credentials;
use browser::Browser;
use countersign::config::{Config, Env};
use countersign::wiring::{ServerLimits, StartError, wire};
use countersign::{routes, serve};
use edge::services::Services;
use sandbox::identity::Connected;
use sandbox::kit::Person;
use sandbox::{Sandbox, Settings, Storage};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use turns::{AdmissionLimits, Lease, Turns};

/// A running server with its own sandbox. A test must end it with [`TestApp::finish`].
pub(crate) struct TestApp {
    pub(crate) sandbox: Sandbox,
    pub(crate) config: Config,
    pub(crate) url: String,
    pub(crate) bounds: ServerLimits,
    instance: Instance,
    finished: bool,
}

struct Instance {
    services: Arc<Services>,
    turns: Turns,
    paths: String,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    /// The address of the runtime door, if there is one.
    door: Option<String>,
}

/// The settings of a test.
pub(crate) struct Custom {
    /// Variables in addition to the sandbox's; a value `$NAME` stands for the sandbox's variable of that name.
    pub(crate) env: Vec<(&'static str, String)>,
    pub(crate) bounds: ServerLimits,
    pub(crate) storage: Storage,
    /// Number of people in addition to those of the demo.
    pub(crate) crowd: usize,
    /// More people, whose subjects need not begin with `auth0|`.
    pub(crate) people: Vec<Person>,
    /// Text of the providers file in addition to GitHub's section.
    pub(crate) providers: fn(&Sandbox) -> String,
    /// `sub` claims of people with a connected Okta account, in addition to Ada and Grace.
    pub(crate) connected: Vec<&'static str>,
    /// Text of the MCP servers file; by default with the server of tasks.
    pub(crate) mcp: Box<dyn Fn(&Sandbox) -> String + Send>,
    /// Text of the file of doors; by default there are none.
    pub(crate) doors: OptionalFile,
    /// Text of the file of tenants; by default there are none.
    pub(crate) tenants: OptionalFile,
    /// Text of the file of targets; by default there are none.
    pub(crate) targets: fn(&Sandbox) -> Option<String>,
    /// Prepares the sandbox before the server is wired.
    pub(crate) prepare: fn(&Sandbox),
    /// Third-party services that replace the sandbox's.
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// The text of a file that depends on the sandbox; `None` if there is none.
pub(crate) type OptionalFile = Box<dyn Fn(&Sandbox) -> Option<String> + Send>;

/// Services other than the sandbox's. They need the server's address before it runs.
pub(crate) struct Elsewhere {
    /// Listener of the server.
    pub(crate) listener: TcpListener,
    /// Variables that tell the server about these services, and other variables.
    pub(crate) env: Vec<(String, String)>,
}

impl Default for Custom {
    fn default() -> Self {
        // A short lease, so that tests that wait for its end are fast.
        let admission = AdmissionLimits { posts_a_minute: 10_000, ..AdmissionLimits::default() };
        let bounds = ServerLimits { lease: Lease(Duration::from_secs(5)), admission, ..ServerLimits::default() };
        Self {
            env: Vec::new(),
            bounds,
            storage: Storage::Memory,
            crowd: 0,
            people: Vec::new(),
            providers: |_| String::new(),
            connected: vec!["auth0|bob", "auth0|eve"],
            mcp: Box::new(mcp::tasks),
            doors: Box::new(|_| None),
            tenants: Box::new(|_| None),
            targets: |_| None,
            prepare: |_| {},
            elsewhere: None,
        }
    }
}

impl Custom {
    /// Settings in which the application uses its own Okta account, which may do everything, so that only FGA limits
    /// people.
    pub(crate) fn application() -> Self {
        Self { env: vec![("OKTA_CONNECTION", String::new())], ..Self::default() }
    }
}

impl TestApp {
    /// Sends one operation to the table, as anybody with write access could.
    pub(crate) async fn table(&self, operation: &str, body: Value) -> Value {
        let request = reqwest::Client::new().post(self.sandbox.variable("DYNAMODB_ENDPOINT_URL").unwrap());
        let credential = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/dynamodb/aws4_request";
        let request = request
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20260101T000000Z")
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", format!("{credential}, SignedHeaders=host, Signature=00"));
        let answer = request.body(body.to_string()).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{operation}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn start() -> Self {
        Self::with(Custom::default()).await
    }

    pub(crate) async fn with(custom: Custom) -> Self {
        Self::try_with(custom).await.expect("the server starts")
    }

    /// Starts sandbox and server, or returns the reason why the server does not start.
    pub(crate) async fn try_with(custom: Custom) -> Result<Self, StartError> {
        logs::begin();
        let (listener, elsewhere) = match custom.elsewhere {
            Some(elsewhere) => (elsewhere.listener, elsewhere.env),
            None => (TcpListener::bind(("127.0.0.1", 0)).await.unwrap(), Vec::new()),
        };
        // People use the host name, as on the sandbox's pages, because cookies belong to a host name.
        let port = listener.local_addr().unwrap().port();
        let url = format!("http://localhost:{port}");
        let mut settings = Settings {
            app_url: url.clone(),
            storage: custom.storage,
            crowd: custom.crowd,
            people: custom.people,
            ..Settings::for_tests()
        };
        settings.connected.extend(custom.connected.iter().map(|sub| Connected {
            sub: (*sub).to_owned(),
            connection: "Okta-OIDC".to_owned(),
            scopes: vec!["okta.users.read".to_owned(), "okta.users.manage".to_owned()],
        }));
        let sandbox = Sandbox::start(settings).await.unwrap();
        (custom.prepare)(&sandbox);
        let providers = Providers::of(&sandbox, &(custom.providers)(&sandbox));
        let known = |value: String| {
            value.strip_prefix('$').map_or(value.clone(), |own| sandbox.variable(own).unwrap().to_owned())
        };
        let own = custom.env.into_iter().map(|(name, value)| (name.to_owned(), known(value)));
        let file = mcp::write(port, &(custom.mcp)(&sandbox));
        let doors = (custom.doors)(&sandbox).map(|text| door::write("doors", port, &text));
        let doors = doors.map(|path| ("DOORS_FILE".to_owned(), path.display().to_string()));
        let tenants = (custom.tenants)(&sandbox).map(|text| door::write("tenants", port, &text));
        let doors =
            doors.into_iter().chain(tenants.map(|path| ("TENANTS_FILE".to_owned(), path.display().to_string())));
        let targets = (custom.targets)(&sandbox).map(|text| targets::write(port, &text));
        let targets = targets.map(|path| ("GATEWAY_FILE".to_owned(), path.display().to_string()));
        let files = [
            ("MCP_FILE".to_owned(), file.display().to_string()),
            ("PROVIDERS_FILE".to_owned(), providers.0.display().to_string()),
        ];
        let config = config(
            sandbox.environment().into_iter().chain(files).chain(doors).chain(targets).chain(own).chain(elsewhere),
        );
        let instance = Instance::start(listener, &sandbox, &config, custom.bounds.clone()).await?;
        Ok(Self { sandbox, config, url, bounds: custom.bounds, instance, finished: false })
    }

    /// Stops the server and starts another one in its place, without its memory, such as cached tokens and keys.
    pub(crate) async fn restart(&mut self) {
        let address = ("127.0.0.1", self.config.url.port().unwrap());
        self.instance.stop().await;
        let listener = TcpListener::bind(address).await.unwrap();
        self.instance = Instance::start(listener, &self.sandbox, &self.config, self.bounds.clone()).await.unwrap();
    }

    /// Returns the server's conversation store.
    pub(crate) fn conversations(&self) -> &Arc<dyn Conversations> {
        &self.instance.services.conversations
    }

    /// Returns the address of the runtime door.
    pub(crate) fn door(&self) -> &str {
        self.instance.door.as_deref().expect("the test has a door")
    }

    /// Returns the services behind the server's routes.
    pub(crate) fn services(&self) -> &Arc<Services> {
        &self.instance.services
    }

    /// Returns a new browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Returns a browser with a signed-in person: `ada`, `bob`, `eve` or `grace`.
    pub(crate) async fn signed_in(&self, who: &str) -> Browser {
        let browser = self.browser();
        let home = browser.sign_in(who).await;
        assert_eq!((home.status, home.url.path()), (200, "/"), "{who} is signed in: {}", home.body);
        browser
    }

    /// Returns every path of the router, parsed from its debug form, because there is no other list.
    pub(crate) fn paths(&self) -> Vec<String> {
        let named = self.instance.paths.split("RouteId(").filter_map(|part| part.split_once("): \""));
        let paths = named.map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
        // The fallback serves files and the "not found" page.
        let paths: Vec<_> = paths.filter(|path| !path.contains("__private__axum_fallback")).collect();
        assert!(paths.iter().any(|path| path == "/auth/callback"), "{}", self.instance.paths);
        paths
    }

    /// Presses a button of the sandbox's console.
    pub(crate) async fn console(&self, path: &str, fields: &[(&str, &str)]) {
        let url = format!("{}{path}", self.sandbox.console_url());
        let answer = self.browser().post_to(&url, fields).await;
        assert!((300..400).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
    }

    /// Grants a relation.
    pub(crate) async fn grant(&self, user: &str, relation: &str, object: &str) {
        self.console("/tuples/add", &[("user", user), ("relation", relation), ("object", object)]).await;
    }

    /// Revokes a relation.
    pub(crate) async fn revoke(&self, user: &str, relation: &str, object: &str) {
        self.console("/tuples/remove", &[("user", user), ("relation", relation), ("object", object)]).await;
    }

    /// Stops everything. Fails if a stand-in saw a protocol violation or an imprecise permission check.
    pub(crate) async fn finish(mut self) {
        self.finished = true;
        self.instance.stop().await;
        assert_eq!(self.sandbox.sins().all(), [], "protocol sins");
        assert_eq!(self.sandbox.fga().unpinned_checks(), 0, "checks without model or consistency");
    }
}

impl Instance {
    async fn start(
        listener: TcpListener,
        sandbox: &Sandbox,
        config: &Config,
        bounds: ServerLimits,
    ) -> Result<Self, StartError> {
        let wired = wire(config, &aws(sandbox).await, bounds).await?;
        let services = wired.state.services.clone();
        let (turns, app) = (services.turns.clone(), routes(config, &wired).unwrap());
        turns.sweep();
        let paths = format!("{app:?}");
        let stop = CancellationToken::new();
        let door = door::serve(config, &wired, &stop).await;
        let stopped = stop.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            serve(listener, app, stopped).await;
        });
        Ok(Self { services, turns, paths, stop, serving, door })
    }

    async fn stop(&mut self) {
        self.turns.shut_down(Duration::from_secs(5)).await;
        self.stop.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(5), &mut self.serving).await;
        ended.expect("the server stops when asked").unwrap();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "a test must end with `finish`");
    }
}

/// A temporary providers file, deleted on drop.
struct Providers(PathBuf);

impl Providers {
    /// Describes GitHub for the local vault.
    fn of(sandbox: &Sandbox, more: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("countersign-{}-{}.toml", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let variable = |name| sandbox.variable(name).unwrap();
        let (pages, api, client) =
            (variable("GITHUB_BASE_URL"), variable("GITHUB_API_URL"), variable("GITHUB_CLIENT_ID"));
        let text = format!(
            "[github]\nclient_id = \"{client}\"\nsecret_env = \"GITHUB_CLIENT_SECRET\"\n\
             authorization_url = \"{pages}/login/oauth/authorize\"\ntoken_url = \"{api}/login/oauth/access_token\"\n\
             revoke_url = \"{api}/applications/{{client_id}}/grant\"\nissuer = \"{pages}/login/oauth\"\n\
             identity_url = \"{api}/user\"\n{more}\n"
        );
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Providers {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Reads the configuration from these variables.
pub(crate) fn config(variables: impl IntoIterator<Item = (String, String)>) -> Config {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/site");
    let env: Env = [("LEPTOS_SITE_ROOT".to_owned(), site.to_owned())].into_iter().chain(variables).collect();
    Config::read(&env).unwrap()
}

/// Returns the AWS settings of the sandbox, with fast retries.
pub(crate) async fn aws(sandbox: &Sandbox) -> SdkConfig {
    let variable = |name: &str| sandbox.variable(name).unwrap().to_owned();
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")))
        .credentials_provider(Credentials::new(key, secret, None, None, "sandbox"))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(5)))
        .load()
        .await
}
