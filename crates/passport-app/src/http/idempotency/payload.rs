use actix_http::h1;
use actix_web::{dev::Payload, web::Bytes};

/// A payload of these bytes, for a handler behind the middleware that has read them.
pub(in crate::http) fn of(body: Bytes) -> Payload {
    let (_, mut payload) = h1::Payload::create(true);
    payload.unread_data(body);
    Payload::from(payload)
}
