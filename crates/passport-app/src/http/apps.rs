//! The applications of the settings, for handlers.

use std::{sync::Arc, time::Duration};

use tracing::warn;

use super::rarely::Rarely;
use crate::settings::{AppSettings, ReturnAddress};

/// The applications that use the service. Clones share the limit of warnings.
#[derive(Debug, Clone)]
pub(crate) struct Apps {
    apps: Vec<AppSettings>,
    warnings: Arc<Rarely>,
}

/// Parameter of pages with the address to which the person returns.
pub(in crate::http) const RETURN_TO: &str = "return_to";

/// Minimum time between two warnings about addresses that are not listed.
const BETWEEN_WARNINGS: Duration = Duration::from_mins(1);

/// Longest part of an address that is logged.
const LONGEST_LOGGED: usize = 280;

/// What the query of a page says of the return.
#[derive(Debug)]
pub(in crate::http) enum Return<'a> {
    /// Nothing.
    Unasked,
    /// No address that people may return to.
    Refused,
    /// To that address, which belongs to the application.
    To(&'a AppSettings, ReturnAddress),
}

impl Apps {
    pub(crate) fn new(apps: Vec<AppSettings>) -> Self {
        Self { apps, warnings: Arc::new(Rarely::new(BETWEEN_WARNINGS)) }
    }

    /// The address that `text` is, and its application, if people may return there.
    pub(in crate::http) fn return_address(
        &self,
        text: &str,
    ) -> Option<(&AppSettings, ReturnAddress)> {
        let address: ReturnAddress = text.parse().ok()?;
        let app = self.apps.iter().find(|app| app.accepts(&address))?;
        Some((app, address))
    }

    /// What the `query` of a page says of the return. The parameter counts only if it is there once,
    /// because different readers take different ones of several.
    pub(in crate::http) fn asked(&self, query: &str) -> Return<'_> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let mut values = pairs.filter(|(name, _)| name == RETURN_TO).map(|(_, value)| value);
        let Some(first) = values.next() else { return Return::Unasked };
        if values.next().is_none()
            && let Some((app, address)) = self.return_address(&first)
        {
            return Return::To(app, address);
        }
        self.warn(&first);
        Return::Refused
    }

    /// Tells the operator what to set, at most once a minute, because any visitor can cause it.
    fn warn(&self, text: &str) {
        let Some(refused) = self.warnings.next() else { return };
        if let Ok(address) = text.parse::<ReturnAddress>() {
            let origin = address.origin();
            warn!(
                %origin,
                refused,
                "people are not led back to this origin: if it is an application of yours, add the origin \
                 to apps.<name>.origins, and the address to apps.<name>.return_to if that is set"
            );
        } else {
            let return_to: String = text.chars().take(LONGEST_LOGGED).collect();
            warn!(
                ?return_to,
                refused,
                "return_to is no address: it must be given once, absolute, as browsers write it, and \
                 percent-encoded in the query"
            );
        }
    }
}

/// Path and query of the sign-in after which the person returns to `address`.
pub(in crate::http) fn sign_in_path(address: &ReturnAddress) -> String {
    format!("/sign-in?{}", return_query(address))
}

/// Path and query of the confirmation after which the person returns to `address`.
pub(in crate::http) fn confirmation_path(address: &ReturnAddress) -> String {
    format!("/account/confirm?{}", return_query(address))
}

/// The parameter that names `address`.
pub(in crate::http) fn return_query(address: &ReturnAddress) -> String {
    let address = form_urlencoded::byte_serialize(address.as_str().as_bytes());
    [RETURN_TO, "="].into_iter().chain(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn apps() -> Apps {
        let settings = Settings::from_pairs([("apps.shop.origins", "https://shop.example")]);
        Apps::new(settings.unwrap().apps)
    }

    #[test]
    fn an_address_survives_the_query() {
        let apps = apps();
        let text = "https://shop.example/a%26b?c=d&e=f+g%20h#/?return_to=//evil.example";
        let (app, address) = apps.return_address(text).unwrap();
        assert_eq!((app.name.as_str(), address.as_str()), ("shop", text));
        let path = sign_in_path(&address);
        let (before, query) = path.split_once('?').unwrap();
        assert_eq!(before, "/sign-in");
        for query in [query, &*format!("f=abcdefgh&{query}"), &*format!("{query}&lang=en")] {
            assert!(matches!(apps.asked(query), Return::To(_, it) if it == address), "{query}");
        }
        assert!(apps.return_address("https://evil.example/").is_none());
    }

    #[test]
    fn a_parameter_counts_only_if_it_is_there_once() {
        let apps = apps();
        assert!(matches!(
            apps.asked("f=abcdefgh&Return_To=https://shop.example/"),
            Return::Unasked
        ));
        let good = "return_to=https://shop.example/";
        assert!(matches!(apps.asked(good), Return::To(..)));
        for query in [
            "return_to=",
            "return_to",
            "return_to=https://evil.example/",
            &*format!("{good}&{good}"),
            &*format!("return_to=https://evil.example/&{good}"),
            &*format!("{good}&return%5Fto=https://evil.example/"),
            "return_to=https://shop.example/%FF",
        ] {
            assert!(matches!(apps.asked(query), Return::Refused), "{query}");
        }
    }
}
