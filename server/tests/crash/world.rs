//! One sandbox in this process, and the servers that use it.

use crate::instance::{Instance, Log};
use crate::person::{Front, HOME};
use crate::phone::{Answers, code};
use crate::plan::Slow;
use crate::record::{Effect, Ring};
use agent::Actor;
use agent::actor::Evidence;
use agent::ids::ConversationId;
use agent::ports::{Audit, Conversations, Filter, Numbered, PastEntry};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use countersign::config::{Config, Env};
use countersign::wiring::ledger_commands::{open, verify};
use dynamo::DynamoConversations;
use futures::TryStreamExt;
use ledger::verify::Scope;
use sandbox::cloud::{Fault, Times};
use sandbox::identity::Push;
use sandbox::{Sandbox, Settings};
use std::sync::Arc;
use std::time::Duration;

/// Subject of the person in all scenarios.
pub(crate) const ADA: &str = "auth0|ada";

/// The tenant of people whose sign-in names no organization.
const TENANT: &str = "default";

pub(crate) struct World {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) front: Front,
    /// The living instances; the first one gets the work.
    instances: Vec<Instance>,
    variables: Vec<(String, String)>,
    /// Logs of all instances, in the order of their start.
    logs: Vec<Log>,
}

impl World {
    /// Starts a sandbox with this many servers.
    pub(crate) async fn start(servers: usize) -> Self {
        // A slow model leaves time for interruptions.
        let pace = Duration::from_millis(4);
        let settings = Settings { app_url: HOME.to_owned(), model_pace: pace, ..Settings::for_tests() };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let mut variables = sandbox.environment();
        variables.push(("APPROVAL_SECONDS".to_owned(), "30".to_owned()));
        let (sandbox, front) = (Arc::new(sandbox), Front::default());
        let mut world = Self { sandbox, front, instances: Vec::new(), variables, logs: Vec::new() };
        for _ in 0..servers {
            world.add().await;
        }
        world
    }

    /// Starts another server and adds it at the end.
    pub(crate) async fn add(&mut self) {
        let instance = Instance::start(&self.variables).await;
        self.logs.push(instance.log());
        self.instances.push(instance);
        self.tell();
    }

    /// Kills the first server.
    pub(crate) fn kill(&mut self) {
        self.instances.remove(0).kill();
        self.tell();
    }

    /// Returns the last log lines of every server.
    pub(crate) fn lines(&self) -> String {
        self.logs.iter().map(Log::text).collect::<Vec<_>>().join("\n-- next server\n")
    }

    fn tell(&self) {
        self.front.set(self.instances.iter().map(|instance| instance.port).collect());
    }

    /// Makes a service respond slowly: the action is complete before the first byte of the response.
    pub(crate) fn slow_down(&self, slow: Slow) {
        // An error of the store has a few hundred bytes, which must arrive before a client gives up.
        let (service, matching, every) = match slow {
            Slow::Nothing => return,
            Slow::Appends => ("dynamodb", "PutItem", 3),
            Slow::Ledger => ("dynamodb", "TransactWriteItems", 3),
            Slow::Okta => ("okta", "reset_password", 30),
        };
        let drip = Fault::SlowDrip { every: Duration::from_millis(every) };
        self.sandbox.faults().set_matching(service, matching, drip, Times::Always);
    }

    /// Reads the log of a conversation from the store.
    pub(crate) async fn log(&self, conversation: &str) -> Vec<Numbered> {
        let (config, aws) = (self.config(), self.aws().await);
        let secret = &config.aws.conversation_key_secret_id;
        let keyring = secrets::fetch_live_keyring(&aws, config.aws.secrets_endpoint(), secret).await.unwrap();
        let client = dynamo::client(&aws, config.aws.dynamodb_endpoint());
        let store = DynamoConversations::new(client, config.aws.table, Arc::new(keyring));
        let id = ConversationId::try_from(conversation.to_owned()).unwrap();
        store.read_after(&self.ada(), &id, 0).await.unwrap()
    }

    /// Returns the ledger's entries and the findings of its verification.
    pub(crate) async fn ledger(&self) -> (Vec<PastEntry>, Vec<String>) {
        let (config, aws) = (self.config(), self.aws().await);
        let ledger = open(&config, &aws).await.unwrap();
        let entries = ledger.export(TENANT, 0..i64::MAX, Filter::default()).try_concat().await.unwrap();
        let report = verify(&config, &aws, &Scope::default()).await.unwrap();
        (entries, report.findings.iter().map(ToString::to_string).collect())
    }

    pub(crate) fn effects(&self) -> Vec<Effect> {
        let effects = self.sandbox.okta().effects().into_iter();
        effects.map(|effect| Effect { what: effect.what.into(), whom: effect.whom, at: effect.at }).collect()
    }

    pub(crate) fn rings(&self, answers: &Answers) -> Vec<Ring> {
        let answers = answers.lock().unwrap();
        let ring = |push: Push| {
            let answered = answers.get(&push.id).copied();
            Ring { code: code(&push).to_owned(), sub: push.sub, answered }
        };
        self.sandbox.provider().pushes().into_iter().map(ring).collect()
    }

    pub(crate) fn sins(&self) -> Vec<String> {
        self.sandbox.sins().all().into_iter().map(|sin| format!("{}: {}", sin.service, sin.what)).collect()
    }

    fn ada(&self) -> Actor {
        Actor::attest(Evidence::of(self.sandbox.issuer(), ADA, TENANT))
    }

    fn config(&self) -> Config {
        Config::read(&self.variables.iter().cloned().collect::<Env>()).unwrap()
    }

    async fn aws(&self) -> SdkConfig {
        let variable = |name: &str| self.sandbox.variable(name).unwrap().to_owned();
        let (key, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(variable("AWS_REGION")))
            .credentials_provider(Credentials::new(key, secret, None, None, "sandbox"))
            .load()
            .await
    }
}
