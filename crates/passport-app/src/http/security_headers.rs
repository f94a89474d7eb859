use std::iter;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use crate::settings::Origin;

/// Files of this origin only, no inline scripts or styles, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; font-src 'self'; media-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

/// The same for a page whose forms are answered with a redirect to another origin, which Chromium allows
/// only if the policy names that origin.
pub(in crate::http) fn policy_with_forms<'a>(
    targets: impl IntoIterator<Item = &'a Origin>,
) -> HeaderValue {
    let sources = iter::once(OWN_FORMS.to_owned()).chain(targets.into_iter().map(source));
    let policy = POLICY.replace(OWN_FORMS, &sources.collect::<Vec<_>>().join(" "));
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static(POLICY))
}

const OWN_FORMS: &str = "form-action 'self'";

/// The origin as a policy names it. It has no form for an IPv6 address, so the scheme stands for that.
fn source(origin: &Origin) -> String {
    match (origin.host().starts_with('['), origin.is_https()) {
        (false, _) => origin.to_string(),
        (true, true) => "https:".to_owned(),
        (true, false) => "http:".to_owned(),
    }
}

const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Header fields of every response.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders(Vec<(HeaderName, HeaderValue)>);

impl SecurityHeaders {
    /// With `https`, browsers are told to use only `https` for this host from then on.
    pub(crate) fn new(https: bool) -> Self {
        let field =
            |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let mut headers: Vec<_> = ALWAYS.into_iter().map(field).collect();
        if https {
            headers.push(field(("strict-transport-security", "max-age=31536000")));
        }
        Self(headers)
    }

    /// The same as lines of a response's head.
    pub(crate) fn lines(&self) -> String {
        let line = |(name, value): &(HeaderName, HeaderValue)| {
            let value = value.to_str().expect("the headers are texts");
            format!("{name}: {value}\r\n")
        };
        self.0.iter().map(line).collect()
    }
}

/// Adds the header fields to each response.
pub(super) async fn add(
    headers: web::Data<SecurityHeaders>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    for (name, value) in &headers.0 {
        // A file that is a document by itself has a stricter policy of its own, and a page that leads to
        // an application has one that names it.
        if *name != CONTENT_SECURITY_POLICY || !response.headers().contains_key(name) {
            response.headers_mut().insert(name.clone(), value.clone());
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_may_lead_to_the_named_origins_only() {
        let origins: Vec<Origin> = ["https://shop.example:8443", "http://[::1]:3000"]
            .map(|text| text.parse().unwrap())
            .into();
        let policy = policy_with_forms(&origins);
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("; form-action 'self' https://shop.example:8443 http:; base-uri"));
        assert_eq!(policy_with_forms([]), POLICY);
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    }
}
