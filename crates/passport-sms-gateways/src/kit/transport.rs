//! HTTPS for gateways: one request, sent at most once, and certainty about whether any byte of it
//! was sent.
//!
//! A gateway holds its connection in hand instead of using a client with a pool, for two reasons:
//!
//! - A meter below TLS counts the bytes that the socket accepted. If the count
//!   has not changed since the request was handed over, nothing was sent, so the message certainly
//!   was not. The kind of an error alone does not tell.
//! - The call that uses a connection also polls it. After a time limit nothing writes in the
//!   background, so the count of the meter is final.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::Uri;
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderValue, USER_AGENT};
use hyper_util::client::legacy::connect::HttpConnector;
use passport_sms_client::{Cause, Outcome, Rejection, SettingsError, call_limit};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use crate::kit::check::is_made_of;
use crate::kit::transport::line::{Failure, Line};
use crate::kit::transport::pool::Pool;
use crate::settings::{Account, HttpsSettings};

pub use crate::kit::transport::answer::{Answer, after};

mod answer;
mod endpoint;
mod line;
mod meter;
mod pool;
mod tls;

/// A request whose URI is a path and query.
pub type Request = hyper::Request<Full<Bytes>>;

/// The value of a header that `Debug` does not show.
///
/// # Errors
///
/// The text cannot be the value of a header.
pub fn secret(value: &str) -> Result<HeaderValue, hyper::http::Error> {
    let mut value = HeaderValue::try_from(value)?;
    value.set_sensitive(true);
    Ok(value)
}

/// HTTPS client of one endpoint.
pub struct Transport {
    endpoint: Uri,
    host: HeaderValue,
    user_agent: HeaderValue,
    http: HttpConnector,
    tls: Arc<ClientConfig>,
    pool: Pool,
    connect_timeout: Duration,
    timeout: Duration,
}

impl Transport {
    /// The transport to `endpoint`. Nothing is connected before the first request.
    ///
    /// # Errors
    ///
    /// The endpoint is not `https://host` with an optional port, or the extra root is not a certificate.
    pub fn new(endpoint: &str, settings: &HttpsSettings) -> Result<Self, SettingsError> {
        Self::at(endpoint::parse(endpoint)?, settings)
    }

    /// The same, but `endpoint` may be `http`. Whether that is allowed is for the caller to decide.
    ///
    /// # Errors
    ///
    /// The endpoint is neither `https://host` nor `http://host`, or the settings cannot be used.
    pub fn with_plain_http(
        endpoint: &str,
        settings: &HttpsSettings,
    ) -> Result<Self, SettingsError> {
        Self::at(endpoint::parse_any(endpoint)?, settings)
    }

