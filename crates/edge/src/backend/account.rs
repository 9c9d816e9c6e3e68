//! The texts about an account that a call needs: what it is for, what to do, and why nothing was done without it.

use agent::guard::Remedy;
use agent::intent::Need;
use agent::turn::ConnectedAccount;
use text::shown;

/// Returns a provider's display name.
pub fn provider(id: &str) -> String {
    match id {
        "okta" => "Okta".to_owned(),
        "github" => "GitHub".to_owned(),
        other => match (other.strip_prefix("mcp:"), other.strip_prefix("target:")) {
            (Some(name), _) => format!("the MCP server {name}"),
            (None, Some(name)) => format!("the target {name}"),
            (None, None) => other.to_owned(),
        },
    }
}

/// Returns the text that says what is needed and how to get it, and the label of the button that leads there.
pub(super) fn wanted(need: &Need, remedy: Remedy) -> (String, String) {
    let provider = provider(&need.provider);
    let (what, label) = match remedy {
        Remedy::Connect if need.scopes.is_empty() => {
            (format!("This needs your account at {provider}. Connect it"), format!("Connect {provider}"))
        }
        Remedy::Connect => {
            let what = format!("This needs your account at {provider}, with the permissions below. Connect it");
            (what, format!("Connect {provider}"))
        }
        Remedy::GrantScopes => {
            let what = format!("Your account at {provider} does not allow all that this needs. The permissions");
            (format!("{what} are below. Connect it again"), format!("Connect {provider} again"))
        }
        Remedy::SignIn => {
            (format!("Your sign-in is too old to be used at {provider}. Sign in again"), "Sign in again".to_owned())
        }
        Remedy::ChooseAccount => {
            let what = format!("You have several accounts at {provider}, and it is not clear which one to use.");
            (format!("{what} Disconnect all but one"), "Show my accounts".to_owned())
        }
    };
    (format!("{what} and I'll carry on from here."), label)
}

/// Returns the sentence that names an account that was connected just now.
pub(super) fn connected(account: &ConnectedAccount) -> String {
    let ConnectedAccount { provider, owner } = account;
    match owner {
        Some(owner) => format!("You connected the account {} at {provider}.", shown(owner)),
        None => format!("You connected an account at {provider}. Countersign could not look up whose account this is."),
    }
}

/// Returns the refusal of a call whose account is not connected.
pub(super) fn not_connected(id: &str) -> String {
    format!("This needs your account at {}, which is not connected. Nothing was done.", provider(id))
}

/// Returns the refusal of a call whose account lacks the given scopes.
pub(super) fn more_scopes(id: &str, scopes: &[String]) -> String {
    format!("Your account at {} does not allow {}. Nothing was done.", provider(id), scopes.join(" "))
}

/// Returns the refusal of a call for which several accounts are connected.
pub(super) fn several(id: &str) -> String {
    format!("You have several accounts at {}, and it is not clear which one to use. Nothing was done.", provider(id))
}

/// The refusal of a call for which the sign-in is too old to use the person's accounts.
pub(super) const SIGN_IN_AGAIN: &str =
    "Your sign-in has ended or is too old for this. Sign in again. Nothing was done.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_names_the_remedy_and_its_button() {
        let need = |scopes: &[&str]| Need {
            provider: "okta".to_owned(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
        };
        let rows = [
            (
                need(&["read"]),
                Remedy::Connect,
                "This needs your account at Okta, with the permissions below. Connect it",
                "Connect Okta",
            ),
            (need(&[]), Remedy::Connect, "This needs your account at Okta. Connect it", "Connect Okta"),
            (
                need(&["read"]),
                Remedy::GrantScopes,
                "Your account at Okta does not allow all that this needs. The permissions are below. Connect it again",
                "Connect Okta again",
            ),
            (need(&[]), Remedy::SignIn, "Your sign-in is too old to be used at Okta. Sign in again", "Sign in again"),
            (
                need(&[]),
                Remedy::ChooseAccount,
                "You have several accounts at Okta, and it is not clear which one to use. Disconnect all but one",
                "Show my accounts",
            ),
        ];
        for (need, remedy, words, label) in rows {
            assert_eq!(wanted(&need, remedy), (format!("{words} and I'll carry on from here."), label.to_owned()));
        }
    }
}
