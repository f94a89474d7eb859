//! The responses that actix-http creates itself, without the middleware of the service: 400 and 431 to
//! a head that it cannot decode, 408 to a head that does not arrive in time. They have no body.

/// Lines that such a response has, by their beginnings.
const OWN_LINES: [&str; 3] = ["content-length: 0", "connection: close", "date: "];

const STATUS_LINES: [&str; 3] =
    ["400 Bad Request", "408 Request Timeout", "431 Request Header Fields Too Large"];

/// Longest such response.
const LONGEST: usize = 192;

/// The place behind the status line of such a response at the end of `bytes`.
pub(super) fn place_for_headers(bytes: &[u8]) -> Option<usize> {
    let head = bytes.strip_suffix(b"\r\n\r\n")?;
    let tail = head.len().saturating_sub(LONGEST);
    let start = tail + head[tail..].windows(7).rposition(|it| it == b"HTTP/1.")?;
    let mut lines = str::from_utf8(&head[start..]).ok()?.split("\r\n");
    let status_line = lines.next()?;
    // Behind `HTTP/1.1 `.
    let is_refusal = STATUS_LINES.contains(&status_line.get(9..)?);
    let is_bare = lines.all(|line| OWN_LINES.iter().any(|own| line.starts_with(own)));
    (is_refusal && is_bare).then_some(start + status_line.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::place_for_headers;

    const REFUSAL: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
        date: Sun, 29 Nov 2026 07:30:35 GMT\r\n\r\n";

    #[test]
    fn headers_belong_behind_the_status_line() {
        assert_eq!(place_for_headers(REFUSAL.as_bytes()), Some(26));
        let earlier = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        let pipelined = format!("{earlier}{REFUSAL}");
        assert_eq!(place_for_headers(pipelined.as_bytes()), Some(earlier.len() + 26));
    }

    #[test]
    fn other_responses_stay_as_they_are() {
        let other = REFUSAL.replace("date:", "x-frame-options: DENY\r\ndate:");
        let ok = REFUSAL.replace("400 Bad Request", "204 No Content");
        for bytes in [&other, &ok, "\r\n\r\n", "HTTP/1.1\r\n\r\n", &REFUSAL[..60], &REFUSAL[5..]] {
            assert_eq!(place_for_headers(bytes.as_bytes()), None, "{bytes}");
        }
    }
}
