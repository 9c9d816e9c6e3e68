//! The actor of a caller. A person is the same as the one who signs in by the browser: the same issuer, subject and tenant,
//! and the same name in FGA. An agent without a person is nobody else.

use super::DoorState;
use super::refusal::Refusal;
use crate::identity::{Named, Unnamed};
use agent::Actor;
use agent::actor::{ActorKind, Evidence};
use agent::via::Via;
use callers::{Agent, AgentIdentity, Caller, Person};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Returns the client of a caller, if the token names one.
fn client(caller: &Caller) -> Option<&str> {
    match caller {
        Caller::Agent(agent) => match agent.identity() {
            AgentIdentity::Client { client, .. } => client.as_deref(),
            AgentIdentity::AwsRole(_) => None,
        },
        Caller::Person(_) | Caller::AgentForPerson(_) => caller.person().and_then(Person::client),
    }
}

/// Returns the way of a caller through the door with this name.
fn via(caller: &Caller, door: &str) -> Via {
    let agents = match caller {
        Caller::AgentForPerson(acting) => acting.chain().map(str::to_owned).collect(),
        Caller::Person(_) | Caller::Agent(_) => Vec::new(),
    };
    Via {
        door: door.to_owned(),
        client: client(caller).map(str::to_owned),
        agents,
        claims: caller.claims().clone(),
        until: caller.expires_at().saturating_mul(1000),
    }
}

/// Returns the actor whom a proved caller is, or acts for, and the way that they come: the door with this name.
///
/// # Errors
/// [`Refusal::Unnamed`] if FGA has no name for the person.
pub(super) fn proved(caller: &Caller, door: &str, state: &DoorState) -> Result<(Actor, Arc<Via>), Refusal> {
    let named = |person: &Person| {
        actor(person, state).map_err(|unnamed| {
            tracing::warn!(reason = %unnamed, "FGA has no name for a caller");
            Refusal::Unnamed
        })
    };
    let actor = match caller {
        Caller::Agent(own) => agent(own, state),
        Caller::Person(person) => named(person)?,
        Caller::AgentForPerson(acting) => named(acting.person())?,
    };
    let via = Arc::new(via(caller, door));
    Ok((actor.through(Some(via.clone())), via))
}

/// Marks the issuer of agents. No issuer has a fragment (OpenID Connect Core 1.0 §2), so no store, limit or record ever takes
/// an agent for a person whose subject is the same text.
const AGENTS: &str = "#agents";

/// Returns the actor of an agent without a person: a client, or a role of AWS.
fn agent(agent: &Agent, state: &DoorState) -> Actor {
    let (issuer, subject) = match agent.identity() {
        AgentIdentity::Client { issuer, subject, .. } => (&**issuer, &**subject),
        AgentIdentity::AwsRole(role) => (AWS, role.as_str()),
    };
    let own = matches!(agent.identity(), AgentIdentity::AwsRole(_)) || issuer == &*state.issuer;
    Actor::attest(Evidence {
        kind: ActorKind::Agent,
        principal: if own { subject.to_owned() } else { principal(subject.to_owned(), issuer, &state.issuer) },
        name: subject.to_owned(),
        ..Evidence::of(format!("{issuer}{AGENTS}"), subject, agent.tenant())
    })
}

/// The issuer of roles of AWS. Their ARNs are unique without one.
const AWS: &str = "https://sts.amazonaws.com/";

/// Returns the actor of the person whom the token names.
///
/// # Errors
/// [`Unnamed`] when the token lacks the claim that names people in FGA, or nobody vouches for it.
fn actor(person: &Person, state: &DoorState) -> Result<Actor, Unnamed> {
    let mapping = &state.mapping;
    let claim = |name: &str| person.claim(name).map(str::to_owned);
    let named = Named {
        subject: person.subject(),
        email: person.claim("email"),
        email_verified: person.claim("email_verified") == Some("true"),
        claim: &claim,
    };
    // Our provider and our directory know people by these. At another issuer they may be somebody else's.
    let is_own = person.issuer() == &*state.issuer;
    let own = |value: Option<String>| value.filter(|_| is_own);
    let name = claim("name").or_else(|| named.verified_email()).unwrap_or_else(|| person.subject().to_owned());
    Ok(Actor::attest(Evidence {
        principal: principal(named.principal(&mapping.principal)?, person.issuer(), &state.issuer),
        name,
        given_name: claim("given_name"),
        email: own(named.verified_email()),
        username: own(claim("preferred_username")),
        directory_id: own(mapping.directory_claim.as_deref().and_then(|claim| named.claim(claim))),
        ..Evidence::of(person.issuer(), person.subject(), person.tenant())
    }))
}

/// Returns the name in FGA of a person of this issuer. People of another issuer than that of the browser are others, even if
/// their names are the same: theirs begin with 16 hexadecimal digits of the issuer's SHA-256.
fn principal(name: String, issuer: &str, own: &str) -> String {
    if issuer == own {
        return name;
    }
    let digest = Sha256::digest(issuer);
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_at_another_issuer_is_another_person_in_fga() {
        let own = "https://idp.example/";
        let named = |issuer| principal("ada".to_owned(), issuer, own);
        assert_eq!(named(own), "ada");
        // printf %s https://other.example/ | sha256sum | cut -c1-16
        assert_eq!(named("https://other.example/"), "c6ee1067426c9041/ada");
        assert_ne!(named("https://idp.example"), named("https://other.example/"));
    }
}
