//! The calls of `/api/v1` that concern accounts, over HTTP, by a browser and by an application.

mod confirmations;
mod consents;
mod deletion;
mod entering;
mod frozen;
mod numbers;
mod passwords;
mod policies;
mod sessions;

use crate::support::{ROOMY, Reply, Service};

/// Asserts the status and code of a problem, and the header fields that every problem has.
#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str) {
    let text = reply.text();
    assert_eq!(reply.status.as_u16(), status, "{text}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.json()["code"], code, "{text}");
    assert_eq!(reply.json()["type"], format!("/problems/{code}"));
    let scheme = if status == 401 { "Bearer realm=\"passport\"" } else { "" };
    assert_eq!(reply.header("www-authenticate"), scheme);
    assert_eq!(reply.headers.contains_key("retry-after"), status == 429, "{:?}", reply.headers);
}

/// Asserts that the call was done.
#[track_caller]
fn is_done(reply: &Reply, status: u16) {
    assert_eq!(reply.status.as_u16(), status, "{}", reply.text());
    assert_eq!(reply.header("cache-control"), "no-store");
}

/// A service without limits, and with `settings`.
async fn roomy(settings: &[(&str, &str)]) -> Service {
    Service::start(&[&ROOMY[..], settings].concat()).await
}
