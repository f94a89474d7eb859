use std::{fmt, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use passport_auth::Denied;
use passport_throttle::Refusal;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::http::seconds::whole_seconds;

mod code;

pub(in crate::http) use code::Code;

/// Folder of the pages that explain each problem; the `type` of a problem is its page.
pub(in crate::http) const PAGES: &str = "/problems/";

/// Every 401 names a scheme (RFC 9110 §11.6.1). Browsers ask for no password with this one.
const AUTHENTICATE: &str = "Bearer realm=\"passport\"";

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A failure of `/api/v1`, answered as `application/problem+json` (RFC 9457).
///
/// The [`Code`] fixes status, title and documentation; header fields and extension members are added
/// where a failure has more to tell.
#[derive(Debug)]
pub(in crate::http) struct Problem {
    code: Code,
    fields: Vec<(HeaderName, HeaderValue)>,
    extensions: Map<String, Value>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, fields: Vec::new(), extensions: Map::new() }
    }
}

/// The cause of an outage is left out: it is for the log.
impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::TooMany(refusal) => Self::too_many(&refusal),
            Denied::TooSoon { retry_after } => Self::retry_after(Code::Wait, retry_after),
            Denied::Stopped => Code::Stopped.into(),
            Denied::Busy { retry_after } => Self::retry_after(Code::Busy, retry_after),
            Denied::Unavailable(_) => Code::Unavailable.into(),
        }
    }
}

impl Problem {
    /// 405, with the methods that the resource supports.
    pub(in crate::http) fn method_not_allowed(allowed: &str) -> Self {
        Self::from(Code::MethodNotAllowed).with_field(header::ALLOW, allowed)
    }

    /// 429: a limit is reached, and has room again after the refusal's `retry_after`.
    ///
    /// The header fields follow draft-ietf-httpapi-ratelimit-headers-10: quota `q` within `w` seconds,
    /// `r` requests left, the next one in `t` seconds.
    pub(in crate::http) fn too_many(refusal: &Refusal) -> Self {
        let Refusal { policy, quota, retry_after } = refusal;
        let (limit, window) = (quota.limit(), whole_seconds(quota.window()));
        let seconds = whole_seconds(*retry_after);
        Self::retry_after(Code::TooMany, *retry_after)
            .with_field(RATE_LIMIT_POLICY, &format!("\"{policy}\";q={limit};w={window}"))
            .with_field(RATE_LIMIT, &format!("\"{policy}\";r=0;t={seconds}"))
    }

    /// A failure after which a request is accepted again in `wait`.
    pub(in crate::http) fn retry_after(code: Code, wait: Duration) -> Self {
        Self::from(code).with_field(header::RETRY_AFTER, &whole_seconds(wait).to_string())
    }

    /// Adds an extension member. Members of the standard cannot be replaced.
    pub(in crate::http) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    fn with_field(mut self, name: HeaderName, value: &str) -> Self {
        let value =
            HeaderValue::from_str(value).expect("values are written here, in visible ASCII");
        self.fields.push((name, value));
        self
    }
}

/// The JSON of a problem.
#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    errno: &'static str,
    #[serde(flatten)]
    extensions: &'a Map<String, Value>,
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.row().status
    }

    fn error_response(&self) -> HttpResponse {
        let row = self.code.row();
        let body = Body {
            r#type: format!("{PAGES}{}", row.slug),
            title: row.title,
            status: row.status.as_u16(),
            code: row.slug,
            errno: row.errno.as_str(),
            extensions: &self.extensions,
        };
        let mut response = HttpResponse::build(row.status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if row.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, AUTHENTICATE));
        }
        for field in &self.fields {
            response.insert_header(field.clone());
        }
        let mut response = response
            .content_type("application/problem+json")
            .body(serde_json::to_string(&body).unwrap_or_default());
        // For the middleware that keeps responses.
        response.extensions_mut().insert(self.code);
        response
    }
}

impl Responder for Problem {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.row().slug)
    }
}

#[cfg(test)]
mod tests;
