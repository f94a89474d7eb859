//! Extractor for axum. The state of the router is a [`Verifier`], or a struct from which one can be taken
//! by `FromRef`.

use axum_core::{
    body::Body,
    extract::{FromRef, FromRequestParts},
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
    request::Parts,
};

use crate::{Claims, Refusal, Verifier, bearer};

/// The verified access token of a request. Requests without a valid one are answered 401.
#[derive(Debug, Clone)]
pub struct AccessToken(pub Claims);

impl<S: Send + Sync> FromRequestParts<S> for AccessToken
where
    Verifier: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let headers = parts.headers.get_all(AUTHORIZATION).iter().map(HeaderValue::as_bytes);
        bearer::verify(&Verifier::from_ref(state), headers).await.map(Self)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let challenge = self.challenge.and_then(|it| HeaderValue::from_str(&it).ok());
        if let Some(challenge) = challenge {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
