//! Creates the adapters of the identity provider: sign-in, approvals and the mapping of claims.

use super::StartError;
use super::storage::Storage;
use crate::config::{ClientSettings, Config, CredentialSettings, Details};
use agent::ports::{ApproverDirectory, Notifier};
use approvals::{ByPolicy, Ciba, DetailsForm, Passkeys, StandingApprovals};
use aws_config::SdkConfig;
use edge::identity::PrincipalMapping;
use oidc::{Client, Credential, RelyingParty, SigningKey};
use std::sync::Arc;

/// Returns the rules that map the claims of a sign-in to an actor.
pub(super) fn mapping(config: &Config) -> PrincipalMapping {
    PrincipalMapping {
        principal: config.fga.principal.clone(),
        directory_claim: config.okta.as_ref().and_then(|okta| okta.user_claim.as_deref()).map(Into::into),
        tenant: config.tenant.as_str().into(),
    }
}

pub(super) async fn relying_party(
    config: &Config,
    aws: &SdkConfig,
    mapping: &PrincipalMapping,
) -> Result<RelyingParty, StartError> {
    let redirect = config.url.join("auth/callback").map_err(|error| StartError::SignIn(error.to_string()))?;
    let own = &config.oidc;
    let username = own.asks_by_username().then(|| own.profile.username_claim.to_owned());
    let party = oidc::Config {
        issuer: own.issuer.clone(),
        client: client(config, aws, &own.client).await?,
        redirect_url: redirect.to_string(),
        profile: own.profile,
        scopes: own.scopes.clone(),
        other_audiences: own.other_audiences.clone(),
        trust_email: own.trust_email,
        claims: mapping.claims().chain(username).collect(),
        organization: own.organization.clone(),
        audience_tokens: own.audience_tokens,
    };
    RelyingParty::new(party).map_err(StartError::SignIn)
}

/// Logs which features the provider supports, or that it is unavailable.
pub async fn report(provider: Arc<RelyingParty>) {
    let (issuer, profile) = (provider.issuer(), provider.profile().name);
    match provider.support().await {
        Ok(support) => {
            tracing::info!(issuer, profile, ?support, "the identity provider answers");
            if !support.approval {
                tracing::warn!(
                    issuer,
                    "the identity provider offers no approvals by CIBA in poll mode: people approve with passkeys, or as APPROVALS_FILE says"
                );
            }
        }
        Err(error) => tracing::error!(issuer, profile, error = %error, "the identity provider cannot be used now"),
    }
}

/// Returns the service of passkeys. Their relying party is the host of the application's own address.
pub(super) fn passkeys(config: &Config, storage: &Storage) -> Passkeys {
    let id = config.url.host_str().unwrap_or_default().to_owned();
    let party = webauthn::RelyingParty { id, origin: config.origin() };
    Passkeys::new(storage.passkeys.clone(), storage.ledger.clone(), party)
}

/// Returns the service of standing approvals.
pub(super) fn standing(storage: &Storage) -> StandingApprovals {
    StandingApprovals::new(storage.records.clone(), storage.ledger.clone())
}

/// Returns the approver that the policy composes.
pub(super) fn approver(
    config: &Config,
    relying_party: Arc<RelyingParty>,
    storage: &Storage,
    directory: Arc<dyn ApproverDirectory>,
    notifier: Arc<dyn Notifier>,
) -> ByPolicy {
    ByPolicy {
        policy: config.approval.policy.clone(),
        issuer: config.oidc.issuer.as_str().into(),
        ciba: Arc::new(ciba(config, relying_party)),
        passkeys: passkeys(config, storage),
        standing: standing(storage),
        requests: storage.requests.clone(),
        directory,
        notifier,
    }
}

fn ciba(config: &Config, relying_party: Arc<RelyingParty>) -> Ciba {
    let form = match config.approval.details {
        Details::Guardian => DetailsForm::Guardian,
        Details::Own => DetailsForm::Own,
    };
    Ciba::new(relying_party, config.approval.audience.clone(), form)
}

/// Returns the client with its credential, fetched from Secrets Manager if it is configured to be there.
pub(super) async fn client(config: &Config, aws: &SdkConfig, own: &ClientSettings) -> Result<Client, StartError> {
    let credential = match &own.credential {
        CredentialSettings::Secret(secret, method) => Credential::Secret(secret.clone(), *method),
        CredentialSettings::Key(key) => Credential::Key(key.clone()),
        CredentialSettings::KeyInSecretsManager { variable, secret_id, key_id } => {
            let failed = |problem: String| StartError::ClientKey { variable, problem };
            let url = config.aws.secrets_endpoint();
            let pem = secrets::fetch_secret(aws, url, secret_id).await;
            let pem = pem.map_err(|error| failed(format!("names a secret that cannot be fetched: {error}")))?;
            let key = SigningKey::from_pem(&pem, key_id.clone());
            Credential::Key(key.map_err(|error| failed(format!("names a secret that {error}")))?)
        }
    };
    Ok(Client { id: own.id.clone(), credential })
}
