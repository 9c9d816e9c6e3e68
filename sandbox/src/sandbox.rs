//! The whole sandbox: starts every service and provides their handles.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use sandbox_bedrock::{Bedrock, Credentials, Pace};
use sandbox_cloud::okta::{Bearer, Caller};
use sandbox_cloud::sts::RoleSession;
use sandbox_cloud::{
    AgentCore, Dynamo, Faults, GitHub, Lambda, Okta, OpenMeteo, Orders, Push, Secrets, Sts, github, lambda,
};
use sandbox_fga::Fga;
use sandbox_identity::{InvalidToken, Provider};
use sandbox_kit::{Clock, People, Sins};
use sandbox_mcp::Tasks;
use sandbox_mcp::tasks::{self, Refused};
use tokio::task::JoinSet;

use crate::environment::{ACCESS_KEY, REGION, secret_key, variables};
use crate::keys::{LEDGER_KEYS, SESSION_KEYS};
use crate::listeners::{Addresses, Listeners, browsed, called, serve};
use crate::settings::{Settings, Storage};
use crate::{clients, console, keys, seed, third_parties};

/// The services that can have faults, as [`Faults`] names them.
pub(crate) const SERVICES: [&str; 14] = [
    "identity",
    "okta",
    "fga",
    "bedrock",
    "dynamodb",
    "secretsmanager",
    "github",
    "openmeteo",
    "mcp",
    "push",
    "lambda",
    "orders",
    "sts",
    "agentcore",
];

/// Every stand-in, serving on loopback until this value is dropped.
pub struct Sandbox {
    parts: Parts,
    secrets: Secrets,
    dynamo: Dynamo,
    dynamo_path: Option<PathBuf>,
    addresses: Addresses,
    environment: Vec<(String, String)>,
    /// Dropped with the sandbox, which stops the servers.
    _serving: JoinSet<()>,
}

