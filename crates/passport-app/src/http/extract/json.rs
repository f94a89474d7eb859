use std::time::Duration;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    dev::Payload,
    http::{StatusCode, header},
    web::BytesMut,
};
use futures::{StreamExt, future::LocalBoxFuture};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use tokio::time::timeout;

use crate::http::api::problem::{Code, Problem};

mod alternatives;
mod fields;
mod object;

pub(in crate::http) use alternatives::{absent, invalid, missing, required};
pub(in crate::http) use fields::FieldFault;
use object::NotTaken;

/// Largest body that is read; no request needs a tenth of it.
const MAX_BYTES: usize = 16 * 1024;
/// Bytes that are read and discarded beyond that, because most clients read no answer before they
/// have sent their body.
const MAX_DRAINED: usize = 4 * 1024 * 1024;
/// Time that a body may take, so that slow senders do not hold connections.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A JSON object: the body of a request as extractor, the body of an answer as responder.
///
/// A request needs the media type `application/json` and at most 16 KiB. Unknown members are refused
/// where `T` has `#[serde(deny_unknown_fields)]`. Answers are never cached.
#[derive(Debug)]
pub(in crate::http) struct Json<T>(pub(in crate::http) T);

/// Why a request body was refused. Each API translates it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::http) enum BodyError {
    #[error("content type is not application/json")]
    MediaType,
    #[error("body is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("body did not arrive in time")]
    TimedOut,
    #[error("connection broke before the body was complete")]
    Incomplete,
    #[error("body is not a JSON object")]
    NotAnObject,
    #[error(transparent)]
    Field(#[from] FieldFault),
}

impl<T: DeserializeOwned> FromRequest for Json<T> {
    type Error = BodyError;
    type Future = LocalBoxFuture<'static, Result<Self, BodyError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (is_json, payload) = (is_json(request), payload.take());
        Box::pin(async move {
            let body = read_body(payload).await?;
            if !is_json {
                return Err(BodyError::MediaType);
            }
            Ok(Self(fields::read(object::parse(&body)?)?))
        })
    }
}

impl From<NotTaken> for BodyError {
    fn from(refusal: NotTaken) -> Self {
        match refusal {
            NotTaken::NotAnObject => Self::NotAnObject,
            NotTaken::Duplicate(fault) => Self::Field(fault),
        }
    }
}

/// Reads a body of at most 16 KiB.
pub(in crate::http) async fn read_body(payload: Payload) -> Result<BytesMut, BodyError> {
    timeout(BODY_TIMEOUT, collect(payload)).await.map_err(|_| BodyError::TimedOut)?
}

async fn collect(mut payload: Payload) -> Result<BytesMut, BodyError> {
    let (mut body, mut length) = (BytesMut::new(), 0);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BodyError::Incomplete)?;
        length += chunk.len();
        if length <= MAX_BYTES {
            body.extend_from_slice(&chunk);
        } else if length > MAX_DRAINED {
            break;
        }
    }
    if length <= MAX_BYTES { Ok(body) } else { Err(BodyError::TooLarge) }
}

fn is_json(request: &HttpRequest) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::MediaType => Code::MediaTypeUnsupported.into(),
            BodyError::TooLarge => Code::BodyTooLarge.into(),
            BodyError::TimedOut => Code::BodyTimeout.into(),
            BodyError::Incomplete => Code::BodyInvalid.into(),
            BodyError::NotAnObject => Self::from(Code::BodyInvalid)
                .with("errors", json!([{ "pointer": "", "code": "not-an-object" }])),
            BodyError::Field(fault) => fault.into(),
        }
    }
}

impl From<FieldFault> for Problem {
    fn from(FieldFault { pointer, code }: FieldFault) -> Self {
        Self::from(Code::BodyInvalid)
            .with("errors", json!([{ "pointer": pointer, "code": code.as_str() }]))
    }
}

/// A handler of `/api/v1` needs no translation of its own.
impl ResponseError for BodyError {
    fn status_code(&self) -> StatusCode {
        Problem::from(self.clone()).status_code()
    }

    fn error_response(&self) -> HttpResponse {
        Problem::from(self.clone()).error_response()
    }
}

impl<T: Serialize> Responder for Json<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(self.0)
    }
}

#[cfg(test)]
mod tests;
