use actix_web::http::StatusCode;

use crate::http::errno::Errno;

/// What is fixed about one kind of problem.
pub(in crate::http) struct Row {
    pub(in crate::http) status: StatusCode,
    /// Member `code`: stable, for programs.
    pub(in crate::http) slug: &'static str,
    /// Member `errno`: the nearest code of the original API.
    pub(in crate::http) errno: Errno,
    /// Member `title`: one English sentence, for developers.
    pub(in crate::http) title: &'static str,
    /// Documentation: when it is answered, and what a client can do.
    #[cfg(test)]
    pub(in crate::http) when: &'static str,
}

/// Declares the kinds and their table in one place; `docs/problems.md` is checked against it.
macro_rules! codes {
    ($($name:ident: $status:ident $slug:literal $errno:ident, $title:literal, $when:literal;)+) => {
        /// Kind of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::http) enum Code {
            $(#[doc = $when] $name,)+
        }

        impl Code {
            #[cfg(test)]
            pub(in crate::http) const ALL: &[Self] = &[$(Self::$name),+];

            pub(in crate::http) const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        status: StatusCode::$status,
                        slug: $slug,
                        errno: Errno::$errno,
                        title: $title,
                        #[cfg(test)]
                        when: $when,
                    },)+
                }
            }
        }
    };
}

codes! {
    BodyInvalid: BAD_REQUEST "body-invalid" ParamErr,
        "The request body is invalid",
        "The body is not a JSON object of the documented form. `errors` lists the faulty members: `pointer` (JSON Pointer, empty for the whole body) and `code` (`missing`, `unknown`, `invalid`, `not-an-object`).";
    IdempotencyKeyInvalid: BAD_REQUEST "idempotency-key-invalid" ParamErr,
        "The idempotency key is invalid",
        "`Idempotency-Key` is not one string of 16 to 255 visible ASCII characters. Nothing was done.";
    NotSignedIn: UNAUTHORIZED "not-signed-in" SessionErr,
        "The request has no live session",
        "The session cookie is absent, or its session has ended. Sign in again.";
    CrossSite: FORBIDDEN "cross-site" ReqErr,
        "The request comes from another site",
        "A request with a session cookie and an unsafe method must show that a page of this service sent it: by `Origin`, by `Sec-Fetch-Site`, or by the CSRF token in `X-CSRFToken`.";
    NotFound: NOT_FOUND "not-found" ReqErr,
        "The resource does not exist",
        "The path is unknown, or the id in it was not issued here or has expired.";
    MethodNotAllowed: METHOD_NOT_ALLOWED "method-not-allowed" ReqErr,
        "The resource does not support this method",
        "The header `Allow` lists the methods that it supports.";
    BodyTimeout: REQUEST_TIMEOUT "body-timeout" ParamErr,
        "The request body did not arrive in time",
        "A body has to arrive within 10 seconds. Send the request again.";
    IdempotencyKeyInProgress: CONFLICT "idempotency-key-in-progress" ReqErr,
        "The call with this idempotency key is in progress",
        "The first call is being executed. Send the request again after `Retry-After`.";
    BodyTooLarge: PAYLOAD_TOO_LARGE "body-too-large" ParamErr,
        "The request body is too large",
        "A body has 16 KiB at most.";
    MediaTypeUnsupported: UNSUPPORTED_MEDIA_TYPE "media-type-unsupported" ParamErr,
        "The request body is not application/json",
        "Send the body as JSON, with `Content-Type: application/json`.";
    IdempotencyKeyReused: UNPROCESSABLE_ENTITY "idempotency-key-reused" ParamErr,
        "The idempotency key was used for another call",
        "A call with this key and another body was made within 24 hours. Use a new key for each call, and send repeats unchanged.";
    TooMany: TOO_MANY_REQUESTS "too-many" ReqErr,
        "Too many requests",
        "A limit is reached. `RateLimit-Policy` names it, `RateLimit` and `Retry-After` say after how many seconds the next request is accepted.";
    ServerError: INTERNAL_SERVER_ERROR "server-error" ServerErr,
        "Internal error",
        "A fault of the service, logged under the id in `X-Request-Id`.";
    Busy: SERVICE_UNAVAILABLE "busy" ReqErr,
        "The service is busy",
        "More work is queued than the service accepts. Nothing was done; send the request again after `Retry-After`.";
    Unavailable: SERVICE_UNAVAILABLE "unavailable" DbErr,
        "The service is unavailable",
        "A database or store does not respond. Send the request again later.";
}
