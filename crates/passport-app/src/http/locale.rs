//! The language of a request: of messages, of spoken challenges and of pages.

use actix_web::{HttpRequest, http::header, web};
use passport_auth::Locale;

use super::cookies::Cookies;

/// RFC 5646 §4.4.1 has no longer tag.
const LONGEST_TAG: usize = 35;

/// Most items of `Accept-Language` that are read. Browsers send fewer than ten.
const MOST_ITEMS: usize = 32;

/// The language of a spoken challenge: that of the query parameter `lang` where challenges are spoken
/// in it, otherwise the one of [`of`].
pub(super) fn spoken(request: &HttpRequest) -> Locale {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
    let asked = pairs.iter().find(|(key, _)| key == "lang");
    asked.and_then(|(_, tag)| of_tag(tag)).unwrap_or_else(|| of(request))
}

/// The language tag for a header field, an attribute or a cookie.
pub(super) fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhHans => "zh-Hans",
        Locale::ZhHant => "zh-Hant",
        Locale::En => "en",
    }
}

/// The language of a request: the one that was chosen in the pages (a cookie), otherwise that of
/// `Accept-Language`, otherwise simplified Chinese, as for clients of the original.
pub(super) fn of(request: &HttpRequest) -> Locale {
    asked(request).unwrap_or_default()
}

/// As [`of`]; `None` if the request asks for no language.
pub(super) fn asked(request: &HttpRequest) -> Option<Locale> {
    Cookies::language(request).and_then(of_tag).or_else(|| accepted(request))
}

/// The language with the highest weight in `Accept-Language` (RFC 9110 §12.5.4), and among equals the
/// first. English for readers who name only languages that the texts do not have.
fn accepted(request: &HttpRequest) -> Option<Locale> {
    let fields = request.headers().get_all(header::ACCEPT_LANGUAGE);
    // Split as bytes, because an unreadable language must hide no other one.
    let items = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    let items = items.take(MOST_ITEMS).filter_map(|item| weighted(str::from_utf8(item).ok()?));
    let mut best: Option<(u16, Locale)> = None;
    let mut is_foreign = false;
    for (tag, weight) in items.filter(|(_, weight)| *weight > 0) {
        match of_tag(tag) {
            Some(locale) if best.is_none_or(|(most, _)| weight > most) => {
                best = Some((weight, locale));
            }
            Some(_) => {}
            None => is_foreign |= tag != "*",
        }
    }
    best.map(|(_, locale)| locale).or_else(|| is_foreign.then_some(Locale::En))
}

/// The tag of an item, and its weight in thousandths. `None` for an item without the form of one.
fn weighted(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let tag = parts.next()?;
    let is_tag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if tag != "*"
        && !(tag.starts_with(|it: char| it.is_ascii_alphabetic()) && tag.bytes().all(is_tag))
    {
        return None;
    }
    match parts.next() {
        None => Some((tag, 1000)),
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            name.trim_end().eq_ignore_ascii_case("q").then_some(())?;
            Some((tag, thousandths(value.trim_start())?))
        }
    }
}

/// A weight: `0` to `1` with at most three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

