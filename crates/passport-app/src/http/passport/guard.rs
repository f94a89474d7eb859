use actix_web::{
    Error, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};
use passport_auth::Authenticate;
use tracing::error;

use super::reply::LegacyReply;
use crate::http::{
    cookies::Cookies,
    guard::{
        csrf::{self, Authority, CrossSite, Origins},
        refusal_log::OriginWarnings,
    },
};

/// Paths whose acts do not depend on the session of the request. All others do.
const WITHOUT_SESSION: [&str; 3] = ["/passport/sms_code", "/passport/register", "/passport/login"];

/// Refuses `POST`s of other sites, gives each browser a CSRF token, and answers failures below in
/// JSON.
pub(super) async fn guard(
    cookies: web::Data<Cookies>,
    origins: web::Data<Origins>,
    warnings: web::Data<OriginWarnings>,
    authenticate: web::Data<Authenticate>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let has_token = cookies.csrf(request.request()).has_current();
    if request.method() == Method::POST
        && let Err(refusal) = check(request.request(), &cookies, &origins, &authenticate).await
    {
        warnings.record(request.request(), refusal, &origins);
        let sessions = cookies.sessions(request.request());
        let mut response = LegacyReply::refused().into_response();
        origins.explain(refusal, &mut response);
        if refusal == CrossSite::Token {
            cookies.replace_csrf(&mut response, &sessions);
        } else if !has_token {
            cookies.renew_csrf(&mut response, &sessions);
        }
        return Ok(request.into_response(response));
    }
    let response = next.call(request).await.map_err(|error| {
        error!(%error, "request failed");
        Error::from(LegacyReply::server_error())
    })?;
    let mut response = response.map_into_boxed_body();
    if !has_token && !cookies.has_csrf(response.response()) {
        let sessions = cookies.sessions(response.request());
        cookies.renew_csrf(response.response_mut(), &sessions);
    }
    Ok(response)
}

/// Whether the request may do what its path does.
///
/// A token for other session cookies, such as that from before the sign-in, is enough where no session
/// is at stake: on the paths that use none, and where the session has ended.
async fn check(
    request: &HttpRequest,
    cookies: &Cookies,
    origins: &Origins,
    authenticate: &Authenticate,
) -> Result<(), CrossSite> {
    match csrf::refuse_foreign(request, &cookies.csrf(request), origins)? {
        Authority::Session => return Ok(()),
        Authority::Visitor if WITHOUT_SESSION.contains(&request.path()) => return Ok(()),
        Authority::Visitor => {}
    }
    for token in cookies.sessions(request) {
        match authenticate.authenticate(&token).await {
            Ok(None) => {}
            Ok(Some(_)) => return Err(CrossSite::Token),
            Err(error) => {
                error!(error = &error as &dyn std::error::Error, "session lookup failed");
                return Err(CrossSite::Token);
            }
        }
    }
    Ok(())
}
