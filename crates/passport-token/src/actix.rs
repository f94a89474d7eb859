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

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use actix_web::{
        App,
        test::{TestRequest, call_service, init_service, read_body},
        web,
    };
    use async_trait::async_trait;

    use super::*;
    use crate::{Algorithm, FetchError, FetchKeys, FetchedKeys, JwkSet, SigningKey};

    const NOW: u64 = 1_796_000_000;

    #[derive(Debug)]
    struct Keys(JwkSet);

    #[async_trait]
    impl FetchKeys for Keys {
        async fn fetch(&self) -> Result<FetchedKeys, FetchError> {
            let json = serde_json::to_vec(&self.0).map_err(FetchError::new)?;
            Ok(FetchedKeys { json, max_age: None })
        }
    }

    fn signed(key: &SigningKey, audience: &str) -> String {
        let token = key.sign(&Claims {
            issuer: "https://passport.example".to_owned(),
            subject: "ada".to_owned(),
            audience: audience.to_owned(),
            client: audience.to_owned(),
            issued_at: NOW,
            expires_at: NOW + 600,
            id: "j".to_owned(),
            session: "s".to_owned(),
            authenticated_at: NOW,
            methods: Vec::new(),
            phone_number: None,
        });
        token.unwrap()
    }

    #[actix_web::test]
    async fn a_handler_gets_verified_tokens_only() {
        let document = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let key = SigningKey::from_pkcs8(Algorithm::EdDsa, &document).unwrap();
        let keys = Keys(JwkSet { keys: vec![key.public().to_jwk(key.id())] });
        let verifier = Verifier::builder("https://passport.example", "shop")
            .keys(keys)
            .clock(|| UNIX_EPOCH + Duration::from_secs(NOW))
            .build()
            .unwrap();
        let orders = async |AccessToken(claims): AccessToken| claims.subject;
        let app = App::new().app_data(Data::new(verifier)).route("/", web::get().to(orders));
        let app = init_service(app).await;
        let ask = async |token: Option<String>| {
            let request = TestRequest::get();
            let request = match token {
                Some(token) => request.insert_header((AUTHORIZATION, format!("Bearer {token}"))),
                None => request,
            };
            let response = call_service(&app, request.to_request()).await;
            let challenge = response.headers().get(WWW_AUTHENTICATE).cloned();
            (response.status().as_u16(), challenge, read_body(response).await)
        };
        let (status, _, body) = ask(Some(signed(&key, "shop"))).await;
        assert_eq!((status, &*body), (200, &b"ada"[..]));
        let (status, challenge, _) = ask(Some(signed(&key, "bank"))).await;
        assert_eq!(status, 401);
        assert!(challenge.unwrap().to_str().unwrap().contains("invalid_token"));
        let (status, challenge, _) = ask(None).await;
        assert_eq!((status, challenge.unwrap().to_str().unwrap()), (401, "Bearer"));
        let bare = init_service(App::new().route("/", web::get().to(orders))).await;
        let response = call_service(&bare, TestRequest::get().to_request()).await;
        assert_eq!(response.status().as_u16(), 500, "there is no verifier");
    }
}
