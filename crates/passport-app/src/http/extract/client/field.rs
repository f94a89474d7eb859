use actix_web::{
    HttpRequest,
    http::header::{FORWARDED, HeaderName},
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// Header field in which proxies name the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    XForwardedFor,
    Forwarded,
    XRealIp,
}

impl Field {
    pub(super) const ALL: [Self; 3] = [Self::XForwardedFor, Self::Forwarded, Self::XRealIp];

    pub(super) fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => X_FORWARDED_FOR,
            Self::Forwarded => FORWARDED,
            Self::XRealIp => X_REAL_IP,
        }
    }

    /// The first of the fields that the request has.
    pub(super) fn present(request: &HttpRequest) -> Option<Self> {
        Self::ALL.into_iter().find(|field| request.headers().contains_key(field.name()))
    }
}
