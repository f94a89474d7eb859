use reqwest::{
    RequestBuilder, StatusCode,
    header::{HeaderMap, SET_COOKIE},
};
use serde_json::{Value, json};

use super::observed::observe;

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// Sends a request. An answer of `/api/v1` has to be one that the OpenAPI document describes.
    pub(crate) async fn to(request: RequestBuilder) -> reqwest::Result<Self> {
        let (client, request) = request.build_split();
        let request = request?;
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = client.execute(request).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let reply = Self { status, headers, body: response.bytes().await?.into() };
        observe(method.as_str(), &path, &reply);
        Ok(reply)
    }

    /// The value of a header field; empty if it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The `Set-Cookie` field of the cookie `name`.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all(SET_COOKIE).iter().map(|it| it.to_str().unwrap());
        cookies.map(str::to_owned).find(|it| it.starts_with(&format!("{name}=")))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// `errno` and `errmsg` of an answer of the original's API: HTTP 200 and a JSON object of both.
    #[track_caller]
    pub(crate) fn answer(&self) -> (String, String) {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        assert_eq!(self.header("content-type"), "application/json");
        let json = self.json();
        let text = |name: &str| json[name].as_str().expect("both are texts").to_owned();
        let (errno, errmsg) = (text("errno"), text("errmsg"));
        assert_eq!(json, json!({ "errno": errno, "errmsg": errmsg }), "and nothing more");
        (errno, errmsg)
    }

    #[track_caller]
    pub(crate) fn errno(&self) -> String {
        self.answer().0
    }

    /// Asserts `errno` and `errmsg`.
    #[track_caller]
    pub(crate) fn says(&self, errno: &str, errmsg: &str) {
        assert_eq!(self.answer(), (errno.to_owned(), errmsg.to_owned()));
    }

    /// Asserts that a limit is reached; returns the seconds to wait.
    #[track_caller]
    pub(crate) fn says_too_many(&self) -> u64 {
        let (errno, errmsg) = self.answer();
        assert_eq!(errno, "4201", "{errmsg}");
        let seconds =
            errmsg.strip_prefix("请求过于频繁，请 ").and_then(|it| it.strip_suffix(" 秒后再试"));
        seconds.unwrap_or_else(|| panic!("{errmsg}")).parse().unwrap()
    }
}
