use actix_web::{HttpRequest, http::header, web};
use passport_auth::Locale;

/// RFC 5646 §4.4.1 has no longer tag.
const LONGEST_TAG: usize = 35;

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
    let fields = request.headers().get_all(header::ACCEPT_LANGUAGE);
    // Split as bytes: an unreadable language hides no other one.
    let mut languages = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    let first = languages.find_map(|language| primary(str::from_utf8(language).ok()?.trim()));
    first.unwrap_or_default()
}

/// The language of a tag (RFC 5646), if messages are written in it.
pub(super) fn of_tag(tag: &str) -> Option<Locale> {
    let mut parts = tag.split('-');
    let language = parts.next()?.to_ascii_lowercase();
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_tag = tag.len() <= LONGEST_TAG && parts.all(is_part);
    primary(&language).filter(|_| is_tag && language.len() == 2)
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
    fn a_tag_is_a_whole_one() {
        for (tag, locale) in [
            ("en", Locale::En),
            ("EN-gb", Locale::En),
            ("zh-Hans-CN", Locale::ZhHans),
            ("zh-cmn-Hans-CN-x-private-and-12345", Locale::ZhHans),
        ] {
            assert_eq!(of_tag(tag), Some(locale), "{tag}");
        }
        let long = format!("zh{}", "-abcdefgh".repeat(4));
        for tag in ["", "e", "enemy", "en-", "en--gb", "en_GB", "en-123456789", "fr", "é", &long] {
            assert_eq!(of_tag(tag), None, "{tag}");
        }
    }

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
