//! The doors: each with its own audience, issuers and challenge.

use crate::aws::{PREFIX, PresignedCallers, ReplayMemory, StsClient};
use crate::bearer;
use crate::caller::Caller;
use crate::config::{ConfigError, DoorConfig, DoorsConfig, IssuerId, KeyLocation, Resource, Scope, ToolScopes};
use crate::keys::{KeyCache, KeySource};
use crate::metadata::ProtectedResourceMetadata;
use crate::rejection::{Challenge, Reason, Rejection};
use crate::token::{self, Issuer, Rules};
use agent::ports::Clock;
use http::request::Parts;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The ports of all doors.
#[derive(Clone)]
pub struct Ports {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of the issuers' keys.
    pub keys: Arc<dyn KeySource>,
    /// The client of AWS STS.
    pub sts: Arc<dyn StsClient>,
    /// The memory of used presigned requests.
    pub replays: Arc<dyn ReplayMemory>,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}

/// All doors. Doors that trust the same issuer share its keys.
#[derive(Debug)]
pub struct Doors(BTreeMap<String, Arc<Door>>);

impl Doors {
    /// Opens the configured doors. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`ConfigError::ContradictoryKeys`] if two doors name different addresses of keys for one issuer.
    pub fn new(config: DoorsConfig, ports: &Ports) -> Result<Self, ConfigError> {
        let mut caches = Caches { ports, by_issuer: BTreeMap::new() };
        let doors = config.doors.into_iter();
        doors
            .map(|(name, door)| Ok((name, Arc::new(Door::new(door, &mut caches)?))))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Returns the door with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Door>> {
        self.0.get(name)
    }

    /// The names of all doors with their doors.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<Door>)> {
        self.0.iter().map(|(name, door)| (name.as_str(), door))
    }
}

/// The caches of keys, one for each issuer.
struct Caches<'a> {
    ports: &'a Ports,
    by_issuer: BTreeMap<IssuerId, Arc<KeyCache>>,
}

impl Caches<'_> {
    fn of(&mut self, issuer: &IssuerId, location: &KeyLocation) -> Result<Arc<KeyCache>, ConfigError> {
        let Ports { keys, clock, .. } = self.ports;
        let cache = self
            .by_issuer
            .entry(issuer.clone())
            .or_insert_with(|| KeyCache::new(issuer.clone(), location.clone(), keys.clone(), clock.clone()));
        if cache.location() == location { Ok(cache.clone()) } else { Err(ConfigError::ContradictoryKeys) }
    }
}

/// The authorizer of one door.
#[derive(Debug)]
pub struct Door {
    resource: Resource,
    metadata: ProtectedResourceMetadata,
    challenge: Arc<Challenge>,
    challenge_scopes: Vec<Scope>,
    tool_scopes: ToolScopes,
    /// Every scope that the door knows.
    scopes: BTreeSet<Scope>,
    issuers: Vec<Issuer>,
    presigned: Option<Arc<PresignedCallers>>,
    clock: DoorClock,
}

/// The clock with a `Debug` of its own.
struct DoorClock(Arc<dyn Clock>);

impl fmt::Debug for DoorClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Door {
    fn new(config: DoorConfig, caches: &mut Caches<'_>) -> Result<Self, ConfigError> {
        let metadata = ProtectedResourceMetadata::of(&config);
        let challenge = Arc::new(Challenge::of(&config));
        let Ports { clock, sts, replays, .. } = caches.ports.clone();
        let to_enter = config.issuers.iter().filter_map(|own| own.allowed_scopes.as_ref()).flatten();
        let scopes = config.scopes.iter().chain(to_enter).cloned().collect();
        let mut issuers = Vec::new();
        for own in config.issuers {
            issuers.push(Issuer { keys: caches.of(&own.issuer, &own.keys)?, rules: Rules::Access(own) });
        }
        for own in config.aws_issuers {
            issuers.push(Issuer { keys: caches.of(&own.issuer, &own.keys)?, rules: Rules::Aws(own) });
        }
        let resource = config.resource;
        let presigned = config.aws_presigned.map(|own| PresignedCallers::new(own, resource.clone(), sts, replays));
        let DoorConfig { challenge_scopes, tool_scopes, .. } = config;
        let clock = DoorClock(clock);
        Ok(Self { resource, metadata, challenge, challenge_scopes, tool_scopes, scopes, issuers, presigned, clock })
    }

    /// Returns the caller that the request proves. The token is read from the `Authorization` header alone.
    ///
    /// # Errors
    /// The first check that failed.
    pub async fn authorize(&self, request: &Parts) -> Result<Caller, Rejection> {
        self.check(request).await.map_err(|reason| self.rejection(reason, self.challenge_scopes.clone()))
    }

    async fn check(&self, request: &Parts) -> Result<Caller, Reason> {
        let token = bearer::read(request)?;
        let now = self.clock.0.now().div_euclid(1000);
        match &self.presigned {
            Some(presigned) if token.starts_with(PREFIX) => presigned.check(token, now).await,
            _ => token::check(&self.issuers, token, &self.resource, now).await,
        }
    }

    /// Checks that the caller was granted each of the scopes that an action needs.
    ///
    /// # Errors
    /// A rejection that names all of them, so that a client can ask for them at once.
    pub fn require_scopes(&self, caller: &Caller, needed: &[Scope]) -> Result<(), Rejection> {
        if needed.iter().all(|scope| caller.scopes().contains(scope.as_str())) {
            return Ok(());
        }
        Err(self.rejection(Reason::InsufficientScope, needed.to_vec()))
    }

    /// Returns whether a call of any tool needs scopes.
    #[must_use]
    pub fn has_tool_scopes(&self) -> bool {
        self.tool_scopes.tools().next().is_some()
    }

    /// Checks that the caller was granted each of the scopes that a call of this tool needs (`tool_scopes`).
    ///
    /// # Errors
    /// A rejection that names these scopes, and those that the door knows and the caller has: a client that asks for exactly the
    /// named ones still enters, and loses no other tool.
    pub fn require_tool_scopes(&self, caller: &Caller, tool: &str) -> Result<(), Rejection> {
        let own = self.tool_scopes.of(tool);
        self.require_scopes(caller, own).map_err(|_| {
            let is_needed = |scope: &&Scope| own.contains(scope) || caller.scopes().contains(scope.as_str());
            self.rejection(Reason::InsufficientScope, self.scopes.iter().filter(is_needed).cloned().collect())
        })
    }

    fn rejection(&self, reason: Reason, needed: Vec<Scope>) -> Rejection {
        Rejection::new(reason, self.challenge.clone(), needed)
    }

    /// The metadata document.
    #[must_use]
    pub const fn metadata(&self) -> &ProtectedResourceMetadata {
        &self.metadata
    }

    /// The path at which the metadata document is served.
    #[must_use]
    pub fn metadata_path(&self) -> String {
        self.resource.metadata_path()
    }

    /// The public URL of the door.
    #[must_use]
    pub const fn resource(&self) -> &Resource {
        &self.resource
    }
}
