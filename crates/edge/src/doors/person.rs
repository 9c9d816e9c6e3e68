//! The actor of a caller. It is the same person as the one who signs in by the browser: the same issuer, subject and tenant,
//! and the same name in FGA.

use crate::identity::{Named, PrincipalMapping, Unnamed};
use agent::Actor;
use agent::actor::Evidence;
use agent::via::Via;
use callers::{Caller, Person};

/// Returns the way of a caller through the door with this name.
pub(super) fn via(caller: &Caller, door: &str) -> Via {
    let agents = match caller {
        Caller::AgentForPerson(acting) => acting.chain().map(str::to_owned).collect(),
        Caller::Person(_) | Caller::Agent(_) => Vec::new(),
    };
    Via {
        door: door.to_owned(),
        client: caller.person().and_then(Person::client).map(str::to_owned),
        agents,
        claims: caller.claims().clone(),
        until: caller.expires_at().saturating_mul(1000),
    }
}

/// Returns the actor of the person whom the token names.
///
/// # Errors
/// [`Unnamed`] when the token lacks the claim that names people in FGA, or nobody vouches for it.
pub(super) fn actor(person: &Person, mapping: &PrincipalMapping) -> Result<Actor, Unnamed> {
    let claim = |name: &str| person.claim(name).map(str::to_owned);
    let named = Named {
        subject: person.subject(),
        email: person.claim("email"),
        email_verified: person.claim("email_verified") == Some("true"),
        claim: &claim,
    };
    let name = claim("name").or_else(|| named.verified_email()).unwrap_or_else(|| person.subject().to_owned());
    Ok(Actor::attest(Evidence {
        principal: named.principal(&mapping.principal)?,
        name,
        given_name: claim("given_name"),
        email: named.verified_email(),
        username: claim("preferred_username"),
        directory_id: mapping.directory_claim.as_deref().and_then(|claim| named.claim(claim)),
        ..Evidence::of(person.issuer(), person.subject(), person.tenant())
    }))
}
