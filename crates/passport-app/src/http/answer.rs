use std::{borrow::Cow, fmt};

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{StatusCode, header},
};
use serde::Serialize;

/// The codes of the original that are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errno {
    Ok,
    DbErr,
    NoData,
    DataExist,
    DataErr,
    ParamErr,
    ReqErr,
    ThirdErr,
    ServerErr,
}

impl Errno {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Ok => "0",
            Self::DbErr => "4001",
            Self::NoData => "4002",
            Self::DataExist => "4003",
            Self::DataErr => "4004",
            Self::ParamErr => "4103",
            Self::ReqErr => "4201",
            Self::ThirdErr => "4301",
            Self::ServerErr => "4500",
        }
    }
}

/// What the original's API answers: always HTTP 200, because its page has no error handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    errno: Errno,
    errmsg: Cow<'static, str>,
}

impl Answer {
    pub(super) fn new(errno: Errno, errmsg: impl Into<Cow<'static, str>>) -> Self {
        Self { errno, errmsg: errmsg.into() }
    }

    pub(super) fn ok(errmsg: &'static str) -> Self {
        Self::new(Errno::Ok, errmsg)
    }

    /// A field is missing, empty or no text.
    pub(super) fn fields_missing() -> Self {
        Self::new(Errno::ParamErr, "参数不全")
    }

    /// Not a number that we serve.
    pub(super) fn bad_phone() -> Self {
        Self::new(Errno::DataErr, "手机号格式不正确")
    }

    /// Something broke that no row of the contract names.
    pub(super) fn server_error() -> Self {
        Self::new(Errno::ServerErr, "服务器内部错误")
    }

    /// The request as such is refused.
    pub(super) fn refused() -> Self {
        Self::new(Errno::ReqErr, "非法请求")
    }

    pub(super) fn into_response(self) -> HttpResponse {
        #[derive(Serialize)]
        struct Body {
            errno: &'static str,
            errmsg: Cow<'static, str>,
        }
        let mut response = HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(Body { errno: self.errno.code(), errmsg: self.errmsg });
        // For the request's line in the log: the status says nothing.
        response.extensions_mut().insert(self.errno);
        response
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse<Self::Body> {
        self.into_response()
    }
}

/// So that a handler can leave early with `?`.
impl ResponseError for Answer {
    fn status_code(&self) -> StatusCode {
        StatusCode::OK
    }

    fn error_response(&self) -> HttpResponse {
        self.clone().into_response()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.errno.code())
    }
}
