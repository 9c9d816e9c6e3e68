//! Reads the file of providers: TOML with one table a provider. Reports all mistakes at once, each with its line. The
//! file holds no secrets, only their locations.

mod reader;

use crate::identity::IdentityEndpoint;
use crate::local::preset::{self, Preset, STANDARD, Style};
use crate::local::provider::{
    Authentication, Client, Iss, Issuer, Key, Kind, Machine, People, Provider, Revocation, SecretAt,
};
use oidc::Method;
use reader::Section;
use std::collections::BTreeSet;
use toml::de::DeTable;
use url::Url;

/// A mistake in the file. Shows names and lines but never a value, which may be a misplaced secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// Description, with the name of the setting.
    pub problem: String,
}

/// Parses the text of the file.
///
/// # Errors
/// All mistakes, sorted by line.
pub fn parse(text: &str) -> Result<Vec<Provider<SecretAt>>, Vec<Mistake>> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = reader::line(text, error.span().map_or(0, |span| span.start));
        vec![Mistake { line, problem: error.message().to_owned() }]
    })?;
    let (mut providers, mut mistakes) = (Vec::new(), Vec::new());
    for (id, value) in table.get_ref() {
        let mut section = Section::new(text, id, value, &mut mistakes);
        providers.extend(provider(&mut section));
        section.finish();
    }
    if mistakes.is_empty() {
        return Ok(providers);
    }
    mistakes.sort_by_key(|mistake| mistake.line);
    mistakes.dedup();
    Err(mistakes)
}

fn provider(section: &mut Section<'_>) -> Option<Provider<SecretAt>> {
    let id = section.id().to_owned();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if id.is_empty() || id.len() > 40 || !id.chars().all(plain) {
        section.wrong("", "must be named by 1 to 40 lower-case letters, digits, - and _");
    }
    let preset = match section.text("preset") {
        None => preset::named(&id).unwrap_or(&STANDARD),
        Some(name) => preset::named(&name).unwrap_or_else(|| {
            let known: Vec<_> = preset::PRESETS.iter().map(|preset| preset.id).collect();
            section.wrong("preset", &format!("must be one of: {}", known.join(", ")));
            &STANDARD
        }),
    };
    let name = section.text("name");
    let kind = match section.choice("kind", &["oauth", "client_credentials", "api_key"]) {
        "api_key" => secret(section).map(|at| Kind::ApiKey(Key(at))),
        "client_credentials" => machine(section, preset),
        _ => people(section, preset).map(|people| Kind::People(Box::new(people))),
    };
    // Leak the name: the file is read once at the start, and providers live as long as the program.
    let name = name.map_or(preset.name, |name| String::leak(name));
    let name = if name.is_empty() { String::leak(id.clone()) } else { name };
    kind.map(|kind| Provider { id, name, kind })
}

fn people(section: &mut Section<'_>, preset: &'static Preset) -> Option<People<SecretAt>> {
    let client = client(section, preset.auth);
    let id = client.as_ref().map(|client| client.id.clone()).unwrap_or_default();
    let whole = Addresses::of(section, &id);
    let authorization_url = whole.address(section, "authorization_url", preset.authorization_url);
    let token_url = whole.address(section, "token_url", preset.token_url);
    let style = preset.revoke.map_or(Style::Standard, |(style, _)| style);
    let revoke = whole.optional(section, "revoke_url", preset.revoke.map_or("", |(_, url)| url));
    let identity = whole.identity(section, preset);
    let issuer = section.text("issuer").unwrap_or_else(|| whole.filled(preset.issuer));
    let iss = match section.choice("iss", &["optional", "required"]) {
        "required" if issuer.is_empty() => {
            section.wrong("iss", "is required, but no issuer is named");
            Iss::Required
        }
        "required" => Iss::Required,
        _ => Iss::Optional,
    };
    let authentication =
        if section.flag("force_authentication") { Authentication::Forced } else { Authentication::Lasting };
    let scopes = section.list("scopes").unwrap_or_else(|| strings(preset.scopes));
    let own = section.texts("parameters");
    let taken: BTreeSet<&String> = own.iter().map(|(name, _)| name).collect();
    let kept = owned(preset.parameters).into_iter().filter(|(name, _)| !taken.contains(name));
    let parameters = kept.collect::<Vec<_>>();
    Some(People {
        client: client?,
        authorization_url: authorization_url?,
        token_url: token_url?,
        revocation: revoke.map(|url| match style {
            Style::Standard => Revocation::Standard(url),
            Style::GitHub => Revocation::GitHub(url),
            Style::Google => Revocation::Google(url),
            Style::Slack => Revocation::Slack(url),
        }),
        identity,
        issuer: (!issuer.is_empty()).then_some(Issuer { name: issuer, iss }),
        scopes,
        with_scopes: strings(preset.with_scopes),
        separator: preset.separator,
        parameters: [parameters, own].concat(),
        again: owned(preset.again),
        authentication,
    })
}

