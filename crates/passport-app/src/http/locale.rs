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

/// The first language of `Accept-Language` that messages are written in, or the default one.
pub(super) fn of(request: &HttpRequest) -> Locale {
    asked(request).unwrap_or_default()
}

/// The first language of `Accept-Language` that messages are written in, if there is one.
pub(super) fn asked(request: &HttpRequest) -> Option<Locale> {
    let fields = request.headers().get_all(header::ACCEPT_LANGUAGE);
    // Split as bytes: an unreadable language hides no other one.
    let mut languages = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    languages.find_map(|language| primary(str::from_utf8(language).ok()?.trim()))
}

/// The language of a tag (RFC 5646), if messages are written in it.
pub(super) fn of_tag(tag: &str) -> Option<Locale> {
    primary(tag)
}

/// Maps each variety of Chinese and English to the one that is supported.
fn primary(tag: &str) -> Option<Locale> {
    match tag.get(..2) {
        Some("zh") => Some(Locale::ZhHans),
        Some("en") => Some(Locale::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn w5_an_unreadable_language_hides_no_other_one() {
        let of = |fields: &[&[u8]]| {
            let request = fields.iter().fold(TestRequest::get(), |request, field| {
                request.append_header((header::ACCEPT_LANGUAGE, *field))
            });
            super::of(&request.to_http_request())
        };
        assert_eq!(of(&[]), Locale::ZhHans);
        assert_eq!(of(&[b"en-GB, zh;q=0.5"]), Locale::En);
        assert_eq!(of(&[b"fr, \xff\xfe, en"]), Locale::En);
        assert_eq!(of(&[b"en, x-\xb1"]), Locale::En);
        assert_eq!(of(&[b"fr", b"en"]), Locale::En);
        assert_eq!(of(&[b"\xff"]), Locale::ZhHans);
    }
}
