//! The form in which a response is stored, before it is encrypted.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Largest stored form: a page with a choice of all countries takes about 20 KiB.
const MAX_BYTES: usize = 32 * 1024 - 64;
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Status and header fields, `Set-Cookie` included. The body follows them.
#[derive(Serialize, Deserialize)]
struct Head {
    status: u16,
    fields: Vec<(String, String)>,
}

/// Why a response has no stored form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unstorable {
    #[error("response is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("response has a header field that is not visible ASCII")]
    Field,
}

/// The stored form: length of the head (four bytes), head (JSON), body.
pub(super) fn write<B>(
    head: &HttpResponse<B>,
    body: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unstorable> {
    let fields = head.headers().iter().map(|(name, value)| {
        let value = value.to_str().map_err(|_| Unstorable::Field)?;
        Ok((name.as_str().to_owned(), value.to_owned()))
    });
    let head = Head { status: head.status().as_u16(), fields: fields.collect::<Result<_, _>>()? };
    let head = serde_json::to_vec(&head).map(Zeroizing::new).map_err(|_| Unstorable::Field)?;
    let length = u32::try_from(head.len()).map_err(|_| Unstorable::TooLarge)?;
    if 4 + head.len() + body.len() > MAX_BYTES {
        return Err(Unstorable::TooLarge);
    }
    // With its capacity from the start, no copy is left behind by growth.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 + head.len() + body.len()));
    bytes.extend(length.to_be_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(body);
    Ok(bytes)
}

/// The response to a repeat, marked as such. `None` if the bytes were not written by [`write`].
pub(super) fn read(bytes: &[u8]) -> Option<HttpResponse> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (head, body) = rest.split_at_checked(length)?;
    let head: Head = serde_json::from_slice(head).ok()?;
    let mut response = HttpResponse::build(StatusCode::from_u16(head.status).ok()?);
    for (name, value) in head.fields {
        let name = HeaderName::try_from(name).ok()?;
        response.append_header((name, HeaderValue::try_from(value).ok()?));
    }
    response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    Some(if body.is_empty() { response.finish() } else { response.body(body.to_vec()) })
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn a_response_is_read_as_it_was_written() {
        let mut first = HttpResponse::Created();
        first.append_header(("set-cookie", "a=1")).append_header(("set-cookie", "b=2"));
        let first = first.content_type("application/json").finish();
        let second = read(&write(&first, b"{\"a\":\"\xc3\xa4\"}").unwrap()).unwrap();
        assert_eq!(second.status(), StatusCode::CREATED);
        let cookies: Vec<_> = second.headers().get_all("set-cookie").collect();
        assert_eq!(cookies, ["a=1", "b=2"]);
        assert_eq!(second.headers().get("content-type").unwrap(), "application/json");
        assert_eq!(second.headers().get("idempotency-replayed").unwrap(), "true");
        let body = to_bytes(second.into_body()).await.unwrap();
        assert_eq!(body, "{\"a\":\"ä\"}");
    }

    #[test]
    fn large_responses_and_damaged_forms_are_refused() {
        let response = HttpResponse::Ok().finish();
        assert_eq!(write(&response, &vec![0; 33_000]).unwrap_err(), Unstorable::TooLarge);
        for bytes in [&b""[..], b"\0\0\0", b"\0\0\0\x09{}", b"\0\0\0\x02{}", b"\xff\xff\xff\xff"] {
            assert!(read(bytes).is_none(), "{bytes:?}");
        }
    }
}