fn is_subtag(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The language of a tag (RFC 5646), if there are texts in it. The script decides, and without one the
/// region: Taiwan, Hong Kong and Macau write traditional characters.
pub(super) fn of_tag(tag: &str) -> Option<Locale> {
    if tag.len() > LONGEST_TAG || !tag.split('-').all(is_subtag) {
        return None;
    }
    let mut subtags = tag.split('-');
    let primary = subtags.next()?;
    if primary.eq_ignore_ascii_case("en") {
        return Some(Locale::En);
    }
    if !primary.eq_ignore_ascii_case("zh") {
        return None;
    }
    let is =
        |subtag: &str, others: &[&str]| others.iter().any(|it| it.eq_ignore_ascii_case(subtag));
    let found = subtags.find_map(|subtag| {
        if is(subtag, &["hans"]) {
            Some(Locale::ZhHans)
        } else if is(subtag, &["hant", "tw", "hk", "mo"]) {
            Some(Locale::ZhHant)
        } else {
            None
        }
    });
    Some(found.unwrap_or(Locale::ZhHans))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request(fields: &[&[u8]]) -> HttpRequest {
        let request = fields.iter().fold(TestRequest::get(), |request, field| {
            request.append_header((header::ACCEPT_LANGUAGE, *field))
        });
        request.to_http_request()
    }

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
        let of = |fields: &[&[u8]]| super::of(&request(fields));
        assert_eq!(of(&[]), Locale::ZhHans);
        assert_eq!(of(&[b"en-GB, zh;q=0.5"]), Locale::En);
        assert_eq!(of(&[b"fr, \xff\xfe, en"]), Locale::En);
        assert_eq!(of(&[b"en, x-\xb1"]), Locale::En);
        assert_eq!(of(&[b"fr", b"en"]), Locale::En);
        assert_eq!(of(&[b"\xff"]), Locale::ZhHans);
    }

    #[test]
    fn p15_the_script_of_a_tag_decides_and_then_its_region() {
        use Locale::{En, ZhHans, ZhHant};
        for (tag, locale) in [
            ("zh", Some(ZhHans)),
            ("zh-CN", Some(ZhHans)),
            ("zh-SG", Some(ZhHans)),
            ("ZH-hans", Some(ZhHans)),
            ("zh-Hans-HK", Some(ZhHans)),
            ("zh-TW", Some(ZhHant)),
            ("zh-hk", Some(ZhHant)),
            ("zh-MO", Some(ZhHant)),
            ("zh-Hant", Some(ZhHant)),
            ("zh-Hant-CN", Some(ZhHant)),
            ("zh-yue-HK", Some(ZhHant)),
            ("en", Some(En)),
            ("EN-us", Some(En)),
            ("zha", None),
            ("english", None),
            ("fr", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(of_tag(tag), locale, "{tag}");
        }
        for locale in Locale::ALL {
            assert_eq!(of_tag(tag(locale)), Some(locale));
        }
    }

    #[test]
    fn p2_the_heaviest_language_counts_and_other_readers_get_english() {
        use Locale::{En, ZhHans, ZhHant};
        for (field, locale) in [
            ("zh-CN;q=0.2, en;q=0.9", Some(En)),
            ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", Some(ZhHant)),
            ("fr;q=0.9, zh-HK;q=0.1", Some(ZhHant)),
            ("zh-Hans;q=0.5, en;q=0.5", Some(ZhHans)),
            ("en;q=0, zh;q=0.001", Some(ZhHans)),
            ("en ; Q = 0.5 , zh-TW ; q=1.000", Some(ZhHant)),
            ("fr-FR,fr;q=0.9", Some(En)),
            ("fr, en;q=0", Some(En)),
            ("fr;q=0", None),
            ("*", None),
            ("*;q=0.5", None),
            ("", None),
            ("en;q=2", None),
            ("en;q=0.1234", None),
            ("en;q=-1", None),
            ("en;x=1", None),
            ("en_GB", None),
        ] {
            assert_eq!(asked(&request(&[field.as_bytes()])), locale, "{field}");
        }
        let many = format!("{}en", "zh;q=0.1,".repeat(MOST_ITEMS));
        assert_eq!(asked(&request(&[many.as_bytes()])), Some(ZhHans), "the rest is not read");
    }

    #[test]
    fn p2_the_language_that_was_chosen_in_the_pages_comes_first() {
        let with = |cookie: &str| {
            let request = TestRequest::get().insert_header((header::COOKIE, cookie));
            of(&request.insert_header((header::ACCEPT_LANGUAGE, "zh-CN")).to_http_request())
        };
        for (cookie, locale) in [
            ("passport_language=en", Locale::En),
            ("a=b; passport_language=zh-Hant", Locale::ZhHant),
            ("passport_language=fr", Locale::ZhHans),
            ("passport_language=", Locale::ZhHans),
        ] {
            assert_eq!(with(cookie), locale, "{cookie}");
        }
    }
}
