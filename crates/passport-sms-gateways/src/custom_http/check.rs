use std::collections::{BTreeMap, BTreeSet};

use hyper::Uri;
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use passport_sms_client::Currency;
use secrecy::{ExposeSecret, SecretString};

use crate::custom_http::pattern::{Name, Pattern, is_own_name};
use crate::custom_http::plan::{Content, PlannedBody, Refused};
use crate::custom_http::settings::{Body, Credentials, Method, Settings, Signature};
use crate::custom_http::table;
use crate::custom_http::tree::Tree;
use crate::kit::verdict::Verdict;

/// Reads the texts of the settings, and collects everything that is wrong.
pub(super) struct Check<'a> {
    /// Names of own constants.
    own: Vec<&'a str>,
    pub(super) refused: Vec<Refused>,
    /// Placeholders that are used anywhere in the request.
    pub(super) used: Vec<Name>,
}

/// Headers that belong to the connection.
const RESERVED: [HeaderName; 8] =
    [CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

impl<'a> Check<'a> {
    pub(super) fn of(settings: &'a Settings) -> Self {
        let own: Vec<_> = settings.variables.iter().map(|(name, _)| name.as_str()).collect();
        let mut check = Self { own, refused: Vec::new(), used: Vec::new() };
        let names: BTreeSet<_> = check.own.iter().collect();
        let is_fit =
            check.own.iter().all(|name| is_own_name(name)) && names.len() == check.own.len();
        if !is_fit {
            let allowed = "constants with different names of lower-case letters, digits and _, none of \
                           which is a placeholder already, such as text";
            check.refuse("variables", allowed);
        }
        check
    }

    pub(super) fn refuse(&mut self, setting: &'static str, allowed: impl Into<String>) {
        self.refused.push(Refused { setting, allowed: allowed.into() });
    }

    /// Keeps a value, or records why there is none.
    fn keep<T>(&mut self, setting: &'static str, read: Result<T, String>) -> Option<T> {
        read.map_err(|allowed| self.refuse(setting, allowed)).ok()
    }

    /// Reads each text.
    pub(super) fn all<T>(
        &mut self,
        setting: &'static str,
        texts: &[String],
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        texts.iter().filter_map(|text| self.keep(setting, read(text))).collect()
    }

    fn pattern(&mut self, setting: &'static str, text: &SecretString) -> Pattern {
        let read = Pattern::parse(text.expose_secret(), &self.own);
        let pattern = self.keep(setting, read).unwrap_or_default();
        self.used.extend(pattern.names());
        if setting != "signature_of" && pattern.names().any(|name| name == Name::Body) {
            self.refuse(setting, "free of {body}, which only signature_of may contain");
        }
        pattern
    }

    pub(super) fn pairs(
        &mut self,
        setting: &'static str,
        pairs: &[(String, SecretString)],
    ) -> Vec<(String, Pattern)> {
        pairs.iter().map(|(name, text)| (name.clone(), self.pattern(setting, text))).collect()
    }

    /// The endpoint, and the path and query.
    pub(super) fn url(&mut self, settings: &Settings) -> (String, Pattern) {
        let text = settings.url.expose_secret();
        let start = text.find("://").map_or(0, |scheme| scheme + 3);
        let end = text[start..].find(['/', '?']).map_or(text.len(), |end| start + end);
        let (endpoint, path) = text.split_at(end);
        let path = self.pattern("url", &path.into());
        // Any value is percent-encoded, so one shows whether the URL is valid.
        let sample = path.fill(|_| "0".into(), str::to_owned);
        let slash = if sample.starts_with('/') { "" } else { "/" };
        let is_plain = endpoint.starts_with("http://");
        let is_fit = format!("{endpoint}{slash}{sample}").parse::<Uri>().is_ok_and(|uri| {
            let host = uri.host().unwrap_or_default();
            let is_secure = uri.scheme_str() == Some("https")
                || (is_plain && (settings.plain_http || is_loopback(host)));
            let bare = uri.authority().is_some_and(|it| !it.as_str().contains(['@', '{', '}']));
            is_secure && bare && !host.is_empty() && !text.contains('#')
        });
        if !is_fit {
            let why = "an https URL without user and fragment, and without placeholders before its path; \
                       http only to this machine, or with plain_http = true";
            self.refuse("url", why);
        }
        (endpoint.to_owned(), path)
    }

    pub(super) fn headers(&mut self, settings: &Settings) -> Vec<(HeaderName, Pattern)> {
        let mut headers = Vec::new();
        for (name, text) in &settings.headers {
            let pattern = self.pattern("headers", text);
            if pattern.names().any(Name::is_free) {
                self.refuse(
                    "headers",
                    format!("{name} without {{text}}, which may contain line breaks"),
                );
            }
            let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
            let sample = pattern.fill(|_| "0".into(), str::to_owned);
            let Ok(parsed) = HeaderName::try_from(name.as_str()) else {
                self.refuse("headers", "headers whose names are letters, digits and hyphens");
                continue;
            };
            if RESERVED.contains(&parsed) {
                self.refuse("headers", format!("free of {name}, which belongs to the connection"));
            }
            let has_credentials = !matches!(settings.credentials, Credentials::None);
            if parsed == AUTHORIZATION && has_credentials {
                self.refuse("headers", "free of Authorization if username or token is set");
            }
            if !sample.bytes().all(is_plain) || headers.iter().any(|(it, _)| *it == parsed) {
                self.refuse("headers", format!("{name} once and in ASCII without line breaks"));
            }
            headers.push((parsed, pattern));
        }
        let has_header = headers
            .iter()
            .any(|(_, pattern)| pattern.names().any(|name| matches!(name, Name::Own(_))));
        let is_ascii = |(_, value): &(String, SecretString)| {
            value.expose_secret().bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        };
        if has_header && !settings.variables.iter().all(is_ascii) {
            self.refuse("variables", "ASCII without line breaks if a header contains one");
        }
        match &settings.credentials {
            Credentials::Basic { username, password } => {
                let username = username.expose_secret();
                let is_plain = |text: &str| !text.contains(char::is_control);
                if username.is_empty()
                    || username.contains(':')
                    || !is_plain(username)
                    || !is_plain(password.expose_secret())
                {
                    self.refuse(
                        "username",
                        "set, without colon and line breaks, as the password is",
                    );
                }
            }
            Credentials::Bearer(token) => {
                let token = token.expose_secret();
                if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    self.refuse("token", "ASCII without spaces");
                }
            }
            Credentials::None => {}
        }
        headers
    }

    pub(super) fn body(&mut self, settings: &Settings) -> PlannedBody {
        let body = match &settings.body {
            Body::None => PlannedBody::None,
            Body::Json(text) => {
                let read = Tree::parse(text.expose_secret(), &self.own);
                let tree = self.keep("body", read).unwrap_or(Tree::List(Vec::new()));
                PlannedBody::Json(tree)
            }
            Body::Xml(text) => PlannedBody::Xml(self.pattern("body", text)),
            Body::Form(pairs) => PlannedBody::Form(self.pairs("form", pairs)),
        };
        if body.names().contains(&Name::Body) {
            self.refuse("body", "free of {body}, which only signature_of may contain");
        }
        if settings.method == Method::Get && !matches!(body, PlannedBody::None) {
            self.refuse("method", "POST or PUT if the request has a body or a form");
        }
        body
    }

    /// The signature, which must be used, and must not cover itself.
    pub(super) fn signature(
        &mut self,
        settings: &Settings,
        used_by_body: &[Name],
    ) -> Option<(Signature, Pattern)> {
        let is_used = self.used.contains(&Name::Signature);
        let Some(signature) = &settings.signature else {
            if is_used {
                self.refuse("signature_key", "set, because the request contains {signature}");
            }
            return None;
        };
        let used_before = self.used.clone();
        let of = self.pattern("signature_of", &signature.of);
        self.used = used_before;
        let covers_body = of.names().any(|name| name == Name::Body);
        if of.names().any(|name| name == Name::Signature) {
            self.refuse("signature_of", "free of {signature}");
        }
        if covers_body && used_by_body.contains(&Name::Signature) {
            self.refuse("signature_of", "free of {body} if the body contains {signature}");
        }
        if !is_used {
            self.refuse("signature_key", "absent, or used by {signature} in the request");
        }
        if signature.key.expose_secret().is_empty() {
            self.refuse("signature_key", "set");
        }
        Some((signature.clone(), of))
    }

    /// Where the text of a message comes from; a request without a recipient or a text is a fault.
    pub(super) fn content(&mut self, settings: &Settings) -> Content {
        let uses = |name: Name| self.used.contains(&name);
        let content = if uses(Name::Text) {
            Content::Text
        } else if settings.templates.is_some() {
            Content::Templates
        } else {
            Content::Codes
        };
        let (has_code, has_template) = (uses(Name::Code), uses(Name::Template));
        let has_recipient = self.used.iter().any(|name| name.is_recipient());
        // Without a URL nothing else is set either.
        if !settings.url.expose_secret().is_empty() {
            if !has_recipient {
                let why = "a request with {to}, {to_digits} or {to_national} in its URL, query, body or form";
                self.refuse("body", why);
            }
            if content == Content::Codes && !has_code {
                self.refuse("body", "a request with {text}, or with {code} in words of its own");
            }
        }
        if has_template && settings.templates.is_none() {
            self.refuse(
                "templates",
                "set with template_id, because the request contains {template}",
            );
        }
        if !has_template && settings.templates.is_some() {
            self.refuse("templates", "used by {template} in the request");
        }
        if settings.is_idempotent && !self.used.contains(&Name::Id) {
            self.refuse("idempotent", "false, or the request contains {id}");
        }
        content
    }

    pub(super) fn statuses_of_acceptance(&mut self, settings: &Settings) -> Vec<u16> {
        let statuses = settings.accepted_statuses.clone();
        if statuses.is_empty() || !statuses.iter().all(|status| (200..300).contains(status)) {
            self.refuse("accepted_statuses", "statuses from 200 to 299, such as 200, 202");
        }
        statuses
    }

    /// The currency of all prices.
    pub(super) fn currency(&mut self, settings: &Settings) -> String {
        let currency = settings.currency.clone().unwrap_or_default();
        if settings.price.is_some() && currency.parse::<Currency>().is_err() {
            self.refuse("currency", "three letters such as EUR, because price is set");
        }
        currency
    }

    pub(super) fn codes(&mut self, settings: &Settings) -> Vec<(String, Verdict)> {
        if !settings.codes.is_empty() && settings.code.is_empty() {
            self.refuse("code", "a JSON pointer to the code, because codes is set");
        }
        let mut codes = Vec::new();
        for (code, text) in &settings.codes {
            match table::verdict(text) {
                Some(verdict) => codes.push((code.clone(), verdict)),
                None => self.refuse("codes", format!("for {code:?} {}", table::allowed())),
            }
        }
        codes
    }

    pub(super) fn statuses(&mut self, settings: &Settings) -> BTreeMap<u16, Verdict> {
        let mut statuses = BTreeMap::new();
        for (status, text) in &settings.statuses {
            let number = status.parse().ok().filter(|it| (300..600).contains(it));
            match (number, table::verdict(text)) {
                // An acceptance needs a rule.
                (Some(number), Some(verdict)) if verdict != Verdict::Accepted => {
                    statuses.insert(number, verdict);
                }
                _ => {
                    let allowed = table::allowed();
                    let why =
                        format!("for {status:?}, a status from 300 to 599, {allowed} but accepted");
                    self.refuse("statuses", why);
                }
            }
        }
        statuses
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}
