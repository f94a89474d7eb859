//! The calls that end sessions.

use reqwest::Method;

use super::{
    call::Call,
    steps::{session_of, signed_in},
};
use crate::support::{PASSWORD, Person, Service};

/// `DELETE /api/v1/sessions/{id}` of the session itself: without a key the repeat is answered 401.
pub(super) async fn end_own_session(service: &Service) -> Call {
    let (person, _) = signed_in(service).await;
    let path = format!("/api/v1/sessions/{}", session_of(&person).await);
    Call::new(service, &person, Method::DELETE, &path).answered(204).recorded("session.ended")
}

/// `DELETE /api/v1/sessions/{id}`: without a key the repeat is answered 404.
pub(super) async fn end_another_session(service: &Service) -> Call {
    let (person, phone) = signed_in(service).await;
    let other = Person::new(service);
    other.sign_in(&phone, PASSWORD).await;
    let path = format!("/api/v1/sessions/{}", session_of(&other).await);
    Call::new(service, &person, Method::DELETE, &path).answered(204).recorded("session.ended")
}

/// `DELETE /api/v1/sessions`
pub(super) async fn end_other_sessions(service: &Service) -> Call {
    let (person, phone) = signed_in(service).await;
    Person::new(service).sign_in(&phone, PASSWORD).await;
    Call::new(service, &person, Method::DELETE, "/api/v1/sessions").recorded("sessions.ended")
}
