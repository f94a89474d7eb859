use actix_web::{
    Error, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use super::problem::{Code, Problem};
use crate::http::{
    cookies::Cookies,
    extract::{Carrier, Credential},
    guard::{
        csrf::{self, CrossSite, Origins},
        refusal_log::OriginWarnings,
    },
};

/// Refuses requests that another site's page may have sent with the session cookie of its visitor, and
/// those with two credentials.
///
/// Safe methods change nothing. A request without a session cookie has no authority to misuse, and a
/// bearer token is known to the page that sends it.
pub(super) async fn refuse_cross_site(
    cookies: web::Data<Cookies>,
    origins: web::Data<Origins>,
    warnings: web::Data<OriginWarnings>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let carrier = match Credential::of(request.request()) {
        Ok(credential) => credential.map(|it| it.carrier),
        Err(two) => return Ok(request.into_response(Problem::from(two).error_response())),
    };
    if carrier == Some(Carrier::Cookie) && !request.method().is_safe() {
        let tokens = cookies.csrf(request.request());
        if let Err(refusal) = csrf::require_own(request.request(), &tokens, &origins) {
            warnings.record(request.request(), refusal, &origins);
            let mut response = Problem::from(Code::CrossSite).error_response();
            origins.explain(refusal, &mut response);
            if refusal == CrossSite::Token {
                cookies.replace_csrf(&mut response, &cookies.sessions(request.request()));
            }
            return Ok(request.into_response(response));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
