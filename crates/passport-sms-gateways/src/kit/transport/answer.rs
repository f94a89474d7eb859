use std::time::{Duration, SystemTime};

use hyper::HeaderMap;
use hyper::body::Bytes;
use hyper::header::RETRY_AFTER;
use passport_sms_client::{Cause, Outcome};
use time::OffsetDateTime;

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most 64 KiB.
    pub body: Bytes,
}

impl Answer {
    /// The value of the header, if it is present and ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The moment until which the gateway asks for a pause: `Retry-After`, in seconds from `now` or
    /// as an HTTP date.
    pub fn retry_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let text = self.header(RETRY_AFTER.as_str())?.trim();
        if let Ok(seconds) = text.parse() {
            return after(now, Duration::from_secs(seconds));
        }
        let moment: SystemTime = httpdate::parse_http_date(text).ok()?;
        Some(moment.into())
    }

    /// The outcome of HTTP 429: the gateway did not process the request.
    pub fn busy(&self, now: OffsetDateTime) -> Outcome {
        Outcome::NotSent(Cause::Busy { until: self.retry_after(now) })
    }

    /// Parses the body as JSON.
    ///
    /// # Errors
    ///
    /// `Unknown`, if the body is empty or does not have the form of `T`.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Outcome> {
        if self.body.is_empty() {
            return Err(Outcome::Unknown(Cause::Unreadable("it is empty")));
        }
        // The parser's error is dropped, because it can quote the answer.
        serde_json::from_slice(&self.body).map_err(|_| {
            Outcome::Unknown(Cause::Unreadable("it is not JSON of the documented form"))
        })
    }
}

/// The moment `wait` after `now`, if there is one.
pub fn after(now: OffsetDateTime, wait: Duration) -> Option<OffsetDateTime> {
    now.checked_add(wait.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn reads_the_requested_pause() {
        let now = datetime!(2026-11-22 09:43:30 UTC);
        for (text, until) in [
            ("7", Some(datetime!(2026-11-22 09:43:37 UTC))),
            (" 0 ", Some(now)),
            ("Sun, 22 Nov 2026 10:00:00 GMT", Some(datetime!(2026-11-22 10:00 UTC))),
            ("18446744073709551615", None),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            let headers = [(RETRY_AFTER, HeaderValue::from_static(text))].into_iter().collect();
            let answer = Answer { status: 429, headers, body: Bytes::new() };
            assert_eq!(answer.retry_after(now), until, "{text:?}");
        }
    }
}
