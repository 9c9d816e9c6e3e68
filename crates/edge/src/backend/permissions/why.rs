//! Explanations in whole sentences.

use agent::permission::Permission;
use agent::ports::{Decision, Explanation, Link, Subject};

/// The person about whom the sentences are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'a> {
    /// The reader.
    You,
    /// Somebody else, by name.
    Named(&'a str),
}

/// Returns the sentences of an explanation.
pub(super) fn sentences(explanation: &Explanation, permission: &Permission, who: Who<'_>) -> Vec<String> {
    match explanation {
        Explanation::Held { path } => path.iter().map(|link| step(link, who)).collect(),
        Explanation::Missing { holders, ended, excluded } => {
            let mut told = vec![needs(permission, who)];
            if *ended {
                told.push("It was granted for a limited time, which is over.".to_owned());
            }
            if *excluded {
                told.push("An exclusion stands above the access that exists. A grant would not help.".to_owned());
            }
            told.extend(holders.iter().map(|holder| holds(holder, permission)));
            told
        }
        Explanation::Unclear(Decision::Allow) => vec![has(permission, who)],
        Explanation::Unclear(Decision::Deny) => vec![needs(permission, who)],
    }
}

fn needs(permission: &Permission, who: Who<'_>) -> String {
    match who {
        Who::You => format!("You need {permission}."),
        Who::Named(name) => format!("{name} needs {permission}."),
    }
}

fn has(permission: &Permission, who: Who<'_>) -> String {
    match who {
        Who::You => format!("You have {permission}."),
        Who::Named(name) => format!("{name} has {permission}."),
    }
}

fn step(Link { subject, permission }: &Link, who: Who<'_>) -> String {
    match (subject, who) {
        (Subject::Person, Who::You) if is_membership(permission) => {
            format!("You are a member of {}.", permission.object())
        }
        (Subject::Person, Who::Named(name)) if is_membership(permission) => {
            format!("{name} is a member of {}.", permission.object())
        }
        (Subject::Person, who) => has(permission, who),
        (subject, _) => holds(subject, permission),
    }
}

fn holds(holder: &Subject, permission: &Permission) -> String {
    match holder {
        Subject::Set(set) if is_membership(set) && is_membership(permission) => {
            format!("Members of {} are members of {}.", set.object(), permission.object())
        }
        Subject::Set(set) if is_membership(set) => format!("Members of {} have {permission}.", set.object()),
        Subject::Set(set) => format!("Whoever has {set} has {permission} too."),
        Subject::Everybody | Subject::Person => format!("Everybody has {permission}."),
    }
}

fn is_membership(permission: &Permission) -> bool {
    permission.relation() == "member"
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn permission(text: &str) -> Permission {
        let (relation, object) = text.split_once(' ').unwrap();
        Permission::new(relation, object).unwrap()
    }

    #[test]
    fn an_explanation_reads_as_sentences() {
        let (group, manage, read) = (
            permission("member group:helpdesk"),
            permission("manage_okta okta:users"),
            permission("read_okta okta:users"),
        );
        let set = |own: &Permission| Subject::Set(own.clone());
        let link = |subject, own: &Permission| Link { subject, permission: own.clone() };
        let path = vec![link(Subject::Person, &group), link(set(&group), &manage), link(set(&manage), &read)];
        let missing =
            |ended, excluded| Explanation::Missing { holders: vec![set(&group), set(&manage)], ended, excluded };
        let members = "Members of group:helpdesk have read_okta on okta:users.";
        let managers = "Whoever has manage_okta on okta:users has read_okta on okta:users too.";
        let rows: [(Explanation, Who<'_>, Vec<&str>); 5] = [
            (
                Explanation::Held { path },
                Who::You,
                vec![
                    "You are a member of group:helpdesk.",
                    "Members of group:helpdesk have manage_okta on okta:users.",
                    managers,
                ],
            ),
            (missing(false, false), Who::You, vec!["You need read_okta on okta:users.", members, managers]),
            (
                missing(true, false),
                Who::Named("Eve Dorn"),
                vec![
                    "Eve Dorn needs read_okta on okta:users.",
                    "It was granted for a limited time, which is over.",
                    members,
                    managers,
                ],
            ),
            (
                missing(false, true),
                Who::You,
                vec![
                    "You need read_okta on okta:users.",
                    "An exclusion stands above the access that exists. A grant would not help.",
                    members,
                    managers,
                ],
            ),
            (Explanation::Unclear(Decision::Allow), Who::Named("Eve"), vec!["Eve has read_okta on okta:users."]),
        ];
        for (explanation, who, expected) in rows {
            assert_eq!(sentences(&explanation, &read, who), expected, "{explanation:?}");
        }
    }
}
