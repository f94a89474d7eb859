use actix_web::{HttpRequest, http::header, web};
use passport_auth::Locale;

/// The language of a spoken challenge: that of the query parameter `lang` where challenges are spoken
/// in it, otherwise the one of [`of`].
pub(super) fn spoken(request: &HttpRequest) -> Locale {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
    let asked = pairs.iter().find(|(key, _)| key == "lang");
    asked.and_then(|(_, tag)| primary(tag)).unwrap_or_else(|| of(request))
}

/// The language tag for a header field.
pub(super) fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhHans => "zh-Hans",
        Locale::En => "en",
    }
}

/// The first language of `Accept-Language` that messages are written in.
pub(super) fn of(request: &HttpRequest) -> Locale {
    let languages = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
    languages
        .unwrap_or_default()
        .split(',')
        .find_map(|language| primary(language.trim()))
        .unwrap_or_default()
}

/// Maps each variety of Chinese and English to the one that is supported.
fn primary(tag: &str) -> Option<Locale> {
    match tag.get(..2) {
        Some("zh") => Some(Locale::ZhHans),
        Some("en") => Some(Locale::En),
        _ => None,
    }
}
