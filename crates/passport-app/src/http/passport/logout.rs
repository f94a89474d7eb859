use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::SignOut;

use super::{refusals::unavailable, reply::LegacyReply};
use crate::http::{cookies::Cookies, extract::Caller};

/// `POST /passport/logout`
///
/// While the store does not respond the browser keeps its cookie, so that signing out can be retried. A
/// browser with two session cookies loses both sessions.
pub(super) async fn sign_out(
    request: HttpRequest,
    Caller(client): Caller,
    cookies: web::Data<Cookies>,
    sign_out: web::Data<SignOut>,
) -> Result<HttpResponse, LegacyReply> {
    for token in cookies.sessions(&request) {
        sign_out.sign_out(&token, &client).await.map_err(|_| unavailable("退出登录失败"))?;
    }
    let mut response = LegacyReply::ok("OK").into_response();
    cookies.end_session(&mut response);
    Ok(response)
}
