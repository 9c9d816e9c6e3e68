//! Every variable with its purpose and its default: the source of `.env.example` and of `docs/configuration.md`.

/// One variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The need to set it.
    pub presence: Presence,
    /// Its value when it is not set; `None` if it has no default.
    pub default: Option<&'static str>,
    /// Its purpose.
    pub about: &'static str,
}

/// The need to set a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The server does not start without it.
    Required,
    /// It has a default, or its absence has a meaning.
    Optional,
}

const fn required(name: &'static str, about: &'static str) -> Variable {
    Variable { name, presence: Presence::Required, default: None, about }
}

const fn optional(name: &'static str, about: &'static str) -> Variable {
    Variable { name, presence: Presence::Optional, default: None, about }
}

const fn defaulted(name: &'static str, default: &'static str, about: &'static str) -> Variable {
    Variable { name, presence: Presence::Optional, default: Some(default), about }
}

/// Every variable that the server reads, in the order of `.env.example`.
pub const VARIABLES: &[Variable] = &[
    required("COUNTERSIGN_URL", "URL at which people reach the application, for example https://help.acme.example"),
    optional(
        "PRIVATE_HTTP_ORIGINS",
        "Services in your own network that may be reached by plain HTTP, as origins separated by spaces: http://openfga:8080",
    ),
    optional("DOORS_FILE", "TOML file of the doors by which other programs reach the agent: docs/doors.md"),
    optional(
        "TENANTS_FILE",
        "TOML file of the tenants beside COUNTERSIGN_TENANT, each with its store and tools: docs/doors.md",
    ),
    optional(
        "POLICIES",
        "File or directory of Cedar policies that bound what comes through the doors, or dynamodb for those in the table: docs/policies.md",
    ),
    defaulted("POLICIES_MODE", "ENFORCE", "ENFORCE, or LOG_ONLY: decisions are noted in the ledger and change nothing"),
    optional("POLICIES_GATEWAY", "Name of the gateway in the policies; by default the public URL of each door"),
    optional(
        "DOOR_LISTEN",
        "Address and port on which `countersign serve --door` listens; by default 0.0.0.0:8080 (runtime) or 0.0.0.0:8000 (mcp)",
    ),
    defaulted("COUNTERSIGN_LISTEN", "127.0.0.1:3000", "Address and port to listen on, behind your TLS proxy"),
    defaulted(
        "COUNTERSIGN_TENANT",
        "default",
        "Organization of people whose sign-in does not name one (Auth0: org_id)",
    ),
    defaulted("SESSION_HOURS", "10", "How long a sign-in lasts, in hours (1 to 720)"),
    defaulted(
        "LEASE_SECONDS",
        "12",
        "Seconds until another instance resumes the turns of an instance that died: 2 to 60",
    ),
    defaulted(
        "MAX_POSTS_A_MINUTE",
        "120",
        "Most messages that a person may post in a minute, on one instance: 1 to 60000",
    ),
    defaulted("MAX_TURNS", "2000", "Most turns that run at once on one instance; further ones wait: 1 to 100000"),
    defaulted("MAX_STREAMS", "20000", "Most open pages on one instance: 1 to 1000000"),
    optional(
        "RETENTION_DAYS",
        "Days after its last message at which a conversation is deleted, from 1 to 3650; without it none is. Entries of the ledger stay",
    ),
    optional(
        "RETENTION_DAYS_BY_ORGANIZATION",
        "Other numbers of days for the members of organizations, separated by spaces: org_a=30 org_b=keep; keep deletes none",
    ),
    required(
        "OIDC_ISSUER",
        "Issuer of your OpenID Provider, exactly as in its discovery document, with or without a slash at the end",
    ),
    optional(
        "OIDC_PROFILE",
        "Provider profile: auth0, okta, entra, cognito, keycloak, google or generic; by default the issuer's address decides",
    ),
    required("OIDC_CLIENT_ID", "Client of the application at the provider (confidential web application)"),
    optional("OIDC_CLIENT_SECRET", "Secret of that client (needed without a private key)"),
    optional(
        "OIDC_CLIENT_KEY_FILE",
        "File with the client's private key in PEM form, in place of a secret (private_key_jwt)",
    ),
    optional("OIDC_CLIENT_KEY_SECRET_ID", "Secret in Secrets Manager with that key, in place of a file"),
    optional("OIDC_CLIENT_KEY_ID", "Key id (kid) under which the provider knows the public key"),
    optional(
        "OIDC_CLIENT_AUTH",
        "Client authentication: client_secret_basic, client_secret_post or private_key_jwt; by default the profile and discovery decide",
    ),
    optional(
        "OIDC_SCOPES",
        "Scopes to request at sign-in, separated by spaces; by default those of openid, profile, email and offline_access that the provider supports",
    ),
    optional("OIDC_EXTRA_AUDIENCES", "Audiences that an ID token may name beside the client, separated by spaces"),
    defaulted(
        "OIDC_TRUST_EMAIL",
        "no",
        "Set to yes if you trust every e-mail address of this issuer although it sends no email_verified",
    ),
    optional("OIDC_ORGANIZATION", "Organization that people must sign in to (Auth0 Organizations)"),
    optional(
        "OIDC_API_TOKENS",
        "How to get access tokens for MCP servers: audience (Auth0), resource (RFC 8707), exchange (RFC 8693) or none; by default the profile decides",
    ),
    optional(
        "APPROVAL_AUDIENCE",
        "API at the provider with which the type of the approval's details is registered (needed with the profile auth0)",
    ),
    defaulted(
        "APPROVAL_DETAILS",
        "guardian",
        "How the phone shows the request: guardian (Auth0's app), or own (an approver app of your own)",
    ),
    defaulted("APPROVAL_SECONDS", "300", "How long an approval may be answered, in seconds: 30 to 300"),
    optional(
        "APPROVALS_FILE",
        "TOML file that says by which channels actions are approved: docs/approvals.md. Without it the person who asks approves on their phone, or with a passkey if the provider has no CIBA",
    ),
    optional(
        "PUSH_KEY_FILE",
        "File with the private key for notifications in browsers (Web Push), as `countersign push-key` prints it; without it there are none: docs/approvals.md",
    ),
    optional(
        "PUSH_CONTACT",
        "Address at which push services reach you, mailto:it@acme.example or https://… (needed with it)",
    ),
    defaulted(
        "PUSH_SERVICES",
        "fcm.googleapis.com updates.push.services.mozilla.com *.push.apple.com *.notify.windows.com",
        "Hosts of the push services to which notifications may be sent, separated by spaces; *. stands for any host below",
    ),
    required("FGA_API_URL", "OpenFGA or Auth0 FGA HTTP API, for example https://api.us1.fga.dev"),
    required("FGA_STORE_ID", "Store id"),
    required("FGA_MODEL_ID", "Authorization model id; pinned, so that a new model changes nothing by surprise"),
    optional("FGA_API_TOKEN", "Preshared key of an OpenFGA server (its authn.method is preshared)"),
    optional(
        "FGA_API_TOKEN_ISSUER",
        "Token issuer of Auth0 FGA: auth.fga.dev. Leave it out for a server with a preshared key or with none",
    ),
    optional(
        "FGA_API_AUDIENCE",
        "Audience of the API token, for example https://api.us1.fga.dev/ (needed with an issuer)",
    ),
    optional("FGA_CLIENT_ID", "Client that may check (needed with an issuer)"),
    optional("FGA_CLIENT_SECRET", "Secret of that client (needed with an issuer)"),
    optional(
        "FGA_GRANTS_CLIENT_ID",
        "Client that may write tuples and nothing else (with an issuer); without it nobody can grant access by Countersign",
    ),
    optional("FGA_GRANTS_CLIENT_SECRET", "Secret of that client (needed with it)"),
    optional("FGA_GRANTS_API_TOKEN", "A second preshared key, with which grants are written (with FGA_API_TOKEN)"),
    defaulted(
        "FGA_PRINCIPAL",
        "sub",
        "Claim that names a person in FGA: sub, email (then only a verified address counts), or claim:<name>, for example claim:oid",
    ),
    optional(
        "OKTA_BASE_URL",
        "Your Okta organization, for example https://acme.okta.com; without it there are no Okta tools",
    ),
    optional(
        "OKTA_CONNECTION",
        "Connection at your Auth0 tenant (Token Vault) that gives access to each person's own Okta account, for example Okta-OIDC",
    ),
    optional(
        "OKTA_CLIENT_ID",
        "Okta service application that may read and manage users (needed without OKTA_CONNECTION)",
    ),
    optional(
        "OKTA_CLIENT_KEY_FILE",
        "File with the private key of that application in PEM form (private_key_jwt, which Okta demands)",
    ),
    optional("OKTA_CLIENT_KEY_SECRET_ID", "Secret in Secrets Manager with that key, in place of a file"),
    optional("OKTA_CLIENT_KEY_ID", "Key id (kid) under which Okta knows the public key"),
    optional("OKTA_CLIENT_SECRET", "Secret of that client, for a token service that takes one in place of Okta's own"),
    optional("OKTA_TOKEN_URL", "Token endpoint, if it is not <OKTA_BASE_URL>/oauth2/v1/token"),
    optional("OKTA_AUDIENCE", "Audience to request at the token endpoint, if it needs one"),
    optional(
        "OKTA_USER_CLAIM",
        "Claim of the sign-in that holds the person's Okta user id (sub where people sign in at Okta)",
    ),
    defaulted("OKTA_SCOPES", "okta.users.read okta.users.manage", "Scopes to request, separated by spaces"),
    optional(
        "OPEN_METEO_URL",
        "Open-Meteo's forecast API, your own or https://api.open-meteo.com if its terms allow; without it there is no weather tool",
    ),
    optional(
        "OPEN_METEO_GEOCODING_URL",
        "Open-Meteo's geocoding API, for example https://geocoding-api.open-meteo.com, if it has another address",
    ),
    optional("MCP_FILE", "TOML file that names MCP servers, whose tools are offered beside the agent's own"),
    optional(
        "GATEWAY_FILE",
        "TOML file of targets, systems without MCP whose operations are offered as tools: docs/targets.md",
    ),
    optional(
        "TOKEN_VAULT_AUDIENCE",
        "API of your own at your Auth0 tenant: Token Vault then takes each person's access token for it, not their refresh token",
    ),
    optional("TOKEN_VAULT_CLIENT_ID", "Custom API Client of that API (needed with it)"),
    optional("TOKEN_VAULT_CLIENT_SECRET", "Secret of that client (needed with it)"),
    optional("PROVIDERS_FILE", "TOML file of the providers whose tokens the local vault keeps: docs/vault.md"),
    optional(
        "GITHUB_CONNECTION",
        "Connection at your Auth0 tenant that gives access to each person's own GitHub account, for example github",
    ),
    defaulted(
        "GITHUB_CONNECTION_SCOPES",
        "none",
        "Scopes to request with that connection, separated by spaces; none for a GitHub App, which has permissions instead",
    ),
    defaulted("GITHUB_API_URL", "https://api.github.com", "GitHub's REST API, or that of your own GitHub server"),
    optional(
        "BEDROCK_MODEL_ID",
        "Model id or inference profile; without it Nova Pro, by the inference profile of the AWS region",
    ),
    defaulted(
        "BEDROCK_MODEL_FAMILY",
        "auto",
        "Model family: auto (from the model id), nova, claude (4.7 and later), claude-4 (4 to 4.6) or other. Set it for an application inference profile, whose ARN names no model",
    ),
    optional("BEDROCK_ENDPOINT_URL", "Endpoint to use instead of the region's own"),
    optional(
        "BEDROCK_MAX_TOKENS",
        "Most tokens of one answer, reasoning included: 256 to 128000; without it 16384 for Claude, 8192 for Claude 4 to 4.6, otherwise 4096",
    ),
    optional(
        "BEDROCK_SILENCE_SECONDS",
        "How long the model may send nothing, in seconds: 10 to 600; without it 45 for Nova and Claude 4 to 4.6, otherwise 120",
    ),
    defaulted("BEDROCK_PROMPT_CACHE", "on", "Cache prompts if the model supports cache points (Claude): on or off"),
    optional("BEDROCK_GUARDRAIL_ID", "Id or ARN of the guardrail that checks each request and each answer"),
    optional("BEDROCK_GUARDRAIL_VERSION", "Version of that guardrail: a number or DRAFT (needed with it)"),
    defaulted("BEDROCK_SHOW_REASONING", "off", "Let people unfold the model's reasoning: on or off"),
    defaulted("SESSIONS_TABLE", "bedrock-sessions", "DynamoDB table of sessions"),
    defaulted("COUNTERSIGN_TABLE", "countersign", "DynamoDB table of conversations, leases and the ledger"),
    optional("DYNAMODB_ENDPOINT_URL", "Endpoint to use instead of the region's own"),
    required("SESSION_KEY_SECRET_ID", "Secret in Secrets Manager with the keys that seal sessions"),
    optional(
        "CONVERSATION_KEY_SECRET_ID",
        "Secret in Secrets Manager with the keys that seal conversations (SESSION_KEY_SECRET_ID's, if not set)",
    ),
    optional(
        "VAULT_KEY_SECRET_ID",
        "Secret in Secrets Manager with the keys that wrap people's tokens (SESSION_KEY_SECRET_ID's, if not set)",
    ),
    required("LEDGER_KEY_SECRET_ID", "Secret in Secrets Manager with the keys that sign the ledger"),
    optional("SECRETS_MANAGER_ENDPOINT_URL", "Endpoint to use instead of the region's own"),
    optional(
        "STS_ENDPOINT_URL",
        "Address that answers the presigned requests of callers from AWS, instead of the host that they name",
    ),
    defaulted("LEPTOS_SITE_ROOT", "target/site", "Directory of the style sheet, script and WebAssembly"),
    defaulted(
        "STYLEGUIDE",
        "false",
        "Serve /styleguide to signed-in people, a page with every component in every state, for demos and tests: true or false",
    ),
    defaulted("LOG_FORMAT", "text", "Format of log lines: text or json"),
    defaulted("LOG_LEVEL", "info", "Filter for log lines, as tracing directives"),
];

