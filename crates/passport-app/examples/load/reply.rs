use serde_json::Value;

/// An answer of the server.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) is_json: bool,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    /// Reads a reply from the start of `bytes`, once all of it is there; returns its length too.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = field(&head, "content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
        let body = bytes.get(end + 4..end + 4 + length)?.to_vec();
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        let is_json = field(&head, "content-type").is_some_and(|it| it.contains("json"));
        Some((Self { status, is_json, head, body }, end + 4 + length))
    }

    /// Whether the original's API reports success.
    pub(crate) fn is_ok(&self) -> bool {
        let success = b"\"errno\":\"0\"";
        let says_success = || self.body.windows(success.len()).any(|window| window == success);
        self.status == 200 && (!self.is_json || says_success())
    }

    /// The body as JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Status and body, for messages about a reply that was not expected.
    pub(crate) fn shown(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    /// Value of the cookie `name` that the reply sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let values = self.head.lines().filter_map(|line| line.split_once(": "));
        let cookies = values.filter(|(field, _)| field.eq_ignore_ascii_case("set-cookie"));
        let value = cookies.filter_map(|(_, cookie)| cookie.strip_prefix(name)?.strip_prefix('='));
        value.filter_map(|it| it.split(';').next()).map(str::to_owned).next()
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\ncontent-type: application/json\r\n\
                         set-cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/\r\n\r\n{\"errno\":\"0\"}HTTP";

    #[test]
    fn a_reply_is_read_once_it_is_whole() {
        let bytes = REPLY.as_bytes();
        let whole = REPLY.len() - "HTTP".len();
        assert!(Reply::read(&bytes[..20]).is_none());
        assert!(Reply::read(&bytes[..whole - 1]).is_none());
        let (reply, length) = Reply::read(bytes).unwrap();
        assert_eq!((reply.status, length), (200, whole));
        assert!(reply.is_json && reply.is_ok());
    }

    #[test]
    fn cookies_are_found_by_name() {
        let (reply, _) = Reply::read(REPLY.as_bytes()).unwrap();
        assert_eq!(reply.cookie("b").as_deref(), Some("2"));
        assert_eq!(reply.cookie("c"), None);
    }

    #[test]
    fn a_refusal_with_status_200_is_no_success() {
        let refusal = REPLY.replace("\"0\"", "\"1\"");
        let (reply, _) = Reply::read(refusal.as_bytes()).unwrap();
        assert!(!reply.is_ok());
    }
}
