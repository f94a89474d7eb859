use crate::{http::cookies::session_name, settings::Origin};

/// What the document says of the site that serves it.
#[derive(Debug, Clone)]
pub(crate) struct ApiSite {
    /// Origin of the service, as clients reach it.
    pub(super) url: String,
    /// Name of the session cookie.
    pub(super) session_cookie: &'static str,
}

impl ApiSite {
    /// The site at `origin`.
    pub(crate) fn at(origin: &Origin) -> Self {
        Self { url: origin.to_string(), session_cookie: session_name(origin.is_https()) }
    }
}
