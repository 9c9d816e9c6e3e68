//! The actor of a caller. It is the same person as the one who signs in by the browser: the same issuer, subject and tenant,
//! and the same name in FGA.

use crate::identity::{Principal, PrincipalMapping, Unnamed};
use agent::Actor;
use agent::actor::Evidence;
use callers::Person;

/// Returns the actor of the person whom the token names.
///
/// # Errors
/// [`Unnamed`] when the token lacks the claim that names people in FGA, or nobody vouches for it.
pub(super) fn actor(person: &Person, mapping: &PrincipalMapping) -> Result<Actor, Unnamed> {
    let claim = |name: &str| match name {
        "sub" => Some(person.subject().to_owned()),
        name => person.claim(name).map(str::to_owned),
    };
    let email = claim("email");
    let verified = email.clone().filter(|_| person.claim("email_verified") == Some("true"));
    let principal = match &mapping.principal {
        Principal::Subject => person.subject().to_owned(),
        Principal::VerifiedEmail => match (&email, &verified) {
            (None, _) => return Err(Unnamed::NoEmail),
            (Some(_), None) => return Err(Unnamed::UnverifiedEmail),
            (Some(_), Some(email)) => email.clone(),
        },
        Principal::Claim(name) => claim(name).ok_or_else(|| Unnamed::NoClaim(name.clone()))?,
    };
    let name = claim("name").or_else(|| verified.clone()).unwrap_or_else(|| person.subject().to_owned());
    Ok(Actor::attest(Evidence {
        principal,
        name,
        given_name: claim("given_name"),
        email: verified,
        username: claim("preferred_username"),
        directory_id: mapping.directory_claim.as_deref().and_then(claim),
        ..Evidence::of(person.issuer(), person.subject(), person.tenant())
    }))
}
