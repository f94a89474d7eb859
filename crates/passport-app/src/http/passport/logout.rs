use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::SignOut;

use super::unavailable;
use crate::http::{answer::Answer, cookies::Cookies};

/// `POST /passport/logout`
///
/// When the store is down the browser keeps its cookie, so that it can try again.
pub(super) async fn sign_out(
    request: HttpRequest,
    cookies: web::Data<Cookies>,
    sign_out: web::Data<SignOut>,
) -> Result<HttpResponse, Answer> {
    if let Some(token) = cookies.session(&request) {
        sign_out.sign_out(&token).await.map_err(|_| unavailable("退出登录失败"))?;
    }
    let mut response = Answer::ok("OK").into_response();
    response.add_cookie(&cookies.forget_session()).map_err(|_| Answer::server_error())?;
    Ok(response)
}
