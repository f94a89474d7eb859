use std::collections::BTreeMap;
use std::fmt::Debug;

use passport_sms_gateways::HttpsSettings;
use tokio::io::{AsyncRead, AsyncReadExt};

/// A request as it was received.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// By lower-case names, each of which occurs once.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Reads one request; `None` if the client closed the connection before its end.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let mut line = lines.next().unwrap().split(' ');
        let (method, target) = (line.next().unwrap(), line.next().unwrap());
        assert_eq!((line.next(), line.next()), (Some("HTTP/1.1"), None));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = BTreeMap::new();
        for header in lines {
            let (name, value) = header.split_once(": ").unwrap();
            let twice = headers.insert(name.to_lowercase(), value.to_owned());
            assert_eq!(twice, None, "{name} comes once");
        }
        let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        let (method, path, query) = (method.to_owned(), path.to_owned(), query.to_owned());
        Some(Self { method, path, query, headers, body })
    }

    pub(crate) fn header(&self, name: &str) -> Result<&str, String> {
        self.headers.get(name).map(String::as_str).ok_or(format!("{name} is missing"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The names and values of a form or a query, in order.
    pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
        form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }

    /// Checks that the headers are these and no others, except `host`, `content-length` and those
    /// in `besides`.
    pub(crate) fn expect_headers(
        &self,
        host: &str,
        wanted: &[(&str, &str)],
        besides: &[&str],
    ) -> Result<(), String> {
        expect("host", &self.header("host")?, &host)?;
        if self.method == "POST" {
            let length = self.body.len().to_string();
            expect("content-length", &self.header("content-length")?, &length.as_str())?;
        }
        let mut left: BTreeMap<&str, &str> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let agent = left.remove("user-agent");
        expect("user-agent", &agent, &Some(HttpsSettings::USER_AGENT))?;
        for name in ["host", "content-length"].iter().chain(besides) {
            left.remove(name);
        }
        expect("headers", &left, &wanted.iter().copied().collect())
    }
}

pub(crate) fn expect<T: PartialEq + Debug>(what: &str, got: &T, want: &T) -> Result<(), String> {
    if got == want { Ok(()) } else { Err(format!("{what}: got {got:?}, want {want:?}")) }
}

/// Thirty-two hexadecimal digits, the form of ids and nonces.
pub(crate) fn is_hex_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A complete answer of HTTP 200.
pub(crate) fn ok(body: &str) -> String {
    answer("200 OK", body)
}

pub(crate) fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