fn machine(section: &mut Section<'_>, preset: &'static Preset) -> Option<Kind<SecretAt>> {
    let client = client(section, preset.auth);
    let id = client.as_ref().map(|client| client.id.clone()).unwrap_or_default();
    let token_url = Addresses::of(section, &id).address(section, "token_url", preset.token_url);
    let (audience, scopes) = (section.text("audience"), section.list("scopes").unwrap_or_default());
    Some(Kind::Application(Machine { client: client?, token_url: token_url?, audience, scopes }))
}

fn client(section: &mut Section<'_>, auth: Method) -> Option<Client<SecretAt>> {
    let id = section.text("client_id");
    if id.is_none() && !section.has("client_id") {
        section.wrong("client_id", "is missing");
    }
    let auth = match section.choice("client_auth", &["", "post", "basic"]) {
        "post" => Method::SecretPost,
        "basic" => Method::SecretBasic,
        _ => auth,
    };
    let secret = secret(section);
    Some(Client { id: id?, secret: secret?, auth })
}

/// Returns the location of the secret. Exactly one of `secret_id` and `secret_env` must be set.
fn secret(section: &mut Section<'_>) -> Option<SecretAt> {
    match (section.text("secret_id"), section.text("secret_env")) {
        (Some(id), None) => Some(SecretAt::Manager(id)),
        (None, Some(variable)) => Some(SecretAt::Variable(variable)),
        (None, None) => {
            section.wrong("secret_id", "is missing: the name of a secret in Secrets Manager, or else secret_env");
            None
        }
        (Some(_), Some(_)) => {
            section.wrong("secret_env", "cannot be combined with secret_id");
            None
        }
    }
}

/// Values for the placeholders in a preset's addresses.
struct Addresses {
    tenant: Option<String>,
    domain: Option<String>,
    client_id: String,
}

impl Addresses {
    fn of(section: &mut Section<'_>, client_id: &str) -> Self {
        Self { tenant: section.text("tenant"), domain: section.text("domain"), client_id: client_id.to_owned() }
    }

    /// Replaces the placeholders of a pattern, except those without a value.
    fn filled(&self, pattern: &str) -> String {
        let rows = [("{tenant}", &self.tenant), ("{domain}", &self.domain)];
        let known = rows.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let known = known.chain([("{client_id}", self.client_id.as_str())]);
        known.fold(pattern.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    fn address(&self, section: &mut Section<'_>, key: &'static str, pattern: &str) -> Option<Url> {
        let url = self.optional(section, key, pattern);
        if url.is_none() && pattern.is_empty() && !section.has(key) {
            section.wrong(key, "is missing");
        }
        url
    }

    /// Returns the address that names the owner of a token. The preset's is used only with the preset's own addresses:
    /// a token of another server must not be sent there.
    fn identity(&self, section: &mut Section<'_>, preset: &Preset) -> Option<IdentityEndpoint> {
        let (format, pattern) = preset.identity;
        let own = ["authorization_url", "token_url"].iter().any(|key| section.has(key));
        let url = self.optional(section, "identity_url", if own { "" } else { pattern });
        url.map(|url| IdentityEndpoint { url, format })
    }

    fn optional(&self, section: &mut Section<'_>, key: &'static str, pattern: &str) -> Option<Url> {
        let text = section.text(key).unwrap_or_else(|| pattern.to_owned());
        if text.is_empty() {
            return None;
        }
        let filled = self.filled(&text);
        if let Some(name) = ["tenant", "domain"].into_iter().find(|name| filled.contains(&format!("{{{name}}}"))) {
            section.wrong(name, "is missing");
            return None;
        }
        section.address(key, &filled)
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests;
