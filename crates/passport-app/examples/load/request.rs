//! Requests of the load, as bytes, and what a good reply to each is.

use crate::{
    people::{self, PASSWORD, mobile},
    reply::Reply,
};

/// Answer that the server accepts for every challenge besides its own.
pub(crate) const TEST_ANSWER: &str = "test";

/// A request as bytes, with a check of its answer.
pub(crate) struct Request {
    bytes: Vec<u8>,
    is_good: fn(&Reply) -> bool,
}

/// A code that was sent to number `n`.
#[derive(Debug, Clone)]
pub(crate) struct SentCode {
    pub(crate) n: usize,
    pub(crate) id: String,
    pub(crate) code: String,
}

/// Someone whom the service has not seen: an address of its own, and the CSRF token that a page sends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visitor<'a> {
    pub(crate) n: usize,
    pub(crate) csrf: &'a str,
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path, "", "", |reply| reply.status == 200)
    }

    /// Who am I of a visitor.
    pub(crate) fn signed_out() -> Self {
        Self::new("GET", "/api/v1/session", "", "", |reply| reply.status == 401)
    }

    /// A new image for a new client.
    pub(crate) fn image_code(n: usize) -> Self {
        let path = format!("/passport/image_code?cur_id=00000000-0000-4000-8000-{n:012x}");
        Self::new("GET", &path, &from_client(n), "", |reply| !reply.is_json)
    }

    /// A new challenge for a new client, under an id of the service.
    pub(crate) fn issue(n: usize) -> Self {
        Self::new("POST", "/api/v1/challenges", &from_client(n), "", |reply| reply.status == 201)
    }

    /// Who am I of person `n`.
    pub(crate) fn who_am_i(n: usize) -> Self {
        let cookie = format!("Cookie: {}\r\n", people::cookie(n));
        Self::new("GET", "/api/v1/session", &cookie, "", |reply| reply.status == 200)
    }

    /// What a proxy asks about a request of person `n`.
    pub(crate) fn forward_auth(n: usize) -> Self {
        let fields = format!(
            "Cookie: {}\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Proto: https\r\n\
             X-Forwarded-Host: app.example.org\r\nX-Forwarded-Uri: /a?b=c\r\n",
            people::cookie(n)
        );
        Self::new("GET", "/forward-auth", &fields, "", |reply| reply.status == 200)
    }

    /// The devices of person `n`.
    pub(crate) fn devices(n: usize) -> Self {
        let cookie = format!("Cookie: {}\r\n", people::cookie(n));
        Self::new("GET", "/api/v1/sessions", &cookie, "", |reply| reply.status == 200)
    }

    /// Requests a code for the number of `person` with `challenge`.
    pub(crate) fn sms_code(visitor: Visitor<'_>, person: usize, challenge: &str) -> Self {
        let body = format!(
            r#"{{"mobile":"{}","image_code":"{TEST_ANSWER}","image_code_id":"{challenge}"}}"#,
            mobile(person)
        );
        Self::post("/passport/sms_code", visitor, &body, Reply::is_ok)
    }

    /// The same request, with a refusal as its expected answer.
    pub(crate) fn that_fails(self) -> Self {
        Self { is_good: |reply| reply.is_json && !reply.is_ok(), ..self }
    }

    pub(crate) fn sign_in(visitor: Visitor<'_>, person: usize) -> Self {
        let body = format!(r#"{{"mobile":"{}","password":"{PASSWORD}"}}"#, mobile(person));
        Self::post("/passport/login", visitor, &body, Reply::is_ok)
    }

    /// Requests a code to sign in with, for the number of `person` with `challenge`.
    pub(crate) fn code(visitor: Visitor<'_>, person: usize, challenge: &str) -> Self {
        let body = format!(
            r#"{{"purpose":"sign-in","mobile":"{}","challenge":{{"id":"{challenge}","answer":"{TEST_ANSWER}"}}}}"#,
            mobile(person)
        );
        Self::post("/api/v1/codes", visitor, &body, |reply| reply.status == 202)
    }

    /// Signs in by a code.
    pub(crate) fn sign_in_by_code(visitor: Visitor<'_>, sent: &SentCode) -> Self {
        let SentCode { n, id, code } = sent;
        let body = format!(r#"{{"mobile":"{}","code_id":"{id}","code":"{code}"}}"#, mobile(*n));
        Self::post("/api/v1/sessions", visitor, &body, |reply| reply.status == 201)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether `reply` is the one that was to be expected.
    pub(crate) fn is_answered_by(&self, reply: &Reply) -> bool {
        (self.is_good)(reply)
    }

    fn post(
        path: &str,
        Visitor { n, csrf }: Visitor<'_>,
        body: &str,
        is_good: fn(&Reply) -> bool,
    ) -> Self {
        let fields = format!(
            "{}Content-Type: application/json\r\nCookie: csrf_token={csrf}\r\nX-CSRFToken: {csrf}\r\n",
            from_client(n)
        );
        Self::new("POST", path, &fields, body, is_good)
    }

    fn new(
        method: &str,
        path: &str,
        fields: &str,
        body: &str,
        is_good: fn(&Reply) -> bool,
    ) -> Self {
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
        );
        Self { bytes: text.into_bytes(), is_good }
    }
}

/// Header field with the `n`-th client address, so that no limit per client is reached.
fn from_client(n: usize) -> String {
    let [_, a, b, c] = u32::try_from(n % 0x00ff_ffff).unwrap_or_default().to_be_bytes();
    format!("X-Forwarded-For: 10.{a}.{b}.{c}\r\n")
}