    fn at(
        (endpoint, host): (Uri, HeaderValue),
        settings: &HttpsSettings,
    ) -> Result<Self, SettingsError> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        // The addresses of a name share the time, so that a dead one leaves time for the next.
        http.set_connect_timeout(Some(settings.connect_timeout));
        Ok(Self {
            endpoint,
            host,
            user_agent: user_agent(settings)?,
            http,
            tls: tls::config(settings.extra_root_ca.as_deref())?,
            pool: Pool::default(),
            connect_timeout: settings.connect_timeout,
            timeout: settings.timeout,
        })
    }

    /// The transport to `endpoint` for an account without faults.
    ///
    /// # Errors
    ///
    /// The first fault of the account.
    pub fn of(account: &dyn Account, endpoint: &str) -> Result<Self, SettingsError> {
        match account.faults().first() {
            Some(fault) => Err(*fault),
            None => Self::new(endpoint, account.https()),
        }
    }

    /// The faults for which [`new`](Self::new) refuses an endpoint or settings.
    pub fn faults(
        endpoint: &str,
        settings: &HttpsSettings,
    ) -> impl Iterator<Item = SettingsError> + use<> {
        let tls = tls::config(settings.extra_root_ca.as_deref());
        let faults = [endpoint::parse(endpoint).err(), tls.err(), user_agent(settings).err()];
        faults.into_iter().flatten()
    }

    /// The `Host` of the requests, for gateways that sign it.
    pub fn host(&self) -> &str {
        // It was parsed from a URI, so it is ASCII.
        self.host.to_str().unwrap_or_default()
    }

    /// Sends `request` and returns the outcome that `read` finds in the answer.
    ///
    /// A request that could not be built is a [`Rejection`]. See [`exchange`](Self::exchange) for a
    /// request without an answer.
    pub async fn send(
        &self,
        request: Result<Request, hyper::http::Error>,
        read: impl FnOnce(&Answer) -> Outcome + Send,
    ) -> Outcome {
        let Ok(request) = request else {
            return Outcome::Rejected(Rejection::unwritable());
        };
        match self.exchange(request).await {
            Ok(answer) => read(&answer),
            Err(outcome) => outcome,
        }
    }

    /// Sends `request` and reads the answer.
    ///
    /// A complete response is an answer, whatever its status. The request ends at the limit of the call,
    /// if its caller set one, because a caller that drops it learns nothing.
    ///
    /// # Errors
    ///
    /// `NotSent`, if no byte of the request was sent; otherwise `Unknown`.
    pub async fn exchange(&self, mut request: Request) -> Result<Answer, Outcome> {
        let deadline = Deadline::after(self.timeout);
        self.introduce(&mut request);

        // A kept connection may have died. As long as it accepted no byte, the next one may be
        // used.
        while let Some(mut line) = self.pool.take() {
            if line.is_idle().await {
                match line.exchange(request.clone(), deadline).await {
                    Err(Failure::Unwritten(cause)) if !matches!(cause, Cause::TimedOutAfter(_)) => {
                    }
                    result => return self.conclude(line, result).await,
                }
            }
        }
        let mut line = self.open(deadline).await.map_err(Outcome::NotSent)?;
        let result = line.exchange(request, deadline).await;
        self.conclude(line, result).await
    }

    /// Adds `Host`, and a `User-Agent` to a request without one.
    fn introduce(&self, request: &mut Request) {
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        headers.entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
    }

    async fn open(&self, deadline: Deadline) -> Result<Line, Cause> {
        let limit = deadline.end.min(Instant::now() + self.connect_timeout);
        timeout_at(limit, Line::open(self.http.clone(), self.tls.clone(), self.endpoint.clone()))
            .await
            .unwrap_or_else(|_elapsed| Err(deadline.cause()))
    }

    async fn conclude(
        &self,
        mut line: Line,
        result: Result<Answer, Failure>,
    ) -> Result<Answer, Outcome> {
        match result {
            Ok(answer) => {
                if line.is_idle().await {
                    self.pool.put(line);
                }
                Ok(answer)
            }
            Err(Failure::Unwritten(cause)) => Err(Outcome::NotSent(cause)),
            Err(Failure::Written(cause)) => Err(Outcome::Unknown(cause)),
        }
    }
}

/// Time limit of one request.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    start: Instant,
    end: Instant,
}

impl Deadline {
    /// The end of the timeout, or the limit that the caller set for the call if that is earlier.
    fn after(timeout: Duration) -> Self {
        let start = Instant::now();
        let own = start + timeout;
        Self { start, end: call_limit().map_or(own, |limit| limit.min(own)) }
    }

    /// The cause of a failure when a limit has passed.
    fn cause(self) -> Cause {
        Cause::TimedOutAfter(self.start.elapsed())
    }
}

fn user_agent(settings: &HttpsSettings) -> Result<HeaderValue, SettingsError> {
    let refused = SettingsError::new("user_agent", "visible ASCII characters and spaces");
    let is_visible = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if !is_made_of(settings.user_agent.trim(), is_visible) {
        return Err(refused);
    }
    HeaderValue::try_from(settings.user_agent.trim()).map_err(|_| refused)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("endpoint", &self.endpoint)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(settings: &HttpsSettings, request: Request) -> String {
        let mut request = request;
        Transport::new("https://a.example", settings).unwrap().introduce(&mut request);
        request.headers()[USER_AGENT].to_str().unwrap().to_owned()
    }

    #[test]
    fn s10_every_request_names_its_user_agent() {
        let request = || Request::new(Full::from(""));
        let mut settings = HttpsSettings::default();
        let default = concat!("passport-sms/", env!("CARGO_PKG_VERSION"));
        assert_eq!(agent(&settings, request()), default);
        settings.user_agent = " shop/2.1 (+https://shop.example) ".to_owned();
        assert_eq!(agent(&settings, request()), "shop/2.1 (+https://shop.example)");
        let own = hyper::Request::get("/").header(USER_AGENT, "own").body(Full::from("")).unwrap();
        assert_eq!(agent(&settings, own), "own");
    }

    #[test]
    fn s10_a_user_agent_cannot_add_a_header() {
        for user_agent in ["", " ", "a\r\nauthorization: b", "a\tb", "é", "a\0"] {
            let settings =
                HttpsSettings { user_agent: user_agent.to_owned(), ..HttpsSettings::default() };
            let faults: Vec<_> = Transport::faults("https://a.example", &settings).collect();
            assert_eq!(faults.len(), 1, "{user_agent:?}");
            assert_eq!(faults[0].setting, "user_agent");
            assert!(Transport::new("https://a.example", &settings).is_err());
        }
    }
}
