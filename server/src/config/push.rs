//! Web Push: notifications in people's browsers.

use super::env::Reader;
use secrecy::SecretString;
use web_push::{Contact, PushServices, VapidKey};

const KEY: &str = "PUSH_KEY_FILE";
const CONTACT: &str = "PUSH_CONTACT";
const SERVICES: &str = "PUSH_SERVICES";

/// The settings of Web Push.
#[derive(Debug, Clone)]
pub struct Push {
    /// The private key that identifies this server, in PEM form. It is valid.
    pub key: SecretString,
    /// The address at which push services reach the operator.
    pub contact: Contact,
    /// The push services that are accepted.
    pub services: PushServices,
    /// The environment variable that names a proxy, if one is set. The proxy is not used for push services.
    pub unused_proxy: Option<&'static str>,
}

impl Push {
    /// Reads the settings; `None` without a key.
    pub(super) fn read(r: &mut Reader<'_>) -> Option<Self> {
        let services = PushServices::parse(&r.text(SERVICES));
        let services = services.map_err(|error| r.wrong(SERVICES, &error.to_string()));
        let key = std::fs::read_to_string(r.optional(KEY)?).map(SecretString::from);
        let key = key.map_err(|error| r.wrong(KEY, &format!("cannot be read: {error}"))).ok()?;
        if let Err(error) = VapidKey::from_pem(&key) {
            r.wrong(KEY, &error.to_string());
        }
        let contact = r.optional(CONTACT).and_then(|text| Contact::parse(&text));
        if contact.is_none() {
            r.wrong(CONTACT, "must be an address of yours, mailto:… or https://… (needed with PUSH_KEY_FILE)");
        }
        Some(Self { key, contact: contact?, services: services.ok()?, unused_proxy: r.proxy() })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::with;
    use secrecy::ExposeSecret;

    #[test]
    fn the_known_push_services_are_accepted_by_default() {
        let variable = crate::config::VARIABLES.iter().find(|variable| variable.name == super::SERVICES);
        assert_eq!(variable.and_then(|variable| variable.default), Some(web_push::PushServices::KNOWN));
    }

    #[test]
    fn a_machine_proxy_is_reported_if_notifications_are_configured() {
        let path = std::env::temp_dir().join(format!("countersign-push-proxy-{}.pem", std::process::id()));
        let key = web_push::VapidKey::generate().map(|key| key.expose_secret().to_owned()).unwrap_or_default();
        assert!(std::fs::write(&path, key).is_ok());
        let file = path.display().to_string();
        let own = [("PUSH_KEY_FILE", &*file), ("PUSH_CONTACT", "mailto:it@acme.example")];
        let proxy = [("https_proxy", "http://p")];
        for (variables, expected) in [
            (own.to_vec(), Some(None)),
            ([&own[..], &proxy].concat(), Some(Some("https_proxy"))),
            (proxy.to_vec(), None),
        ] {
            let read = with(&variables).ok().map(|config| config.push.map(|push| push.unused_proxy));
            assert_eq!(read, Some(expected), "{variables:?}");
        }
        let _ = std::fs::remove_file(&path);
    }

    #[test]
    fn mistakes_in_the_settings_of_web_push_stop_the_start() {
        let path = std::env::temp_dir().join(format!("countersign-push-{}.pem", std::process::id()));
        let key = web_push::VapidKey::generate().map(|key| key.expose_secret().to_owned()).unwrap_or_default();
        let file = path.display().to_string();
        let contact = ("PUSH_CONTACT", "mailto:it@acme.example");
        for (text, variables, expected) in [
            (&*key, vec![("PUSH_KEY_FILE", &*file), contact], None),
            (&key, vec![contact], None),
            (&key, vec![("PUSH_KEY_FILE", &file)], Some("PUSH_CONTACT")),
            (&key, vec![("PUSH_KEY_FILE", &file), ("PUSH_CONTACT", "it@acme.example")], Some("PUSH_CONTACT")),
            ("no key", vec![("PUSH_KEY_FILE", &file), contact], Some("PUSH_KEY_FILE")),
            (&key, vec![("PUSH_KEY_FILE", "/nowhere"), contact], Some("PUSH_KEY_FILE")),
            (&key, vec![("PUSH_SERVICES", "http://10.0.0.1/")], Some("PUSH_SERVICES")),
        ] {
            assert!(std::fs::write(&path, text).is_ok());
            let read = with(&variables);
            let wrong = read.err().map(|errors| errors.iter().map(|it| it.variable).collect::<Vec<_>>());
            assert_eq!(wrong, expected.map(|name| vec![name]), "{variables:?}");
        }
        let _ = std::fs::remove_file(&path);
    }
}
