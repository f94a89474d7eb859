//! The request that a proxy asks about, as its header fields describe it.

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{self, HeaderName},
    },
};

use crate::{http::extract::is_from_trusted_proxy, settings::Origin};

const X_FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");
/// What nginx is told to send by its ingress controller.
const X_ORIGINAL_METHOD: HeaderName = HeaderName::from_static("x-original-method");
const X_ORIGINAL_URL: HeaderName = HeaderName::from_static("x-original-url");
const SEC_WEBSOCKET_KEY: HeaderName = HeaderName::from_static("sec-websocket-key");
pub(super) const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The request that a proxy asks about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Original {
    pub(super) act: Act,
    /// Origin at which the browser has sent it; none if no trusted proxy says so.
    pub(super) origin: Option<Origin>,
    /// Path and query; none as above.
    path: Option<String>,
}

/// What the original request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// It loads a page into a tab, or is that of a client that is no browser.
    Visit,
    /// Another safe request, such as that of a script.
    Read,
    /// It may change something, or opens a WebSocket.
    Change,
    /// The proxy did not say.
    Unknown,
}

impl Original {
    /// The original of a subrequest. `appended` is its path and query, where the proxy appends them to the
    /// path of the subrequest and keeps method and `Host`.
    pub(super) fn of(request: &HttpRequest, appended: Option<&str>) -> Self {
        let act = act(request, appended.is_some());
        if !is_from_trusted_proxy(request) {
            return Self { act, origin: None, path: None };
        }
        let (origin, path) = if let Some(path) = appended {
            (origin(request, &header::HOST), Some(path.to_owned()))
        } else if [X_FORWARDED_HOST, X_FORWARDED_URI].iter().any(|it| has(request, it)) {
            let path = only(request, &X_FORWARDED_URI).map(str::to_owned);
            (origin(request, &X_FORWARDED_HOST), path)
        } else {
            let url = only(request, &X_ORIGINAL_URL).and_then(split);
            url.map_or((None, None), |(origin, path)| (origin.parse().ok(), Some(path.to_owned())))
        };
        Self { act, origin, path: path.filter(|it| it.starts_with('/')) }
    }

    /// The whole address, if it is known.
    pub(super) fn address(&self) -> Option<String> {
        Some(format!("{}{}", self.origin.as_ref()?, self.path.as_ref()?))
    }
}

/// The strictest of what the method of the subrequest and those in its header fields mean, so that a field
/// which a client adds changes nothing for the better.
fn act(request: &HttpRequest, keeps_method: bool) -> Act {
    let fields = [X_FORWARDED_METHOD, X_ORIGINAL_METHOD];
    let mut named = fields.iter().flat_map(|name| request.headers().get_all(name)).peekable();
    let is_named = keeps_method || named.peek().is_some();
    let is_safe = request.method().is_safe()
        && named.all(|it| Method::from_bytes(it.as_bytes()).is_ok_and(|method| method.is_safe()));
    // No browser opens a WebSocket without the key, or lets a script choose it.
    let is_socket = has(request, &SEC_WEBSOCKET_KEY) || has(request, &header::UPGRADE);
    let mut modes = request.headers().get_all(SEC_FETCH_MODE);
    if !is_safe || is_socket {
        Act::Change
    } else if !is_named {
        Act::Unknown
    } else if modes.all(|mode| mode == "navigate") {
        Act::Visit
    } else {
        Act::Read
    }
}

/// The origin with the host of the field `host`.
fn origin(request: &HttpRequest, host: &HeaderName) -> Option<Origin> {
    let scheme = match only(request, &X_FORWARDED_PROTO)? {
        "https" | "wss" => "https",
        "http" | "ws" => "http",
        _ => return None,
    };
    format!("{scheme}://{}", only(request, host)?).parse().ok()
}

fn has(request: &HttpRequest, name: &HeaderName) -> bool {
    request.headers().contains_key(name)
}

/// The value of a field that is there once and is no list of several values.
fn only<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    let (value, None) = (values.next()?, values.next()) else { return None };
    let is_path = *name == X_FORWARDED_URI || *name == X_ORIGINAL_URL;
    value.to_str().ok().filter(|value| is_path || !value.contains(','))
}

/// Origin, and path with query, of an absolute address.
fn split(url: &str) -> Option<(&str, &str)> {
    let authority = url.find("://")? + 3;
    let path = authority + url[authority..].find('/')?;
    Some(url.split_at(path))
}

#[cfg(test)]
mod tests;
