//! Third parties whose accounts people can connect, and the accounts connected at start. Must not depend on requests.

/// A third party at which the provider is registered (Auth0's *connection* with *Connected Accounts* enabled).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The connection's name, for example `google-oauth2`.
    pub name: String,
    /// Auth0's name for the kind of third party, for example `okta`.
    pub strategy: String,
    /// Display name on the consent page.
    pub title: String,
    /// Scopes that the third party supports. It refuses others.
    pub scopes: Vec<String>,
    /// Accounts at the third party.
    pub accounts: Vec<ThirdPartyAccount>,
    /// Format of the access tokens.
    pub token: TokenForm,
    /// Separator between scopes in token responses.
    pub separator: ScopeSeparator,
    /// Lifetime of access tokens, in seconds.
    pub token_lifetime_s: i64,
    /// Lifetime of refresh tokens, in seconds; `None` if they do not expire.
    pub grant_lifetime_s: Option<i64>,
}

impl Connection {
    /// Creates a third party with opaque tokens that live for one hour, space-separated scopes and no accounts.
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

    /// Returns this person's accounts at the third party.
    pub(crate) fn accounts_of(&self, sub: &str) -> impl Iterator<Item = &ThirdPartyAccount> {
        self.accounts.iter().filter(move |account| account.owner == sub)
    }
}

/// An account at a third party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThirdPartyAccount {
    /// The third party's id for the account, which `login_hint` refers to.
    pub id: String,
    /// Display name on the consent page.
    pub name: String,
    /// `sub` of the demo person who owns the account.
    pub owner: String,
}

/// Format of a third party's access tokens. Clients must treat every format as opaque.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenForm {
    /// Random text with this prefix.
    Opaque(&'static str),
    /// A JSON Web Token as Okta issues it.
    Jwt {
        /// Value of the claims `iss` and `aud`.
        issuer: String,
    },
}

/// Separator between scopes in a third party's token responses. The vault passes the scope string on unchanged.
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

/// An account connected before the provider starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// The person's `sub`.
    pub sub: String,
    /// The connection's name. The person's first account there is the connected one.
    pub connection: String,
    /// Granted scopes.
    pub scopes: Vec<String>,
}