/// The handles that the console uses.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) people: People,
    pub(crate) provider: Provider,
    pub(crate) okta: Okta,
    pub(crate) github: GitHub,
    pub(crate) open_meteo: OpenMeteo,
    pub(crate) tasks: Tasks,
    pub(crate) push: Push,
    pub(crate) lambda: Lambda,
    pub(crate) orders: Orders,
    pub(crate) sts: Sts,
    pub(crate) agent_core: AgentCore,
    pub(crate) fga: Fga,
    pub(crate) bedrock: Bedrock,
    pub(crate) faults: Faults,
    pub(crate) sins: Sins,
    pub(crate) clock: Clock,
    /// The address of the product's MCP door.
    pub(crate) door: String,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts every service; all of them answer once it returns.
    ///
    /// # Errors
    /// Fails if a port is taken or the storage can't be used.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let listeners = Listeners::bind(settings.ports).await?;
        let addresses = listeners.addresses()?;
        let (clock, sins) = (Clock::default(), Sins::default());
        let people = People::acme().with(settings.people.clone()).with_crowd(settings.crowd);
        let app_url = &settings.app_url;

        let identity = clients::identity(&addresses, people.clone(), &settings);
        let provider = Provider::new(identity, clock.clone(), sins.clone())?;
        let okta = {
            let (provider, audience) = (provider.clone(), clients::okta_audience(&addresses));
            let authenticate = Arc::new(move |token: &str| {
                if let Ok(claims) = provider.verify_access_token(token, &audience) {
                    let is_person = claims.sub != format!("{}@clients", claims.client);
                    let bearer = if is_person { Bearer::Person } else { Bearer::Service };
                    return Some(Caller { subject: claims.sub, bearer, scopes: claims.scopes });
                }
                let lent = provider.lent(token).filter(|lent| lent.connection == third_parties::OKTA)?;
                Some(Caller { subject: lent.account, bearer: Bearer::Person, scopes: lent.scopes })
            });
            Okta::new(&people, settings.okta, authenticate, clock.clone(), sins.clone())
        };
        let github = {
            let provider = provider.clone();
            let lent = Arc::new(move |token: &str| {
                let lent = provider.lent(token).filter(|lent| lent.connection == third_parties::GITHUB)?;
                Some(github::Caller { account: lent.account.parse().ok()?, scopes: lent.scopes })
            });
            let app = third_parties::github_app(&addresses, app_url);
            GitHub::new(app, third_parties::github_accounts(&people), lent, clock.clone(), sins.clone())
        };
        let open_meteo = OpenMeteo::new(clock.clone(), sins.clone());
        let push = Push::new(called(addresses.push), clock.clone(), sins.clone());
        let tasks = {
            let (provider, audience) = (provider.clone(), clients::tasks_audience(&addresses));
            let authenticate = Arc::new(move |token: &str| match provider.verify_access_token(token, &audience) {
                Ok(claims) => Ok(tasks::Caller { subject: claims.sub, client: claims.client, scopes: claims.scopes }),
                Err(InvalidToken::Audience) => Err(Refused::Audience),
                Err(_) => Err(Refused::Token),
            });
            Tasks::new(clients::tasks(&addresses), authenticate, clock.clone(), sins.clone())
        };
        let lambda = Lambda::new(lambda_keys(), sins.clone());
        let orders = {
            let (provider, audience) = (provider.clone(), clients::orders_audience(&addresses));
            let authenticate = move |token: &str| {
                let claims = provider.verify_access_token(token, &audience).ok()?;
                Some((claims.sub, claims.scopes))
            };
            Orders::new(Arc::new(authenticate), sins.clone())
        };
        let sts = Sts::new(&called(addresses.sts), vec![role_session()], clock.clone(), sins.clone())?;
        let agent_core = AgentCore::new(lambda_keys(), sins.clone());
        let fga = {
            let (provider, audience) = (provider.clone(), clients::fga_audience(&addresses));
            let fga = Fga::new(clock.clone(), sins.clone());
            let (issuer, its) = (provider.clone(), audience.clone());
            let writes = move |token: &str| {
                issuer.verify_access_token(token, &its).is_ok_and(|claims| claims.client == clients::FGA_GRANTS)
            };
            fga.require_bearer(Arc::new(move |token| provider.verify_access_token(token, &audience).is_ok()))
                .require_writer(Arc::new(writes))
        };
        let model = seed::authorization(&fga, &people)?;
        let bedrock = Bedrock::new(bedrock(&settings), clock.clone(), sins.clone());
        let dynamo_path = match &settings.storage {
            Storage::Directory(directory) => {
                std::fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
                Some(directory.join("dynamodb.sqlite"))
            }
            Storage::Memory => None,
        };
        let dynamo = match &dynamo_path {
            Some(path) => Dynamo::open(path, sins.clone()).await?,
            None => Dynamo::in_memory(sins.clone()).await?,
        };
        seed::tables(&dynamo)?;
        let secrets = Secrets::new(clock.clone(), sins.clone());
        for name in [SESSION_KEYS, LEDGER_KEYS] {
            let secret = match &settings.storage {
                Storage::Directory(directory) => keys::kept_in(directory, name)?,
                Storage::Memory => keys::fresh()?,
            };
            secrets.put(name, secret);
        }

        let faults = Faults::default();
        let parts = Parts {
            people,
            provider,
            okta,
            github,
            open_meteo,
            tasks,
            push,
            lambda,
            orders,
            sts,
            agent_core,
            fga,
            bedrock,
            faults,
            sins,
            clock,
            door: clients::door_audience(app_url),
        };
        let environment = variables(&addresses, app_url, seed::STORE, &model);
        let serving = parts.serve(listeners, &dynamo, &secrets);
        Ok(Self { parts, secrets, dynamo, dynamo_path, addresses, environment, _serving: serving })
    }

    /// Returns every environment variable that the product's server needs.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    /// Returns the value of one of these variables.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns the URL of the console, without a trailing slash.
    #[must_use]
    pub fn console_url(&self) -> String {
        browsed(self.addresses.console)
    }

    /// Returns the identity provider's issuer, with its trailing slash.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("{}/", browsed(self.addresses.identity))
    }

    /// Returns the identity provider.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.parts.provider
    }

    /// Returns the `OpenFGA` stand-in.
    #[must_use]
    pub fn fga(&self) -> &Fga {
        &self.parts.fga
    }

    /// Returns the Amazon Bedrock stand-in.
    #[must_use]
    pub fn bedrock(&self) -> &Bedrock {
        &self.parts.bedrock
    }

    /// Returns the Okta stand-in.
    #[must_use]
    pub fn okta(&self) -> &Okta {
        &self.parts.okta
    }

    /// Returns the GitHub stand-in.
    #[must_use]
    pub fn github(&self) -> &GitHub {
        &self.parts.github
    }

    /// Returns the Open-Meteo stand-in.
    #[must_use]
    pub fn open_meteo(&self) -> &OpenMeteo {
        &self.parts.open_meteo
    }

    /// Returns the MCP server `tasks`.
    #[must_use]
    pub fn tasks(&self) -> &Tasks {
        &self.parts.tasks
    }

    /// Returns the push service.
    #[must_use]
    pub fn push(&self) -> &Push {
        &self.parts.push
    }

    /// Returns the Lambda stand-in.
    #[must_use]
    pub fn lambda(&self) -> &Lambda {
        &self.parts.lambda
    }

    /// Returns the API of orders.
    #[must_use]
    pub fn orders(&self) -> &Orders {
        &self.parts.orders
    }

    /// Returns the AWS STS stand-in.
    #[must_use]
    pub fn sts(&self) -> &Sts {
        &self.parts.sts
    }

    /// Returns the stand-in of AgentCore Runtime, which hosts nothing until it is told to.
    #[must_use]
    pub fn agent_core(&self) -> &AgentCore {
        &self.parts.agent_core
    }

    /// Returns the `DynamoDB` stand-in.
    #[must_use]
    pub fn dynamo(&self) -> &Dynamo {
        &self.dynamo
    }

    /// Returns the `SQLite` file behind `DynamoDB`; `None` with [`Storage::Memory`].
    #[must_use]
    pub fn dynamo_path(&self) -> Option<&Path> {
        self.dynamo_path.as_deref()
    }

    /// Returns the Secrets Manager stand-in.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Returns the faults of `identity`, `okta`, `fga`, `bedrock`, `dynamodb`, `secretsmanager`, `github`, `openmeteo`,
    /// `mcp`, `push`, `lambda`, `orders`, `sts` and `agentcore`.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.parts.faults
    }

    /// Returns the protocol violations of clients (*sins*) recorded so far.
    #[must_use]
    pub fn sins(&self) -> &Sins {
        &self.parts.sins
    }

    /// Returns the clock that all services share.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// Returns the people of the sandbox.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.parts.people
    }
}