/// Variables of earlier versions and their present names. The server does not start with an old name, because it would
/// silently use the default.
pub(super) const RENAMED: &[(&str, &str)] = &[("BEDROCK_SHOW_THINKING", "BEDROCK_SHOW_REASONING")];

/// Most letters by which a misspelled name differs from a variable's.
const MOST_WRONG_LETTERS: usize = 2;

/// Returns the variable that `name` misspells; `None` if it is a variable itself or resembles none.
pub(super) fn misspelled(name: &str) -> Option<&'static str> {
    let names = || VARIABLES.iter().map(|variable| variable.name);
    if names().any(|known| known == name) {
        return None;
    }
    let near = names().map(|known| (strsim::damerau_levenshtein(known, name), known));
    near.min().filter(|(letters, _)| *letters <= MOST_WRONG_LETTERS).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_variable_is_recognised() {
        for (name, expected) in [
            ("OIDC_CLIENTID", Some("OIDC_CLIENT_ID")),
            ("OIDC_CLIENT_DI", Some("OIDC_CLIENT_ID")),
            ("OIDC_CLIENT_ID", None),
            ("HOME", None),
            ("OKTA_DOMAIN", None),
        ] {
            assert_eq!(misspelled(name), expected, "{name}");
        }
    }

    #[test]
    fn a_renamed_variable_has_a_present_name_and_no_meaning_of_its_own() {
        let is_known = |name: &str| VARIABLES.iter().any(|variable| variable.name == name);
        for (old, new) in RENAMED {
            assert!(!is_known(old) && is_known(new), "{old} {new}");
        }
    }
}
