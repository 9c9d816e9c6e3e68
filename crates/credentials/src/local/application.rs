//! Tokens of the application's own, by client credentials (RFC 6749 section 4.4). They are kept in memory alone.

use crate::local::provider::Machine;
use crate::local::token_endpoint::{Asked, TokenEndpoint, TokenFault};
use crate::local::tokens::Life;
use agent::ports::{Millis, Unavailable};
use secrecy::SecretString;
use tokio::sync::Mutex;

/// What a token without an end is kept for, in seconds.
const UNSAID: u64 = 300;

/// The current token. One caller at a time asks for a new one; the others wait for it.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Option<(SecretString, Life)>>);

impl Kept {
    /// A token that lives on for a while.
    pub(crate) async fn token(
        &self,
        service: &'static str,
        machine: &Machine,
        http: &reqwest::Client,
        now: Millis,
    ) -> Result<SecretString, Unavailable> {
        let mut kept = self.0.lock().await;
        if let Some((token, life)) = kept.as_ref()
            && now < life.renew
        {
            return Ok(token.clone());
        }
        let scope = machine.scopes.join(" ");
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(machine.audience.as_deref().map(|audience| ("audience", audience)));
        form.extend((!scope.is_empty()).then_some(("scope", scope.as_str())));
        let endpoint = TokenEndpoint { service, url: &machine.token_url, client: &machine.client, http };
        let given = endpoint.ask(&form, Asked::Other).await.map_err(|fault| match fault {
            TokenFault::Dead(error) => Unavailable::new(service, format!("client credentials: {error}")),
            TokenFault::Unavailable(error) => error,
        })?;
        if given.scopes.is_some_and(|granted| machine.scopes.iter().any(|scope| !granted.contains(scope))) {
            return Err(Unavailable::new(service, "the token has fewer scopes than were asked for"));
        }
        *kept = Some((given.access.clone(), Life::of(now, given.expires_in.unwrap_or(UNSAID), 0)));
        Ok(given.access)
    }

    /// Forgets the token: a service would not take it.
    pub(crate) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}
