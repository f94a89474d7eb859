use actix_web::{HttpRequest, http::header};
use passport_auth::Locale;

/// The language that the browser asks for first, of those that messages are written in.
pub(super) fn of(request: &HttpRequest) -> Locale {
    let languages = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
    languages
        .unwrap_or_default()
        .split(',')
        .find_map(|language| match language.trim().get(..2) {
            Some("zh") => Some(Locale::ZhHans),
            Some("en") => Some(Locale::En),
            _ => None,
        })
        .unwrap_or_default()
}
