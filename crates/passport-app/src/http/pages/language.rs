use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use passport_auth::Locale;
use passport_pages::Language;

use crate::http::{cookies::Cookies, locale};

/// The language of a page: the one that the visitor chose, otherwise the one that the browser asks for.
pub(super) fn of(request: &HttpRequest) -> Language {
    match locale::asked(request) {
        Some(Locale::ZhHans) => Language::ZhHans,
        Some(Locale::ZhHant) => Language::ZhHant,
        Some(Locale::En) | None => Language::En,
    }
}

/// The language of messages and sound that belongs to a page in `language`.
pub(super) fn locale(language: Language) -> Locale {
    match language {
        Language::En => Locale::En,
        Language::ZhHans => Locale::ZhHans,
        Language::ZhHant => Locale::ZhHant,
    }
}

/// Stores the language that the parameter `lang` of a page names, and redirects to the page without it.
pub(super) async fn choose(
    cookies: web::Data<Cookies>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let query = form_urlencoded::parse(request.query_string().as_bytes());
    let (chosen, rest): (Vec<_>, Vec<_>) = query.into_owned().partition(|(key, _)| key == "lang");
    let chosen = chosen.first().and_then(|(_, tag)| Language::with_tag(tag));
    let Some(chosen) = chosen.filter(|_| request.method().is_safe()) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let mut address = request.path().to_owned();
    if !rest.is_empty() {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        address = format!("{address}?{query}");
    }
    let response = HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .cookie(cookies.language_cookie(chosen.tag()))
        .finish();
    Ok(request.into_response(response))
}
