use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Reply, Service, address, service::TEST_ANSWER};

/// A person with a browser, which keeps cookies and repeats the CSRF token, and with an own address.
pub(crate) struct Person {
    http: Client,
    url: Mutex<String>,
    cookies: Mutex<BTreeMap<String, String>>,
    address: String,
}

impl Person {
    pub(crate) fn new(service: &Service) -> Self {
        Self::from_address(service, &address())
    }

    /// A person at `address`, as the proxy in front of the service reports it.
    pub(crate) fn from_address(service: &Service, address: &str) -> Self {
        Self {
            http: Client::builder().timeout(Duration::from_secs(30)).build().unwrap(),
            url: Mutex::new(service.url()),
            cookies: Mutex::default(),
            address: address.to_owned(),
        }
    }

    /// Sends further requests to this node. The cookies stay.
    pub(crate) fn go_to(&self, service: &Service) {
        *self.url.lock().unwrap() = service.url();
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url.lock().unwrap()))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Sends a request as the person's browser would.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        self.try_send(request).await.expect("the service answers")
    }

    /// As [`send`](Self::send), for a service that may have ended.
    pub(crate) async fn try_send(&self, request: RequestBuilder) -> reqwest::Result<Reply> {
        let mut request = request.header("X-Forwarded-For", &self.address);
        let cookies = self.cookies.lock().unwrap().clone();
        if !cookies.is_empty() {
            let pairs: Vec<_> =
                cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        if let Some(token) = cookies.iter().find(|(name, _)| name.ends_with("csrf_token")) {
            request = request.header("X-CSRFToken", token.1);
        }
        let reply = Reply::to(request).await?;
        self.keep_cookies(&reply);
        Ok(reply)
    }

    /// Sends a request without cookies, token or address.
    pub(crate) async fn send_bare(&self, request: RequestBuilder) -> Reply {
        Reply::to(request).await.expect("the service answers")
    }

    /// As [`send_bare`](Self::send_bare), for a path.
    pub(crate) async fn get_bare(&self, path: &str) -> Reply {
        self.send_bare(self.request(Method::GET, path)).await
    }

    fn keep_cookies(&self, reply: &Reply) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in reply.headers.get_all(header::SET_COOKIE) {
            let mut parts = cookie.to_str().unwrap().split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            if parts.any(|part| part == "Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Loads a new image; returns the id of its challenge.
    pub(crate) async fn challenge(&self) -> String {
        let id = Uuid::new_v4().to_string();
        let reply = self.get(&format!("/passport/image_code?pre_id=&cur_id={id}")).await;
        assert_eq!(reply.header("content-type"), "image/png", "{}", reply.text());
        id
    }

    /// `POST /passport/sms_code`
    pub(crate) async fn ask_code(&self, phone: &str, answer: &str, challenge: &str) -> Reply {
        let body = json!({ "mobile": phone, "image_code": answer, "image_code_id": challenge });
        self.post("/passport/sms_code", body).await
    }

    /// Loads an image, and requests a code with the right answer.
    pub(crate) async fn try_request_code(&self, phone: &str) -> Reply {
        self.ask_code(phone, TEST_ANSWER, &self.challenge().await).await
    }

    /// Requests a code and reads it from the inbox.
    pub(crate) async fn request_code(&self, phone: &str) -> String {
        self.try_request_code(phone).await.says("0", "发送成功");
        self.codes_of(phone).await.remove(0)
    }

    /// The codes that were sent to `phone`, newest first.
    pub(crate) async fn codes_of(&self, phone: &str) -> Vec<String> {
        let inbox = self.inbox().await;
        let messages = inbox.as_array().unwrap().iter();
        let own = messages.filter(|message| message["to"] == format!("+86{phone}"));
        // Notices have no code.
        own.filter_map(|message| message["code"].as_str().map(str::to_owned)).collect()
    }

    /// The messages in the development inbox, which answers no forwarded request.
    pub(crate) async fn inbox(&self) -> Value {
        self.get_bare("/dev/inbox.json").await.json()
    }

    /// `POST /passport/register`
    pub(crate) async fn register(&self, phone: &str, code: &str, password: &str) -> Reply {
        let body = json!({ "mobile": phone, "sms_code": code, "password": password });
        self.post("/passport/register", body).await
    }

    pub(crate) async fn sign_up(&self, phone: &str, password: &str) {
        let code = self.request_code(phone).await;
        self.register(phone, &code, password).await.says("0", "用户注册成功");
    }

    /// `POST /passport/login`
    pub(crate) async fn login(&self, phone: &str, password: &str) -> Reply {
        self.post("/passport/login", json!({ "mobile": phone, "password": password })).await
    }

    pub(crate) async fn sign_in(&self, phone: &str, password: &str) {
        self.login(phone, password).await.says("0", "登录成功");
    }

    pub(crate) async fn sign_out(&self) {
        self.send(self.request(Method::POST, "/passport/logout")).await.says("0", "OK");
    }

    /// The answer of `GET /api/v1/session`, if the person is signed in.
    pub(crate) async fn who_am_i(&self) -> Option<Value> {
        let reply = self.get("/api/v1/session").await;
        match reply.status {
            StatusCode::OK => Some(reply.json()),
            StatusCode::UNAUTHORIZED => None,
            _ => panic!("{reply:?}"),
        }
    }
}
