//! Addresses that lead to pages.

use actix_web::{HttpRequest, HttpResponse, web};

use super::context::see_other;
use crate::http::cookies::Cookies;

/// `GET /`. Whether the session is live is seen by the page of the account.
pub(super) async fn home(request: HttpRequest, cookies: web::Data<Cookies>) -> HttpResponse {
    see_other(if cookies.session(&request).is_some() { "/account" } else { "/sign-in" })
}

/// `GET /.well-known/change-password`, for password managers
/// (<https://www.w3.org/TR/change-password-url/>).
pub(super) async fn change_password() -> HttpResponse {
    see_other("/account/password")
}
