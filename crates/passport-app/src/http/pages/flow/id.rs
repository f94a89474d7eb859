use std::fmt;

use actix_web::HttpRequest;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

const LENGTH: usize = 8;
/// Without characters that look alike; 32 of them.
const CHARACTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// Name of a flow, as the addresses of its pages carry it. It tells the flows of a browser apart; the
/// state is in a cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::http::pages) struct FlowId(String);

impl FlowId {
    pub(super) fn generate(rng: &mut impl Rng) -> Self {
        let mut character = || char::from(CHARACTERS[rng.random_range(0..CHARACTERS.len())]);
        Self((0..LENGTH).map(|_| character()).collect())
    }

    /// Whether `text` has the form of an id.
    pub(in crate::http::pages) fn is_valid(text: &str) -> bool {
        text.len() == LENGTH && text.bytes().all(|it| CHARACTERS.contains(&it))
    }

    /// The id in the query of a page.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let mut query = form_urlencoded::parse(request.query_string().as_bytes());
        query.find(|(key, _)| key == "f").map(|(_, value)| Self(value.into_owned()))
    }
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
