use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, http::header};
use tracing::{info, warn};

use super::csrf::{CrossSite, Origins};
use crate::http::rarely::Rarely;

/// Minimum time between two warnings about refused origins.
const BETWEEN_WARNINGS: Duration = Duration::from_mins(1);

/// Longest part of an origin that is logged. A host name has at most 253 characters.
const LONGEST_ORIGIN: usize = 280;

/// Limits the warnings about refused origins. Clones share the limit.
#[derive(Debug, Clone)]
pub(crate) struct OriginWarnings(Arc<Rarely>);

impl Default for OriginWarnings {
    fn default() -> Self {
        Self(Arc::new(Rarely::new(BETWEEN_WARNINGS)))
    }
}

impl OriginWarnings {
    /// Logs a refusal. If the origin is the reason, a warning names it and the allowed ones, because
    /// the cause is often `http.public_url`; at most one a minute, because any client can cause it.
    pub(in crate::http) fn record(
        &self,
        request: &HttpRequest,
        refusal: CrossSite,
        origins: &Origins,
    ) {
        info!(reason = %refusal, "cross-site request refused");
        match refusal {
            CrossSite::Origin => {}
            CrossSite::FetchSite | CrossSite::Token => return,
        }
        let Some(refused) = self.0.next() else { return };
        let origin = request.headers().get(header::ORIGIN).map(|it| shown(it.as_bytes()));
        let allowed = origins.as_slice().join(", ");
        warn!(
            origin,
            allowed,
            refused,
            "pages of this origin are refused: if it is the address of this service in browsers, set \
             http.public_url to it"
        );
    }
}

/// The beginning of an origin. Bytes that are not text are replaced.
fn shown(origin: &[u8]) -> String {
    String::from_utf8_lossy(&origin[..origin.len().min(LONGEST_ORIGIN)]).into_owned()
}
