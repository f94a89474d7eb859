use std::{sync::Mutex, time::Duration};

use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Person, Reply, Service, address, service::TEST_ANSWER};

/// How a visitor's session token is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Cookie,
    Bearer,
}

/// A person who uses `/api/v1` with a browser or with an application.
pub(crate) struct Visitor {
    person: Person,
    by: By,
    bearer: Mutex<Option<String>>,
    address: String,
}

impl By {
    pub(crate) const BOTH: [Self; 2] = [Self::Cookie, Self::Bearer];

    /// The value of the member `transport`.
    fn transport(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }
}

impl Visitor {
    pub(crate) fn new(service: &Service, by: By) -> Self {
        let address = address();
        let person = Person::from_address(service, &address);
        Self { person, by, bearer: Mutex::default(), address }
    }

    /// The token of the session.
    pub(crate) fn token(&self) -> Option<String> {
        match self.by {
            By::Cookie => self.person.cookie("passport_session"),
            By::Bearer => self.bearer.lock().unwrap().clone(),
        }
    }

    /// A request to `/api/v1`, without a credential.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.person.request(method, &format!("/api/v1{path}"))
    }

    /// Sends a request with the visitor's credential, and keeps a new token.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        if self.by == By::Cookie {
            let reply = self.person.send(request).await;
            if reply.header("content-type") == "application/json" {
                assert!(reply.json().get("token").is_none(), "a browser keeps it in a cookie");
            }
            return reply;
        }
        let mut request = request.header("X-Forwarded-For", &self.address);
        if let Some(token) = self.token() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let reply = self.person.send_bare(request).await;
        let cookie = reply.cookie("passport_session");
        // Signing out without a credential deletes a cookie that may be left.
        let is_kept = cookie.is_some_and(|cookie| !cookie.contains("Max-Age=0"));
        assert!(!is_kept, "an application gets no cookie");
        if reply.header("content-type") == "application/json"
            && let Some(token) = reply.json()["token"].as_str()
        {
            *self.bearer.lock().unwrap() = Some(token.to_owned());
        }
        reply
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// A `POST` that opens a session in the visitor's way.
    pub(crate) async fn enter(&self, path: &str, mut body: Value) -> Reply {
        body["transport"] = self.by.transport().into();
        self.post(path, body).await
    }

    /// `POST /codes`, with a challenge where the purpose needs one.
    pub(crate) async fn try_code(&self, purpose: &str, phone: &str) -> Reply {
        if purpose == "confirm" {
            return self.post("/codes", json!({ "purpose": purpose })).await;
        }
        let challenge = self.send(self.request(Method::POST, "/challenges")).await.json();
        let challenge = json!({ "id": challenge["id"], "answer": TEST_ANSWER });
        let body = json!({ "purpose": purpose, "mobile": phone, "challenge": challenge });
        self.post("/codes", body).await
    }

    /// Requests a code as soon as the pause between two codes allows it; returns the members `mobile`,
    /// `code_id` and `code` of the requests that redeem it.
    pub(crate) async fn code(&self, purpose: &str, phone: &str) -> Value {
        for _ in 0..40 {
            let reply = self.try_code(purpose, phone).await;
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                sleep(Duration::from_millis(200)).await;
                continue;
            }
            assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text());
            let code = self.person.codes_of(phone).await.remove(0);
            return json!({ "mobile": phone, "code_id": reply.json()["code_id"], "code": code });
        }
        panic!("no code for {purpose} in time");
    }

    /// As [`code`](Self::code), for the visitor's own number, without the member `mobile`.
    pub(crate) async fn own_code(&self, phone: &str) -> Value {
        let mut code = self.code("confirm", phone).await;
        code.as_object_mut().unwrap().remove("mobile");
        code
    }

    /// Signs up and in.
    pub(crate) async fn sign_up(&self, phone: &str, password: Option<&str>) -> Reply {
        let mut body = self.code("sign-up", phone).await;
        if let Some(password) = password {
            body["password"] = password.into();
        }
        let reply = self.enter("/users", body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply
    }

    /// `POST /sessions` with a password.
    pub(crate) async fn sign_in(&self, phone: &str, password: &str) -> Reply {
        self.enter("/sessions", json!({ "mobile": phone, "password": password })).await
    }

    /// `POST /sessions` with a code.
    pub(crate) async fn sign_in_by_code(&self, phone: &str) -> Reply {
        let body = self.code("sign-in", phone).await;
        self.enter("/sessions", body).await
    }

    pub(crate) async fn is_signed_in(&self) -> bool {
        match self.get("/session").await.status {
            StatusCode::OK => true,
            StatusCode::UNAUTHORIZED => false,
            status => panic!("{status}"),
        }
    }

    /// Whether `token` is that of a live session.
    pub(crate) async fn is_live(&self, token: &str) -> bool {
        let request = self.request(Method::GET, "/session").bearer_auth(token);
        self.person.send_bare(request).await.status == StatusCode::OK
    }

    /// The texts of the messages to `phone` without a code.
    pub(crate) async fn notices_of(&self, phone: &str) -> Vec<Value> {
        let (inbox, to) = (self.person.inbox().await, format!("+86{phone}"));
        let own = inbox.as_array().unwrap().iter().filter(|message| message["to"] == to);
        own.filter(|message| !message["code"].is_string()).cloned().collect()
    }
}

/// A code that differs from the one in `proof`.
pub(crate) fn with_wrong_code(proof: &Value) -> Value {
    let mut wrong = proof.clone();
    wrong["code"] = if proof["code"] == "000000" { "000001".into() } else { "000000".into() };
    wrong
}
