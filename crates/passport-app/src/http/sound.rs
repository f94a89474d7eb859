use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentRange, ContentRangeSpec, Header, Range},
};
use passport_auth::SpokenChallenge;

use super::locale;

/// Answers with the sound, or with the requested part: Safari plays only sounds that it can load in
/// parts.
///
/// A challenge has the same sound each time, so parts of several requests fit together.
pub(super) fn respond(request: &HttpRequest, spoken: SpokenChallenge) -> HttpResponse {
    let SpokenChallenge { sound, language } = spoken;
    let (part, length) = (part(request, sound.bytes.len()), sound.bytes.len() as u64);
    let mut response = match part {
        Some(_) => HttpResponse::PartialContent(),
        None => HttpResponse::Ok(),
    };
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_LANGUAGE, locale::tag(language)))
        .content_type(sound.media_type);
    let Some((first, last)) = part else { return response.body(sound.bytes) };
    let range = Some((first as u64, last as u64));
    response.insert_header(ContentRange(ContentRangeSpec::Bytes {
        range,
        instance_length: Some(length),
    }));
    response.body(sound.bytes[first..=last].to_vec())
}

/// The first and the last byte of the requested part. Every other `Range` is ignored, which RFC 9110
/// §14.2 allows; a status like 416 would not be understood by the original's page.
fn part(request: &HttpRequest, length: usize) -> Option<(usize, usize)> {
    let headers = request.headers();
    // A list is ignored, because the parser drops the elements that it cannot read. `If-Range` cannot
    // be evaluated, because sounds have no entity tag.
    let is_list = headers.get(header::RANGE)?.as_bytes().contains(&b',');
    if is_list || headers.contains_key(header::IF_RANGE) {
        return None;
    }
    let Ok(Range::Bytes(parts)) = Range::parse(request) else { return None };
    let [part] = parts.as_slice() else { return None };
    let (first, last) = part.to_satisfiable_range(length as u64)?;
    Some((first.try_into().ok()?, last.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use actix_web::{body::to_bytes, test::TestRequest};

    use passport_auth::{Locale, Sound};

    use super::*;

    async fn answer(headers: &[(&'static str, &'static str)]) -> (u16, Option<String>, Vec<u8>) {
        let request = headers.iter().fold(TestRequest::get(), |it, pair| it.insert_header(*pair));
        let sound = Sound { media_type: "audio/wav", bytes: b"0123456789".to_vec() };
        let response =
            respond(&request.to_http_request(), SpokenChallenge { sound, language: Locale::En });
        let range = response.headers().get("content-range");
        let range = range.map(|it| it.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        (status, range, to_bytes(response.into_body()).await.unwrap().to_vec())
    }

    #[actix_web::test]
    async fn one_part_is_sent_as_requested() {
        for (asked, range, bytes) in [
            ("bytes=0-1", "bytes 0-1/10", &b"01"[..]),
            ("bytes=0-", "bytes 0-9/10", b"0123456789"),
            ("bytes=4-6", "bytes 4-6/10", b"456"),
            ("bytes=8-99", "bytes 8-9/10", b"89"),
            ("bytes=-3", "bytes 7-9/10", b"789"),
            ("bytes=-99", "bytes 0-9/10", b"0123456789"),
        ] {
            let answer = answer(&[("Range", asked)]).await;
            assert_eq!(answer, (206, Some(range.to_owned()), bytes.to_vec()), "{asked}");
        }
    }

    #[actix_web::test]
    async fn every_other_range_gets_the_whole_sound() {
        let whole = (200, None, b"0123456789".to_vec());
        assert_eq!(answer(&[]).await, whole);
        for asked in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=-0",
            "bytes=10-",
            "bytes=6-4",
            "bytes=0-1,4-5",
            "bytes=0-1,",
            "bytes=0-1,x",
            "bytes=x,0-1",
            "bytes=99999999999999999999-",
            "seconds=0-1",
        ] {
            assert_eq!(answer(&[("Range", asked)]).await, whole, "{asked}");
        }
        assert_eq!(answer(&[("Range", "bytes=0-1"), ("If-Range", "\"x\"")]).await, whole);
    }
}
