use super::reader::Reader;

/// `http.client_address_header`: header field in which trusted proxies name the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientAddressHeader {
    /// `X-Forwarded-For`, or if a request has none, `Forwarded` or else `X-Real-IP`.
    #[default]
    Auto,
    /// `X-Forwarded-For`
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
    /// `X-Real-IP`
    XRealIp,
}

impl ClientAddressHeader {
    const ALL: [Self; 4] = [Self::Auto, Self::XForwardedFor, Self::Forwarded, Self::XRealIp];

    /// The value as the settings write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
            Self::XRealIp => "x-real-ip",
        }
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        reader.read(
            "http.client_address_header",
            "auto",
            "auto, x-forwarded-for, forwarded or x-real-ip",
            |text| Self::ALL.into_iter().find(|header| header.as_str().eq_ignore_ascii_case(text)),
        )
    }
}
