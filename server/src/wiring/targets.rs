//! Creates the tools of the configured targets, with their secrets and the sources of their access tokens.

use super::StartError;
use super::interceptors::GatewayInterceptors;
use crate::config::Config;
use agent::Tool;
use agent::intent::Risk;
use agent::ports::{CredentialProvider, Unavailable};
use aws_config::SdkConfig;
use credentials::{ApplicationCredentials, ApplicationToken};
use edge::doors::Interceptors;
use edge::remote_tools::{Asks, RemoteServer, RemoteTool, Source};
use egress::{Listed, Lookup, SystemLookup};
use gateway::{BadTarget, ClientCredentials, Connections, Secret, TargetName, TargetTool};
use oidc::Client;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Longest request to the token endpoint of a target.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

/// The tools of all targets.
#[derive(Default)]
pub(super) struct Targets {
    tools: Vec<Arc<TargetTool>>,
    /// The source of the application's own tokens, by provider.
    pub(super) clients: Vec<(String, Arc<dyn CredentialProvider>)>,
    left_out: Vec<String>,
    /// The interceptors of the same file.
    pub(super) interceptors: Option<Arc<dyn Interceptors>>,
}

impl Targets {
    /// Creates the tools. No target may be named like one of `servers`: their objects of authorization would be the same.
    pub(super) async fn wire(config: &Config, aws: &SdkConfig, servers: &mcp::Servers) -> Result<Self, StartError> {
        let own = &config.targets.gateway;
        check(config, servers)?;
        let mut secrets = BTreeMap::new();
        for secret in own.secrets() {
            secrets.insert(secret.clone(), value(config, aws, secret).await?);
        }
        let lookup: Arc<dyn Lookup> = Arc::new(SystemLookup);
        let aws = aws.credentials_provider().filter(|_| own.needs_aws());
        let listed = Listed::new(&own.allow);
        let clients = own.clients().map(|(name, client)| {
            let secret = secrets.get(&client.secret).cloned().unwrap_or_default();
            Ok((name.provider(), application(name, client, secret, &listed, &lookup)?))
        });
        let clients = clients.collect::<Result<_, StartError>>()?;
        let connections = Connections { secrets, aws, lookup };
        let bad = |error: BadTarget| StartError::Targets(error.to_string());
        let made = gateway::Targets::new(own, &connections).map_err(bad)?;
        let interceptors = gateway::interceptors::Interceptors::new(own, &connections).map_err(bad)?;
        let interceptors = interceptors.map(|own| Arc::new(GatewayInterceptors(own)) as Arc<dyn Interceptors>);
        made.left_out.iter().for_each(|line| tracing::warn!("{line}"));
        let tools = made.tools.into_iter().map(Arc::new).collect();
        Ok(Self { tools, clients, left_out: made.left_out, interceptors })
    }

    /// The tools, for the toolbox.
    pub(super) fn tools(&self) -> impl Iterator<Item = Arc<dyn Tool>> {
        self.tools.iter().map(|tool| tool.clone() as Arc<dyn Tool>)
    }

    /// The targets for the operators' page.
    pub(super) fn shown(&self, config: &Config) -> Vec<RemoteServer> {
        let all = config.targets.gateway.targets.iter();
        let shown = all.map(|(name, target)| RemoteServer {
            source: Source::Configured,
            name: name.to_string(),
            url: target.url().to_string(),
            trouble: None,
            last: None,
            tools: self.tools.iter().filter(|tool| tool.target() == name).map(|own| tool(own)).collect(),
            changes: Vec::new(),
            unfit: Vec::new(),
            notes: self.left_out.iter().filter(|line| line.contains(&format!(" {name} "))).cloned().collect(),
        });
        shown.collect()
    }
}

fn tool(own: &TargetTool) -> RemoteTool {
    let (relation, object) = own.permission();
    RemoteTool {
        name: own.spec().name.to_string(),
        own: None,
        description: own.spec().description.clone(),
        relation: relation.to_string(),
        object,
        asks: match own.risk() {
            Risk::Read => Asks::Nobody,
            Risk::Elevated => Asks::ThePerson,
        },
        since: None,
        by: None,
    }
}

/// Checks the targets against the rest of the configuration.
fn check(config: &Config, servers: &mcp::Servers) -> Result<(), StartError> {
    let own = &config.targets.gateway;
    let alike = |name: &TargetName| {
        let look = untrusted::skeleton(name.as_str());
        servers.iter().any(|server| untrusted::skeleton(server.name.as_str()) == look)
    };
    if let Some(name) = own.targets.keys().find(|name| alike(name)) {
        return Err(StartError::Targets(format!("the target {name} is named like an MCP server")));
    }
    for (name, audience) in own.audiences() {
        let url = own.targets.get(name).map(gateway::TargetConfig::url);
        let taken = servers.iter().find(|server| server.audience == audience);
        if taken.is_some_and(|server| url.is_none_or(|url| url.origin() != server.url.origin())) {
            return Err(StartError::Targets(format!("the target {name} has the audience of an MCP server elsewhere")));
        }
    }
    let known = |account: &str| match account {
        okta::PROVIDER => config.okta.is_some() || config.providers.has(account),
        github::PROVIDER => config.github.is_some() || config.providers.has(account),
        other => config.providers.has(other),
    };
    match own.accounts().find(|(_, account)| !known(account)) {
        Some((name, account)) => {
            Err(StartError::Targets(format!("the target {name} needs accounts of {account}, which is not configured")))
        }
        None => Ok(()),
    }
}

async fn value(config: &Config, aws: &SdkConfig, secret: &Secret) -> Result<SecretString, StartError> {
    let value = match secret {
        Secret::Manager(id) => secrets::fetch_secret(aws, config.aws.secrets_endpoint(), id).await,
        Secret::Variable(name) => {
            let missing = || Unavailable::new("the environment", format!("{name} is not set"));
            config.targets.variables.get(name).cloned().ok_or_else(missing)
        }
    };
    value.map_err(|error| StartError::Targets(format!("a secret cannot be fetched: {error}")))
}

/// Returns the source of the application's own token. The egress rule of the targets applies to its endpoint too.
fn application(
    name: &TargetName,
    own: &ClientCredentials,
    secret: SecretString,
    listed: &Listed,
    lookup: &Arc<dyn Lookup>,
) -> Result<Arc<dyn CredentialProvider>, StartError> {
    let http = egress::client(&own.token_url, listed, lookup, TOKEN_TIMEOUT);
    let http = http.map_err(|error| StartError::Targets(format!("the token endpoint of {name}: {error}")))?;
    let credentials = ApplicationCredentials {
        service: "the token service of a target",
        token_url: own.token_url.clone(),
        client: Client::with_secret(own.client_id.clone(), secret, None),
        audience: own.audience.clone(),
        scopes: own.scopes.clone(),
    };
    Ok(Arc::new(ApplicationToken::over(credentials, http)))
}
