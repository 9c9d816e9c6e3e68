//! Checks of the services other than the identity provider: permissions, model, tables, keys, Okta.

use super::in_time;
use crate::config::{Config, Fga, OktaAccess};
use crate::doctor::Finding;
use crate::doctor::LONGEST_CHECK;
use crate::wiring::{access_tokens, authorizer, ledger_commands, model};
use agent::ports::{Block, Message, Model, Prompt, Role, Unavailable};
use aws_config::SdkConfig;
use credentials::ApplicationToken;
use dynamo::{DynamoConversations, DynamoSessions, SignIns};
use futures::StreamExt;
use std::sync::Arc;
use tower_sessions::SessionStore;
use tower_sessions::session::Id;

pub(super) async fn examine(config: &Config, aws: &SdkConfig) -> Vec<Finding> {
    let mut findings = vec![
        Finding::of(
            "permissions",
            in_time(permissions(config)).await,
            "Check FGA_API_URL, FGA_STORE_ID, FGA_MODEL_ID and the credentials; write authz/model.json to the store.",
        ),
        Finding::of(
            "model",
            in_time(answer(config, aws)).await,
            "Allow the model for this account and region, and check BEDROCK_MODEL_ID and the policy (docs/aws.md).",
        ),
        Finding::of(
            "session keys",
            in_time(keys(config, aws, &config.aws.session_key_secret_id)).await,
            "Create the secret that SESSION_KEY_SECRET_ID names (docs/aws.md).",
        ),
        Finding::of(
            "conversation keys",
            in_time(keys(config, aws, &config.aws.conversation_key_secret_id)).await,
            "Create the secret that CONVERSATION_KEY_SECRET_ID names (docs/aws.md).",
        ),
        Finding::of(
            "vault keys",
            in_time(keys(config, aws, &config.aws.vault_key_secret_id)).await,
            "Create the secret that VAULT_KEY_SECRET_ID names (docs/aws.md).",
        ),
        Finding::of(
            "ledger keys",
            in_time(async {
                ledger_commands::keys(config, aws).await.map(|_| readable(&config.aws.ledger_key_secret_id))
            })
            .await,
            "Create the secret that LEDGER_KEY_SECRET_ID names (docs/aws.md).",
        ),
        Finding::of(
            "tables",
            in_time(tables(config, aws)).await,
            "Run `countersign tables create`, and check the policy (docs/aws.md).",
        ),
    ];
    for (tenant, fga) in authorizer::own_stores(config) {
        let outcome = in_time(permissions_of_tenant(tenant, fga)).await;
        let advice = "Check the section of the tenant in TENANTS_FILE, and write authz/model.json to its store.";
        findings.push(Finding::of("permissions", outcome, advice));
    }
    findings.extend(okta(config, aws).await);
    findings
}

async fn permissions(config: &Config) -> Result<String, String> {
    authorizer::ready(&config.fga).await?;
    Ok(format!("the store answers with the model {}", config.fga.model_id))
}

async fn permissions_of_tenant(tenant: &str, fga: &Fga) -> Result<String, String> {
    authorizer::ready(fga).await.map_err(|error| format!("{tenant}: {error}"))?;
    Ok(format!("the store of {tenant} answers with the model {}", fga.model_id))
}

/// Requests a one-word answer from the model, which costs a few tokens.
async fn answer(config: &Config, aws: &SdkConfig) -> Result<String, String> {
    let text = Block::Text("Answer with the word OK.".to_owned());
    let prompt = Prompt {
        system: "You check whether a service answers.".to_owned(),
        messages: vec![Message { role: Role::User, blocks: vec![text] }],
        tools: Vec::new(),
        max_tokens: 1_024,
    };
    let model = model::model(config, aws, LONGEST_CHECK).map_err(|error| error.to_string())?;
    let mut parts = model.converse(prompt).await.map_err(|error| error.to_string())?;
    while let Some(part) = parts.next().await {
        part.map_err(|error| error.to_string())?;
    }
    let id = config.model.id.as_deref().unwrap_or("the region's default model");
    Ok(format!("{id} answers"))
}

fn readable(secret_id: &str) -> String {
    format!("{secret_id} is readable")
}

async fn keys(config: &Config, aws: &SdkConfig, secret_id: &str) -> Result<String, Unavailable> {
    secrets::fetch_keyring(aws, config.aws.secrets_endpoint(), secret_id).await.map(|_| readable(secret_id))
}

/// Reads a nonexistent item from each table.
async fn tables(config: &Config, aws: &SdkConfig) -> Result<String, String> {
    let secret = &config.aws.session_key_secret_id;
    let keyring = secrets::fetch_live_keyring(aws, config.aws.secrets_endpoint(), secret).await;
    let keyring =
        Arc::new(keyring.map_err(|error| format!("not checked, because the session keys are missing: {error}"))?);
    let store = dynamo::client(aws, config.aws.dynamodb_endpoint());
    let (main, sessions) = (config.aws.table.clone(), config.aws.sessions_table.clone());
    let conversations = DynamoConversations::new(store.clone(), main.clone(), keyring.clone());
    conversations.ready().await.map_err(|error| format!("{main}: {}", error.cause))?;
    let sign_ins = SignIns::new(store.clone(), main.clone(), sessions.clone(), keyring.clone());
    let none = DynamoSessions::new(store, sessions.clone(), sign_ins, keyring).load(&Id::default()).await;
    none.map_err(|error| format!("{sessions}: {error}"))?;
    Ok(format!("{sessions} and {main} answer"))
}

async fn okta(config: &Config, aws: &SdkConfig) -> Option<Finding> {
    let okta = config.okta.as_ref()?;
    let OktaAccess::Application(application) = &okta.access else {
        let observation = format!("{} is used with people's own accounts", okta.base_url);
        return Some(Finding::note("Okta", observation, "Only a person's connected account shows whether it works."));
    };
    let outcome = in_time(async {
        let credentials =
            access_tokens::okta_application(config, aws, application).await.map_err(|error| error.to_string())?;
        let token = ApplicationToken::new(credentials).map_err(|error| error.to_string())?;
        token.token().await.map_err(|error| error.to_string())?;
        Ok::<_, String>(format!(
            "{} gives the application a token with {}",
            application.token_url,
            okta.scopes.join(" ")
        ))
    });
    let advice = "Use a service application with private_key_jwt, turn its DPoP off, grant it these scopes and an admin role \
                  (docs/providers/okta.md).";
    Some(Finding::of("Okta", outcome.await, advice))
}
