use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};

use crate::custom_http::pattern::{Name, Pattern};
use crate::custom_http::plan::{Plan, PlannedBody};
use crate::custom_http::settings::{Credentials, Encoding, Method};
use crate::custom_http::values::Values;
use crate::kit::encoding::{form, percent};
use crate::kit::mac::hmac_sha256;
use crate::kit::transport::{Request, secret};

const JSON: &str = "application/json";
const XML: &str = "application/xml; charset=utf-8";
const FORM: &str = "application/x-www-form-urlencoded";

impl Plan {
    /// The request of a message. Its URI, its body and its headers are secrets.
    pub(super) fn request(&self, values: &Values<'_>) -> Result<Request, hyper::http::Error> {
        // A signature that covers the body is not in the body, and one that does not needs no body.
        let unsigned = self.body(values, "");
        let signature = self.signature(values, &unsigned);
        let body = if self.body.names().contains(&Name::Signature) {
            self.body(values, &signature)
        } else {
            unsigned
        };
        let fill = |pattern: &Pattern, escape| {
            pattern.fill(|name| self.value(name, values, &signature), escape)
        };
        let mut path = fill(&self.path, percent);
        if !path.starts_with('/') {
            path.insert(0, '/');
        }
        for (name, pattern) in &self.query {
            path.push(if path.contains('?') { '&' } else { '?' });
            path += &percent(name);
            path.push('=');
            path += &percent(&fill(pattern, str::to_owned));
        }
        let method = match self.method {
            Method::Post => hyper::Method::POST,
            Method::Get => hyper::Method::GET,
            Method::Put => hyper::Method::PUT,
        };
        let mut request = hyper::Request::builder().method(method).uri(path);
        for (name, pattern) in &self.headers {
            request = request.header(name, secret(&fill(pattern, str::to_owned))?);
        }
        if let Some(authorization) = self.authorization() {
            request = request.header(AUTHORIZATION, secret(&authorization)?);
        }
        let kind = match self.body {
            PlannedBody::None => None,
            PlannedBody::Json(_) => Some(JSON),
            PlannedBody::Xml(_) => Some(XML),
            PlannedBody::Form(_) => Some(FORM),
        };
        match kind {
            Some(kind) if !self.headers.iter().any(|(name, _)| name == CONTENT_TYPE) => {
                request = request.header(CONTENT_TYPE, kind);
            }
            // hyper omits it for an empty body, and some gateways require it.
            None if self.method != Method::Get => request = request.header(CONTENT_LENGTH, 0),
            Some(_) | None => {}
        }
        request.body(Full::from(body))
    }

    fn value<'v>(&'v self, name: Name, values: &'v Values<'_>, signature: &'v str) -> Cow<'v, str> {
        match name {
            Name::Own(index) => self.own.get(index).map_or("", SecretString::expose_secret).into(),
            Name::Signature => signature.into(),
            name => values.of(name),
        }
    }

    fn body(&self, values: &Values<'_>, signature: &str) -> String {
        let fill = |pattern: &Pattern, escape| {
            pattern.fill(|name| self.value(name, values, signature), escape)
        };
        match &self.body {
            PlannedBody::None => String::new(),
            PlannedBody::Json(tree) => {
                tree.fill(&|pattern: &Pattern| fill(pattern, str::to_owned)).to_string()
            }
            PlannedBody::Xml(pattern) => fill(pattern, xml),
            PlannedBody::Form(pairs) => {
                let filled: Vec<_> = pairs
                    .iter()
                    .map(|(name, pattern)| (name.as_str(), fill(pattern, str::to_owned)))
                    .collect();
                form(filled.iter().map(|(name, value)| (*name, value.as_str())))
            }
        }
    }

    fn signature(&self, values: &Values<'_>, body: &str) -> String {
        let Some((signature, of)) = &self.signature else { return String::new() };
        let value = |name| match name {
            Name::Body => body.into(),
            name => self.value(name, values, ""),
        };
        let signed = of.fill(value, str::to_owned);
        let mac = hmac_sha256(signature.key.expose_secret().as_bytes(), signed).finalize();
        match signature.encoding {
            Encoding::Hex => hex::encode(mac.into_bytes()),
            Encoding::Base64 => BASE64_STANDARD.encode(mac.into_bytes()),
        }
    }

    fn authorization(&self) -> Option<String> {
        match &self.credentials {
            Credentials::None => None,
            Credentials::Basic { username, password } => {
                let pair = format!("{}:{}", username.expose_secret(), password.expose_secret());
                Some(format!("Basic {}", BASE64_STANDARD.encode(pair)))
            }
            Credentials::Bearer(token) => Some(format!("Bearer {}", token.expose_secret())),
        }
    }
}

/// The text for an element or a quoted attribute. Characters that XML cannot contain are dropped.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&apos;",
            '\n' => escaped += "&#10;",
            '\t' => escaped += "&#9;",
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}
