//! The third parties at which people can connect accounts: each person's accounts, and the initial connections.

use sandbox_cloud::github::{Account, App, Repository, Visibility};
use sandbox_identity::{Connected, Connection, ScopeSeparator, ThirdPartyAccount, TokenForm};
use sandbox_kit::People;

use crate::clients;
use crate::listeners::{Addresses, browsed, called};

/// Names of the connections.
pub(crate) const OKTA: &str = "Okta-OIDC";
pub(crate) const GITHUB: &str = "github";
const GOOGLE: &str = "google-oauth2";

/// The `client_id` of the application at GitHub.
pub(crate) const GITHUB_APP: &str = "Iv1.countersign";

const OKTA_SCOPES: [&str; 6] =
    ["openid", "profile", "offline_access", "okta.users.read", "okta.groups.read", "okta.users.manage"];
const GITHUB_SCOPES: [&str; 4] = ["repo", "read:user", "user:email", "read:org"];
const GOOGLE_SCOPES: [&str; 5] = [
    "openid",
    "profile",
    "email",
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/gmail.readonly",
];

/// The GitHub accounts: owner, id, login, number of public and of private repositories.
const GITHUB_ACCOUNTS: [(&str, u64, &str, usize, usize); 4] = [
    ("auth0|ada", 58_001, "ada-byron", 3, 2),
    ("auth0|ada", 58_002, "acme-ops", 33, 2),
    ("auth0|bob", 58_003, "bobcrane", 1, 1),
    ("auth0|grace", 58_004, "gracehale", 2, 0),
];

/// Returns the third parties as the identity provider knows them; access tokens from the vault live for `token_s`
/// seconds.
pub(crate) fn connections(addresses: &Addresses, people: &People, token_s: i64) -> Vec<Connection> {
    let okta = Connection {
        accounts: people.iter().map(|own| account(&own.sub, &own.okta_id, &own.email)).collect(),
        token: TokenForm::Jwt { issuer: called(addresses.okta) },
        token_lifetime_s: token_s,
        ..Connection::new(OKTA, "okta", "Okta", &[&["openid", "profile"], &OKTA_SCOPES[..]].concat())
    };
    let github = Connection {
        accounts: GITHUB_ACCOUNTS.iter().map(|(sub, id, login, ..)| account(sub, &id.to_string(), login)).collect(),
        token: TokenForm::Opaque("ghu"),
        separator: ScopeSeparator::Comma,
        token_lifetime_s: token_s,
        grant_lifetime_s: Some(15_897_600),
        ..Connection::new(GITHUB, "github", "GitHub", &GITHUB_SCOPES)
    };
    let google = Connection {
        accounts: people.iter().map(|own| account(&own.sub, &format!("google-{}", own.okta_id), &own.email)).collect(),
        token: TokenForm::Opaque("ya29"),
        token_lifetime_s: token_s,
        ..Connection::new(GOOGLE, GOOGLE, "Google", &GOOGLE_SCOPES)
    };
    vec![okta, github, google]
}

/// Returns a connection of this person to Okta with every scope that the tools request.
pub(crate) fn manages(sub: &str) -> Connected {
    let scopes = ["okta.users.read", "okta.groups.read", "okta.users.manage"].map(str::to_owned).into();
    Connected { sub: sub.to_owned(), connection: OKTA.to_owned(), scopes }
}

/// Returns the initial connections: Ada can manage Okta and Grace can read it; nobody else has connected an account.
pub(crate) fn connected() -> Vec<Connected> {
    let okta = |sub: &str, scopes: &[&str]| Connected {
        sub: sub.to_owned(),
        connection: OKTA.to_owned(),
        scopes: scopes.iter().map(ToString::to_string).collect(),
    };
    vec![manages("auth0|ada"), okta("auth0|grace", &["okta.users.read", "okta.groups.read"])]
}

/// Returns the application at GitHub. The identity provider uses it, and so does the product if it signs people in to
/// GitHub itself.
pub(crate) fn github_app(addresses: &Addresses, app_url: &str) -> App {
    App {
        client_id: GITHUB_APP.to_owned(),
        client_secret: clients::secret(GITHUB_APP),
        name: "Countersign".to_owned(),
        callbacks: vec![
            format!("{app_url}/auth/connect/callback"),
            format!("{}/login/callback", browsed(addresses.identity)),
        ],
    }
}

/// Returns the accounts as GitHub knows them.
pub(crate) fn github_accounts(people: &People) -> Vec<Account> {
    let repositories = |login: &str, visibility, what: &str, count: usize| {
        let name = |at: usize| format!("{login}-{what}-{at:02}");
        (1..=count).map(|at| Repository { name: name(at), visibility }).collect::<Vec<_>>()
    };
    let accounts = GITHUB_ACCOUNTS.iter().map(|(sub, id, login, public, private)| Account {
        id: *id,
        login: (*login).to_owned(),
        name: people.by_sub(sub).map_or_else(|| (*login).to_owned(), |person| person.name.clone()),
        // The second account of a person is a shared one, without an address.
        email: people.by_sub(sub).map(|person| person.email.clone()).filter(|_| *login != "acme-ops"),
        repositories: [
            repositories(login, Visibility::Public, "notes", *public),
            repositories(login, Visibility::Private, "vault", *private),
        ]
        .concat(),
    });
    accounts.collect()
}

fn account(owner: &str, id: &str, name: &str) -> ThirdPartyAccount {
    ThirdPartyAccount { id: id.to_owned(), name: name.to_owned(), owner: owner.to_owned() }
}
