use super::{HttpSettings, reader::Reader};

/// The session cookie.
#[derive(Debug, Clone)]
pub struct CookieSettings {
    /// `cookie.domain`: the domain whose hosts all get the session cookie. Without it only the host of the
    /// service does.
    pub domain: Option<String>,
}

/// Labels below which registries of countries register names, as in `co.uk` and `com.cn`.
const REGISTRIES: [&str; 9] = ["ac", "co", "com", "edu", "gov", "idv", "mil", "net", "org"];

impl CookieSettings {
    pub(super) fn read(reader: &mut Reader, http: &HttpSettings) -> Self {
        const KEY: &str = "cookie.domain";
        let Some(domain) = reader.optional(KEY) else { return Self { domain: None } };
        if let Some(fault) = fault(&domain, http) {
            reader.fault_in(KEY, fault);
            return Self { domain: None };
        }
        reader.warn(
            KEY,
            format!(
                "so every host of {domain} gets the session cookie of its visitors, with which it can act \
                 as them, and can plant another one: set it only if you trust all of these hosts"
            ),
        );
        Self { domain: Some(domain) }
    }
}

/// Why browsers would not keep a cookie of `domain`, or send it to no other host.
fn fault(domain: &str, http: &HttpSettings) -> Option<String> {
    let is_of_label = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    let labels: Vec<&str> = domain.split('.').collect();
    let are_labels = labels.iter().all(|it| !it.is_empty() && it.bytes().all(is_of_label));
    // An address, or a part of one, ends with a number.
    let is_address = labels.last().is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()));
    if !are_labels || is_address {
        return Some(
            "but must be a domain in lower case without a dot at its ends, such as acme.example"
                .into(),
        );
    }
    let is_registry = matches!(&labels[..], [name, country]
        if country.len() == 2 && REGISTRIES.contains(name));
    if labels.len() < 2 || is_registry {
        return Some(
            "but browsers keep no cookies of a domain under which strangers register theirs: name your own"
                .into(),
        );
    }
    let Some(public_url) = &http.public_url else {
        return Some("but http.public_url is unset: set it to the address of the service".into());
    };
    let host = public_url.host();
    let is_below =
        host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    (!is_below).then(|| format!("but {host} of http.public_url is not a host of that domain"))
}

#[cfg(test)]
mod tests {
    use crate::settings::{Settings, SettingsError};

    fn read(url: &str, domain: &str) -> Result<Settings, SettingsError> {
        Settings::from_pairs([("http.public_url", url), ("cookie.domain", domain)])
    }

    #[test]
    fn app_4_the_domain_holds_the_service_and_is_said_aloud() {
        for (url, domain) in [
            ("https://id.acme.example", "acme.example"),
            ("https://acme.example", "acme.example"),
            ("https://a.b.acme.com.cn:8443", "acme.com.cn"),
            ("http://id.acme.test", "acme.test"),
        ] {
            let settings = read(url, domain).unwrap();
            assert_eq!(settings.cookie.domain.as_deref(), Some(domain));
            let said: Vec<_> = settings.warnings.iter().map(ToString::to_string).collect();
            let warning = said.iter().find(|it| it.starts_with("cookie.domain is")).unwrap();
            assert!(warning.contains(&format!("every host of {domain} gets the session cookie")));
        }
        let without = Settings::from_pairs([]).unwrap();
        assert_eq!(without.cookie.domain, None);
        assert!(without.warnings.iter().all(|it| !it.to_string().contains("cookie.domain")));
    }

    #[test]
    fn app_4_a_domain_whose_cookies_no_browser_keeps_is_refused() {
        let own = "https://id.acme.example";
        for (url, domain, says) in [
            (own, ".acme.example", "without a dot at its ends"),
            (own, "acme.example.", "without a dot at its ends"),
            (own, "Acme.example", "in lower case"),
            (own, "*.acme.example", "must be a domain"),
            (own, "https://acme.example", "must be a domain"),
            (own, "acme.example:443", "must be a domain"),
            (own, "acme.example; Secure", "must be a domain"),
            (own, "example", "strangers register"),
            ("http://localhost:8080", "localhost", "strangers register"),
            ("https://acme.co.uk", "co.uk", "strangers register"),
            ("https://acme.com.cn", "com.cn", "strangers register"),
            (own, "other.example", "is not a host of that domain"),
            (own, "me.example", "is not a host of that domain"),
            (own, "id.acme.example.example", "is not a host of that domain"),
            (own, "a.id.acme.example", "is not a host of that domain"),
            ("http://10.0.0.1", "10.0.0.1", "must be a domain"),
            ("http://10.0.0.1", "0.0.1", "must be a domain"),
        ] {
            let Err(SettingsError { faults, .. }) = read(url, domain) else {
                panic!("{domain} is taken for {url}")
            };
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            assert!(faults.len() == 1 && faults[0].contains(says), "{domain}: {faults:?}");
        }
        let Err(SettingsError { faults, .. }) =
            Settings::from_pairs([("cookie.domain", "acme.example")])
        else {
            panic!("it is taken without an address of the service")
        };
        assert!(faults[0].to_string().contains("http.public_url is unset"));
    }
}
