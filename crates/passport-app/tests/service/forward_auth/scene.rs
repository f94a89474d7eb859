//! A person, a proxy, the service behind it, and an application.

use std::net::SocketAddr;

use super::{
    app::{App, Seen},
    proxy::{Answer, Kind, Proxy},
};
use crate::support::{Account, Api, ROOMY, Service};

/// The host with passport, and with an application under `/app/`.
pub(super) const AUTH: &str = "auth.example.org";
/// The host of an application.
pub(super) const APP: &str = "app.example.org";

/// Fields that tell of a person.
pub(super) const TOLD: [&str; 4] =
    ["X-Passport-User", "X-Passport-Session", "X-Passport-Methods", "X-Passport-Authenticated-At"];

/// Settings as the examples ask for them.
pub(super) const SETTINGS: [(&str, &str); 3] = [
    ("http.public_url", "https://auth.example.org"),
    ("cookie.domain", "example.org"),
    ("apps.app.origins", "https://app.example.org,https://auth.example.org"),
];

/// A service with a signed-in person.
pub(super) struct Scene {
    pub(super) service: Service,
    pub(super) app: App,
    pub(super) account: Account,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let settings: Vec<_> = ROOMY.into_iter().chain(SETTINGS).collect();
        let service = Service::start(&settings).await;
        let account = Account::with_password(&Api::new(&service)).await;
        Self { service, app: App::start().await, account }
    }

    /// A proxy in front of the service.
    pub(super) async fn proxy(&self, kind: Kind) -> Proxy {
        Proxy::start(kind, self.nodes(), self.app.address()).await
    }

    pub(super) fn nodes(&self) -> [SocketAddr; 2] {
        [self.service.address(); 2]
    }

    /// The line with the cookie of the person.
    pub(super) fn cookie(&self) -> String {
        cookie(&self.account.token)
    }

    /// The only request that has reached the application, which knows the person, and nothing else.
    #[track_caller]
    pub(super) fn take_known(&self, kind: Kind, answer: &Answer) -> Seen {
        assert!(answer.is_of_app() && answer.status < 400, "{kind:?}: {answer:?}");
        let seen = self.app.take_one();
        assert_eq!(seen.told("X-Passport-User"), [self.account.id.as_str()], "{kind:?}: {seen:?}");
        for name in TOLD {
            assert_eq!(seen.told(name).len(), 1, "{kind:?}: {name}: {seen:?}");
        }
        for name in ["X-Passport-Nick", "X-Passport-Mobile", "X-Passport-Token", "X-Passport-Admin"]
        {
            assert_eq!(seen.told(name), [""; 0], "{kind:?}: {name}: {seen:?}");
        }
        seen
    }

    /// Asserts that the answer is a refusal, and that nothing has reached the application.
    #[track_caller]
    pub(super) fn refused(&self, kind: Kind, answer: &Answer, what: &str) {
        let is_refusal = answer.status >= 300 && !answer.is_of_app();
        assert!(is_refusal, "{kind:?}: {what}: {answer:?}");
        let seen = self.app.take();
        assert!(seen.is_empty(), "{kind:?}: {what} reaches the application: {seen:?}");
    }
}

/// The line with a session cookie.
pub(super) fn cookie(token: &str) -> String {
    format!("Cookie: other=1; __Secure-passport_session={token}\r\n")
}

/// A request without a body; `fields` are whole lines.
pub(super) fn request(method: &str, host: &str, target: &str, fields: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n")
}

pub(super) fn get(host: &str, target: &str, fields: &str) -> String {
    request("GET", host, target, fields)
}
