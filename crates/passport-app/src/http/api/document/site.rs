use crate::{
    http::cookies::session_name,
    settings::{Origin, Settings},
};

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
    pub(crate) fn at(settings: &Settings, origin: &Origin) -> Self {
        let is_shared = settings.cookie.domain.is_some();
        Self { url: origin.to_string(), session_cookie: session_name(origin.is_https(), is_shared) }
    }
}
