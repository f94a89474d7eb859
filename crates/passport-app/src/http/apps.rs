//! The applications of the settings, for handlers.

use crate::settings::{AppSettings, Origin, ReturnAddress};

/// The applications that use the service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Apps(Vec<AppSettings>);

/// Parameter of pages with the address to which the person returns.
pub(in crate::http) const RETURN_TO: &str = "return_to";

impl Apps {
    pub(crate) fn new(apps: Vec<AppSettings>) -> Self {
        Self(apps)
    }

    /// The address that `text` is, and its application, if people may return there.
    pub(in crate::http) fn return_address(
        &self,
        text: &str,
    ) -> Option<(&AppSettings, ReturnAddress)> {
        let address: ReturnAddress = text.parse().ok()?;
        let app = self.0.iter().find(|app| app.accepts(&address))?;
        Some((app, address))
    }

    /// The origins of all applications.
    pub(in crate::http) fn origins(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter().flat_map(|app| &app.origins)
    }
}

/// Path and query of the sign-in after which the person returns to `address`.
pub(in crate::http) fn sign_in_path(address: &ReturnAddress) -> String {
    with_return("/sign-in", address)
}

/// `path`, which may have a query, with the address to which the person returns.
pub(in crate::http) fn with_return(path: &str, address: &ReturnAddress) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    let address = form_urlencoded::byte_serialize(address.as_str().as_bytes());
    [path, separator.encode_utf8(&mut [0; 4]), RETURN_TO, "="].into_iter().chain(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn an_address_survives_the_query() {
        let settings = Settings::from_pairs([("apps.shop.origins", "https://shop.example")]);
        let apps = Apps::new(settings.unwrap().apps);
        let text = "https://shop.example/a%26b?c=d&e=f+g%20h#/?return_to=//evil.example";
        let (app, address) = apps.return_address(text).unwrap();
        assert_eq!((app.name.as_str(), address.as_str()), ("shop", text));
        for path in [sign_in_path(&address), with_return("/sign-in?f=abcdefgh", &address)] {
            let (before, query) = path.split_once('?').unwrap();
            assert_eq!(before, "/sign-in");
            let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
            let returns = pairs.iter().filter(|(name, _)| name == RETURN_TO);
            assert!(returns.map(|(_, value)| value).eq([text]), "{path}");
        }
        assert!(apps.return_address("https://evil.example/").is_none());
    }
}
