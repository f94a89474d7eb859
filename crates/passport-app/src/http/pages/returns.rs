//! The end of a circle: an application that does not see the session sends the person to the sign-in, which
//! leads a person who is signed in back to the application.

use std::{sync::LazyLock, time::Duration};

use actix_web::HttpRequest;
use sha2::{Digest, Sha256};
use tracing::warn;

use crate::http::{cookies::Cookies, rarely::Rarely};

/// Returns to one address in a row, each a few seconds after the one before.
const MOST: u8 = 4;

/// Returns to one address in a row, as a cookie tells them. Its text may be foreign, and is never shown.
#[derive(Debug)]
pub(super) struct Returns {
    count: u8,
    address: String,
}

impl Returns {
    /// The returns to `address` before this request.
    pub(super) fn to(address: &str, request: &HttpRequest) -> Self {
        let address = hex::encode(&Sha256::digest(address)[..8]);
        let count = Cookies::returns(request)
            .and_then(|text| text.split_once('.'))
            .filter(|(_, of)| *of == address)
            .and_then(|(count, _)| count.parse().ok());
        Self { count: count.unwrap_or_default(), address }
    }

    /// Whether the application sends the person back each time.
    pub(super) fn are_circle(&self) -> bool {
        self.count >= MOST
    }

    /// The value of the cookie after one more return.
    pub(super) fn next(&self) -> String {
        format!("{}.{}", self.count.saturating_add(1), self.address)
    }
}

/// Tells the operator of a circle, at most once a minute.
pub(super) fn warn_of_circle(origin: &str) {
    static WARNINGS: LazyLock<Rarely> = LazyLock::new(|| Rarely::new(Duration::from_mins(1)));
    if let Some(seen) = WARNINGS.next() {
        warn!(
            origin,
            seen,
            "this application sends people to the sign-in who are signed in: it does not get the session \
             cookie, which only the host of the service gets unless cookie.domain is set, or does not \
             accept it"
        );
    }
}
