use std::{borrow::Cow, fmt};

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{StatusCode, header},
};
use serde::Serialize;

use crate::http::{errno::Errno, extract::BodyError};

/// Answer of the original's API: HTTP 200 also for refusals, because its page has no error handler.
///
/// The texts are part of the frozen interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LegacyReply {
    errno: Errno,
    errmsg: Cow<'static, str>,
    /// Whole seconds, in the header field `Retry-After`. Clients of the original ignore it.
    retry_after: Option<u64>,
}

impl LegacyReply {
    pub(super) fn new(errno: Errno, errmsg: impl Into<Cow<'static, str>>) -> Self {
        Self { errno, errmsg: errmsg.into(), retry_after: None }
    }

    pub(super) fn with_retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    pub(super) fn ok(errmsg: &'static str) -> Self {
        Self::new(Errno::Ok, errmsg)
    }

    /// A field is missing, empty or not a string, or the body is no JSON object at all.
    pub(super) fn fields_missing() -> Self {
        Self::new(Errno::ParamErr, "参数不全")
    }

    /// The number is not valid, or its country is not served.
    pub(super) fn bad_phone() -> Self {
        Self::new(Errno::DataErr, "手机号格式不正确")
    }

    /// A failure that the contract does not name.
    pub(super) fn server_error() -> Self {
        Self::new(Errno::ServerErr, "服务器内部错误")
    }

    /// The path, the method or the origin of the request is refused.
    pub(super) fn refused() -> Self {
        Self::new(Errno::ReqErr, "非法请求")
    }

    pub(super) fn into_response(self) -> HttpResponse {
        #[derive(Serialize)]
        struct Body {
            errno: &'static str,
            errmsg: Cow<'static, str>,
        }
        let mut builder = HttpResponse::Ok();
        builder.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after {
            builder.insert_header((header::RETRY_AFTER, seconds));
        }
        let mut response = builder.json(Body { errno: self.errno.as_str(), errmsg: self.errmsg });
        // For the request log, because the status is always 200.
        response.extensions_mut().insert(self.errno);
        response
    }
}

/// All faults of a body have one answer here; `/api/v1` tells them apart.
impl From<BodyError> for LegacyReply {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::MediaType
            | BodyError::TooLarge
            | BodyError::TimedOut
            | BodyError::Incomplete
            | BodyError::NotAnObject
            | BodyError::Field(_) => Self::fields_missing(),
        }
    }
}

impl Responder for LegacyReply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<Self::Body> {
        self.into_response()
    }
}

/// Lets a handler return a refusal with `?`.
impl ResponseError for LegacyReply {
    fn status_code(&self) -> StatusCode {
        StatusCode::OK
    }

    fn error_response(&self) -> HttpResponse {
        self.clone().into_response()
    }
}

impl fmt::Display for LegacyReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.errno.as_str())
    }
}
