//! Extractor for actix-web. Give the app a verifier: `App::new().app_data(web::Data::new(verifier))`.

use std::{fmt, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    dev::Payload,
    http::{
        StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE},
    },
    web::Data,
};

use crate::{Claims, Refusal, Verifier, bearer};

/// The verified access token of a request. Requests without a valid one are answered 401.
#[derive(Debug, Clone)]
pub struct AccessToken(pub Claims);

impl FromRequest for AccessToken {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(verifier) = request.app_data::<Data<Verifier>>() else {
                let detail = "the service has no verifier: .app_data(web::Data::new(verifier))";
                return Err(Refusal { status: 500, challenge: None, detail: detail.to_owned() });
            };
            let headers = request.headers().get_all(AUTHORIZATION).map(HeaderValue::as_bytes);
            bearer::verify(verifier, headers).await.map(Self)
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(challenge) = &self.challenge {
            response.insert_header((WWW_AUTHENTICATE, challenge.as_str()));
        }
        response.insert_header((CONTENT_TYPE, "application/problem+json")).body(self.body())
    }
}
