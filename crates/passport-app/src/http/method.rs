use actix_web::{Route, guard, web};

/// A route for `GET` and `HEAD`; actix sends the answer to `HEAD` without its body.
pub(in crate::http) fn get_or_head() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
