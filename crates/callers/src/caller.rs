//! The callers of a door. A [`Person`] can be read only from the variants that hold one: an [`Agent`] has no method that
//! returns a person, and nothing outside this crate creates any of them.
//!
//! ```compile_fail,E0599
//! fn person(agent: &callers::Agent) -> &callers::Person {
//!     agent.person()
//! }
//! ```
//!
//! ```compile_fail,E0451
//! fn forge(person: callers::Person) -> callers::Person {
//!     callers::Person { subject: "ada".into(), ..person }
//! }
//! ```

use crate::aws::RoleArn;
use crate::scopes::Scopes;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A verified caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person through a client.
    Person(Person),
    /// An agent that a person's token names as acting for them (RFC 8693 section 4.1).
    AgentForPerson(AgentForPerson),
    /// An agent without a person: tools for agents alone, no person's account, no question to anybody.
    Agent(Agent),
}

impl Caller {
    /// Returns the person on whose behalf the caller acts. An agent without a person has none.
    #[must_use]
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::AgentForPerson(acting) => Some(&acting.person),
            Self::Agent(_) => None,
        }
    }

    /// Returns the tenant whose data the caller may reach.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.grant().tenant
    }

    /// Returns the scopes that bound every action of the caller.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.grant().scopes
    }

    /// Returns all claims of the credential as texts, for policies, as AgentCore Policy gives them to Cedar: numbers and truth
    /// values as JSON, arrays and objects as JSON without spaces, and no `null`. None for a presigned request.
    /// (docs.aws.amazon.com/bedrock-agentcore/latest/devguide/example-policies-principal.html)
    #[must_use]
    pub fn claims(&self) -> &BTreeMap<String, String> {
        &self.grant().claims
    }

    /// Returns the end of the credential, in seconds since 1970. A stream must end then too.
    #[must_use]
    pub const fn expires_at(&self) -> i64 {
        self.grant().expires_at
    }

    const fn grant(&self) -> &Grant {
        match self {
            Self::Person(person) => &person.grant,
            Self::AgentForPerson(acting) => &acting.person.grant,
            Self::Agent(agent) => &agent.grant,
        }
    }
}

/// The bounds of a credential.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) tenant: Arc<str>,
    pub(crate) scopes: Scopes,
    pub(crate) claims: Arc<BTreeMap<String, String>>,
    pub(crate) expires_at: i64,
}

/// A person, identified by issuer and subject together.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    pub(crate) issuer: Arc<str>,
    pub(crate) subject: Arc<str>,
    pub(crate) client: Option<Arc<str>>,
    pub(crate) claims: Arc<BTreeMap<String, String>>,
    pub(crate) grant: Grant,
}

impl Person {
    /// The issuer of the identity, compared exactly.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The `sub` claim, unique within [`Person::issuer`].
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The client through which the person calls, if the token names one.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// A claim about the person that the configuration keeps (`person_claims`), if the token has it.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).map(String::as_str)
    }

    /// The tenant whose data the person may reach.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.grant.tenant
    }

    /// The scopes that bound every action for the person.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.grant.scopes
    }

    /// The end of the credential, in seconds since 1970.
    #[must_use]
    pub const fn expires_at(&self) -> i64 {
        self.grant.expires_at
    }
}

/// A person with the agents that act for them.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentForPerson {
    pub(crate) person: Person,
    pub(crate) chain: Vec<Arc<str>>,
}

impl AgentForPerson {
    /// The person on whose behalf the agents act.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.person
    }

    /// The agents by the `sub` of their `act` claims, from the current one, which is listed in the configuration, to the
    /// first one. At least one and at most four.
    pub fn chain(&self) -> impl ExactSizeIterator<Item = &str> {
        self.chain.iter().map(|agent| &**agent)
    }
}

/// An agent without a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Agent {
    pub(crate) identity: AgentIdentity,
    pub(crate) grant: Grant,
}

impl Agent {
    /// The verified identity of the agent.
    #[must_use]
    pub const fn identity(&self) -> &AgentIdentity {
        &self.identity
    }

    /// The tenant whose data the agent may reach.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.grant.tenant
    }

    /// The scopes that bound every action of the agent.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.grant.scopes
    }

    /// The end of the credential, in seconds since 1970.
    #[must_use]
    pub const fn expires_at(&self) -> i64 {
        self.grant.expires_at
    }
}

/// The identity of an agent.
#[derive(Clone, PartialEq, Eq)]
pub enum AgentIdentity {
    /// A client of an issuer, with a token for itself (RFC 6749 section 4.4).
    Client {
        /// The issuer, compared exactly.
        issuer: Arc<str>,
        /// The `sub` claim.
        subject: Arc<str>,
        /// The client, if the token names one.
        client: Option<Arc<str>>,
    },
    /// A role of AWS with its account.
    AwsRole(RoleArn),
}

/// Each `Debug` shows kind and subject alone, as that of an actor does.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl fmt::Debug for AgentForPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentForPerson").field("person", &self.person).field("agents", &self.chain.len()).finish()
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl fmt::Debug for AgentIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client { subject, .. } => f.debug_tuple("Client").field(subject).finish(),
            Self::AwsRole(role) => f.debug_tuple("AwsRole").field(role).finish(),
        }
    }
}
