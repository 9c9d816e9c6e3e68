//! The third parties whose accounts people can connect, and which are connected at the start. It must never know a request.

/// A third party as the provider is registered there (Auth0's *connection* with *Connected Accounts* switched on).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The connection's name, for example `google-oauth2`.
    pub name: String,
    /// Auth0's name for the kind of third party, for example `okta`.
    pub strategy: String,
    /// What the consent page calls the third party.
    pub title: String,
    /// The scopes that the third party knows. It refuses others.
    pub scopes: Vec<String>,
    /// The accounts that exist there.
    pub accounts: Vec<ThirdPartyAccount>,
    /// How its access tokens look.
    pub token: TokenForm,
    /// What stands between two scopes in its token answers.
    pub separator: ScopeSeparator,
    /// How long its access tokens live, in seconds.
    pub token_lifetime_s: i64,
    /// How long its refresh tokens live, in seconds; `None` when they do not expire.
    pub grant_lifetime_s: Option<i64>,
}

impl Connection {
    /// A third party with opaque tokens that live for an hour, scopes with spaces between them, and no accounts yet.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        strategy: impl Into<String>,
        title: impl Into<String>,
        scopes: &[&str],
    ) -> Self {
        Self {
            name: name.into(),
            strategy: strategy.into(),
            title: title.into(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            accounts: Vec::new(),
            token: TokenForm::Opaque("tp"),
            separator: ScopeSeparator::Space,
            token_lifetime_s: 3600,
            grant_lifetime_s: None,
        }
    }

    /// The accounts of this person there.
    pub(crate) fn accounts_of(&self, sub: &str) -> impl Iterator<Item = &ThirdPartyAccount> {
        self.accounts.iter().filter(move |account| account.owner == sub)
    }
}

/// An account at a third party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThirdPartyAccount {
    /// The third party's own id of the account, which is what `login_hint` names.
    pub id: String,
    /// What the consent page shows.
    pub name: String,
    /// The `sub` of the demo person who is signed in there with it.
    pub owner: String,
}

/// How a third party's access tokens look. Whatever they look like, clients must not read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenForm {
    /// Random text that begins with this.
    Opaque(&'static str),
    /// A JSON Web Token, as Okta's, of this issuer.
    Jwt {
        /// The claims `iss` and `aud`.
        issuer: String,
    },
}

/// What stands between two scopes in a third party's token answers, which the vault hands on as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeSeparator {
    /// A space (RFC 6749 section 3.3).
    Space,
    /// A comma, as at GitHub.
    Comma,
}

impl ScopeSeparator {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Space => " ",
            Self::Comma => ",",
        }
    }
}

/// An account that somebody has connected before the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// The person's `sub`.
    pub sub: String,
    /// The connection's name. Of the person's accounts there, the first is meant.
    pub connection: String,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
}
