#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const CLIENT: &str = "client_id = \"app\"\nsecret_id = \"s\"\n";

#[test]
fn every_preset_is_complete_once_it_has_a_client() {
    let text = format!(
        "[github]\n{CLIENT}[google]\n{CLIENT}[slack]\n{CLIENT}[microsoft]\ntenant = \"t1\"\n{CLIENT}\
         [okta]\ndomain = \"acme.okta.com\"\n{CLIENT}"
    );
    let providers = parse(&text).unwrap();
    let rows: Vec<_> = (providers.iter())
        .map(|provider| (provider.id.as_str(), provider.name, provider.people().unwrap().token_url.as_str()))
        .collect();
    let expected = [
        ("github", "GitHub", "https://github.com/login/oauth/access_token"),
        ("google", "Google", "https://oauth2.googleapis.com/token"),
        ("microsoft", "Microsoft", "https://login.microsoftonline.com/t1/oauth2/v2.0/token"),
        ("okta", "Okta", "https://acme.okta.com/oauth2/v1/token"),
        ("slack", "Slack", "https://slack.com/api/oauth.v2.user.access"),
    ];
    assert_eq!(rows, expected);
    let github = providers[0].people().unwrap();
    let grant = Url::parse("https://api.github.com/applications/app/grant").unwrap();
    assert_eq!(github.revocation, Some(Revocation::GitHub(grant)));
    assert_eq!(
        (github.scopes.as_slice(), providers[0].secret_at()),
        (&["repo".to_owned()][..], &SecretAt::Manager("s".into()))
    );
}

#[test]
fn the_file_overrides_the_preset_and_other_kinds_need_fewer_settings() {
    let text = "[work]\npreset = \"github\"\nname = \"Our GitHub\"\nclient_id = \"app\"\nsecret_env = \"WORK_SECRET\"\n\
        scopes = []\nclient_auth = \"basic\"\ntoken_url = \"http://localhost:1/t\"\n\
        revoke_url = \"http://127.0.0.1:1/applications/{client_id}/grant\"\nissuer = \"https://ghe.example\"\n\
        force_authentication = true\n\
        [robot]\nkind = \"client_credentials\"\nclient_id = \"r\"\nsecret_id = \"s\"\ntoken_url = \"https://as.example/t\"\n\
        audience = \"api\"\nscopes = [\"read\"]\n\
        [weather]\nkind = \"api_key\"\nsecret_id = \"s\"\n";
    let providers = parse(text).unwrap();
    let [robot, weather, work] = &providers[..] else { panic!("{providers:?}") };
    let own = work.people().unwrap();
    assert_eq!(
        (work.name, own.client.auth, own.authentication),
        ("Our GitHub", Method::SecretBasic, Authentication::Forced)
    );
    assert_eq!((own.token_url.as_str(), own.scopes.len()), ("http://localhost:1/t", 0));
    assert!(matches!(&own.revocation, Some(Revocation::GitHub(url)) if url.path() == "/applications/app/grant"));
    assert_eq!((robot.scopes(), robot.name), (&["read".to_owned()][..], "robot"));
    assert!(matches!(weather.kind, Kind::ApiKey(_)));
    let with = weather.clone().with(secrecy::SecretString::from("hunter2"));
    assert!(!format!("{with:?}").contains("hunter2"));
}

#[test]
fn all_mistakes_are_reported_at_once_by_line_and_without_values() {
    let text = "[github]\nclient_secret = \"hunter2\"\nforce_authentication = \"hunter2\"\n\
        [Big]\nkind = \"hunter2\"\nclient_id = 5\nsecret_id = \"s\"\nsecret_env = \"S\"\n\
        [own]\nclient_id = \"x\"\nsecret_id = \"s\"\nauthorization_url = \"http://evil.example/\"\n\
        iss = \"required\"\nscopes = \"hunter2\"\n\
        [microsoft]\nclient_id = \"x\"\nsecret_id = \"s\"\n";
    let mistakes = parse(text).unwrap_err();
    let shown: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    let expected = [
        "line 1: github.client_id is missing",
        "line 1: github.secret_id is missing: the name of a secret in Secrets Manager, or else secret_env",
        "line 2: github.client_secret is not a known setting",
        "line 3: github.force_authentication must be true or false",
        "line 4: Big must be named by 1 to 40 lower-case letters, digits, - and _",
        "line 4: Big.authorization_url is missing",
        "line 4: Big.token_url is missing",
        "line 5: Big.kind must be one of: oauth, client_credentials, api_key",
        "line 6: Big.client_id must be a string",
        "line 8: Big.secret_env cannot be combined with secret_id",
        "line 9: own.token_url is missing",
        "line 12: own.authorization_url must begin with https:// (http:// is allowed only for localhost)",
        "line 13: own.iss is required, but no issuer is named",
        "line 14: own.scopes must be a list of strings",
        "line 15: microsoft.tenant is missing",
    ];
    assert_eq!(shown, expected);
    assert!(!shown.concat().contains("hunter2"));
    let broken = parse("[github]\nclient_id = \n").unwrap_err();
    assert_eq!((broken.len(), broken[0].line), (1, 2), "{broken:?}");
    assert_eq!(parse("github = 1").unwrap_err()[0].problem, "github must be a table: a provider");
}

#[test]
fn a_token_is_shown_only_to_the_server_that_issued_it() {
    let own = "authorization_url = \"https://ghe.example/a\"\ntoken_url = \"https://ghe.example/t\"\n";
    let rows = [
        (format!("[github]\n{CLIENT}"), Some("https://api.github.com/user")),
        (format!("[okta]\ndomain = \"acme.okta.com\"\n{CLIENT}"), Some("https://acme.okta.com/oauth2/v1/userinfo")),
        (format!("[github]\n{CLIENT}{own}"), None),
        (
            format!("[github]\n{CLIENT}{own}identity_url = \"https://ghe.example/user\"\n"),
            Some("https://ghe.example/user"),
        ),
        (format!("[own]\n{CLIENT}{own}"), None),
        (format!("[slack]\n{CLIENT}"), None),
    ];
    for (text, expected) in rows {
        let provider = parse(&text).unwrap().remove(0);
        let found = provider.people().unwrap().identity.as_ref().map(|own| own.url.as_str());
        assert_eq!(found, expected, "{text}");
    }
}