impl Parts {
    fn serve(&self, listeners: Listeners, dynamo: &Dynamo, secrets: &Secrets) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let [
            identity,
            okta,
            fga,
            bedrock,
            dynamodb,
            secretsmanager,
            github,
            open_meteo,
            mcp,
            push,
            lambda,
            orders,
            sts,
            agentcore,
        ] = SERVICES;
        let faults = &self.faults;
        serve(&mut tasks, listeners.identity, faults.wrap(identity, self.provider.router()));
        serve(&mut tasks, listeners.okta, faults.wrap(okta, self.okta.router()));
        serve(&mut tasks, listeners.fga, faults.wrap(fga, self.fga.router()));
        serve(&mut tasks, listeners.bedrock, faults.wrap(bedrock, self.bedrock.router()));
        serve(&mut tasks, listeners.dynamodb, faults.wrap(dynamodb, dynamo.router()));
        serve(&mut tasks, listeners.secrets_manager, faults.wrap(secretsmanager, secrets.router()));
        serve(&mut tasks, listeners.github, faults.wrap(github, self.github.router()));
        serve(&mut tasks, listeners.open_meteo, faults.wrap(open_meteo, self.open_meteo.router()));
        serve(&mut tasks, listeners.mcp, faults.wrap(mcp, self.tasks.router()));
        serve(&mut tasks, listeners.push, faults.wrap(push, self.push.router()));
        serve(&mut tasks, listeners.lambda, faults.wrap(lambda, self.lambda.router()));
        serve(&mut tasks, listeners.orders, faults.wrap(orders, self.orders.router()));
        serve(&mut tasks, listeners.sts, faults.wrap(sts, self.sts.router()));
        serve(&mut tasks, listeners.agent_core, faults.wrap(agentcore, self.agent_core.router()));
        serve(&mut tasks, listeners.console, console::router(self.clone()));
        tasks
    }
}

fn lambda_keys() -> lambda::Keys {
    lambda::Keys { access_key: ACCESS_KEY.to_owned(), secret_key: secret_key(), region: REGION.to_owned() }
}

/// The role that signs with the sandbox's access key.
fn role_session() -> RoleSession {
    RoleSession {
        access_key: ACCESS_KEY.to_owned(),
        secret_key: secret_key(),
        account: "000000000000".to_owned(),
        role: "Supervisor".to_owned(),
        session: "sandbox".to_owned(),
    }
}

fn bedrock(settings: &Settings) -> sandbox_bedrock::Settings {
    let credentials = Credentials {
        access_key: ACCESS_KEY.to_owned(),
        secret_key: secret_key(),
        region: REGION.to_owned(),
        bearer: None,
    };
    let pace = Pace { per_word: settings.model_pace };
    sandbox_bedrock::Settings { credentials: Some(credentials), pace, ..sandbox_bedrock::Settings::default() }
}
