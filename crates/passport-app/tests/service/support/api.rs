use std::time::Duration;

use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{PASSWORD, Reply, Service, address, phone, service::TEST_ANSWER};

/// Settings under which no limit is reached, the next code can be requested after a second, and an
/// application has access tokens.
pub(crate) const ROOMY: [(&str, &str); 14] = [
    ("sms_code.resend_after", "1s"),
    ("sms_code.ttl", "600s"),
    ("account.fresh_for", "15m"),
    ("password.queue", "1000"),
    ("limits.sms_per_phone_hour", "1000"),
    ("limits.sms_per_phone_day", "1000"),
    ("limits.sms_per_ip_hour", "1000"),
    ("limits.sms_per_ip_day", "1000"),
    ("limits.wrong_codes_per_ip_day", "1000"),
    ("limits.login_failures_per_ip_minute", "1000"),
    ("limits.sign_ins_per_ip_minute", "1000"),
    ("limits.sign_ins_per_phone_hour", "1000"),
    ("limits.challenges_per_ip_minute", "1000"),
    ("apps.roomy.audience", "roomy"),
];

/// An application that uses `/api/v1`, each time from another address.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    url: String,
}

/// A request to `/api/v1`.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) token: Option<String>,
}

impl Call {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), body: None, token: None }
    }

    pub(crate) fn post(path: &str, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::POST, path) }
    }

    /// The same request of the session with `token`.
    pub(crate) fn by(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }
}

impl Api {
    pub(crate) fn new(service: &Service) -> Self {
        let http = Client::builder().timeout(Duration::from_mins(1)).build().unwrap();
        Self { http, url: service.url() }
    }

    /// The request without its body.
    pub(crate) fn head(&self, call: &Call) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(call.method.clone(), format!("{}/api/v1{}", self.url, call.path))
            .header("X-Forwarded-For", address());
        match &call.token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// Sends a request to a service that may have ended.
    pub(crate) async fn try_send(&self, call: &Call) -> reqwest::Result<Reply> {
        let request = self.head(call);
        let request = call.body.iter().fold(request, reqwest::RequestBuilder::json);
        Reply::to(request).await
    }

    pub(crate) async fn send(&self, call: &Call) -> Reply {
        self.try_send(call).await.expect("the service answers")
    }

    /// Sends a request that succeeds.
    #[track_caller]
    pub(crate) fn done(&self, call: Call) -> impl Future<Output = Reply> {
        let (this, caller) = (self.clone(), std::panic::Location::caller());
        async move {
            let reply = this.send(&call).await;
            assert!(reply.status.is_success(), "{caller}: {call:?}: {}", reply.text());
            reply
        }
    }

    pub(crate) async fn is_signed_in(&self, token: &str) -> bool {
        let reply = self.send(&Call::new(Method::GET, "/session").by(token)).await;
        match reply.status {
            StatusCode::OK => true,
            StatusCode::UNAUTHORIZED => false,
            _ => panic!("{reply:?}"),
        }
    }

    /// `POST /codes` with a challenge of its own, where the purpose needs one.
    pub(crate) async fn code_call(&self, purpose: &str, phone: &str, token: Option<&str>) -> Call {
        let body = if purpose == "confirm" {
            json!({ "purpose": purpose })
        } else {
            let reply = self.done(Call::new(Method::POST, "/challenges")).await;
            let challenge = json!({ "id": reply.json()["id"], "answer": TEST_ANSWER });
            json!({ "purpose": purpose, "mobile": phone, "challenge": challenge })
        };
        Call { token: token.map(str::to_owned), ..Call::post("/codes", body) }
    }

    /// Requests a code, as soon as that is possible; returns its id and the code.
    pub(crate) async fn code(
        &self,
        purpose: &str,
        phone: &str,
        token: Option<&str>,
    ) -> (String, String) {
        for _ in 0..40 {
            let reply = self.send(&self.code_call(purpose, phone, token).await).await;
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                sleep(Duration::from_millis(200)).await;
                continue;
            }
            assert_eq!(reply.status, StatusCode::ACCEPTED, "{}", reply.text());
            let id = reply.json()["code_id"].as_str().unwrap().to_owned();
            return (id, self.codes_of(phone).await.remove(0));
        }
        panic!("no code for {purpose} in time");
    }

    /// The codes that were sent to `phone`, newest first.
    async fn codes_of(&self, phone: &str) -> Vec<String> {
        let (inbox, to) = (self.inbox().await, format!("+86{phone}"));
        let own = inbox.iter().filter(|message| message["to"] == to);
        own.filter_map(|message| message["code"].as_str()).map(str::to_owned).collect()
    }

    /// The messages in the development inbox, newest first.
    pub(crate) async fn inbox(&self) -> Vec<Value> {
        let request = self.http.get(format!("{}/dev/inbox.json", self.url));
        let reply = Reply::to(request).await.unwrap();
        reply.json().as_array().unwrap().clone()
    }
}

/// An account, and the token of a session that has just been opened.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) phone: String,
    pub(crate) token: String,
}

impl Account {
    /// With [`PASSWORD`], which the session was opened with.
    pub(crate) async fn with_password(api: &Api) -> Self {
        let account = Self::sign_up(api, json!({ "password": PASSWORD })).await;
        let token = account.sign_in(api, PASSWORD).await.json()["token"].clone();
        Self { token: token.as_str().expect("the password is right").to_owned(), ..account }
    }

    pub(crate) async fn without_password(api: &Api) -> Self {
        Self::sign_up(api, json!({})).await
    }

    async fn sign_up(api: &Api, mut body: Value) -> Self {
        let phone = phone();
        let (id, code) = api.code("sign-up", &phone, None).await;
        for (name, value) in
            [("mobile", &*phone), ("code_id", &id), ("code", &code), ("transport", "bearer")]
        {
            body[name] = value.into();
        }
        let reply = api.done(Call::post("/users", body)).await.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { id: text(&reply["user"]["id"]), phone, token: text(&reply["token"]) }
    }

    /// `POST /sessions` with a password.
    pub(crate) async fn sign_in(&self, api: &Api, password: &str) -> Reply {
        sign_in(api, &self.phone, password).await
    }

    /// A request to change the number to `new`, with a code that was sent there.
    pub(crate) async fn number_change(&self, api: &Api, new: &str) -> Call {
        let (id, code) = api.code("change-number", new, Some(&self.token)).await;
        let body = json!({ "mobile": new, "code_id": id, "code": code });
        Call { method: Method::PUT, ..Call::post("/me/mobile", body).by(&self.token) }
    }
}

/// `POST /sessions` with a password, for a token in the body.
pub(crate) async fn sign_in(api: &Api, phone: &str, password: &str) -> Reply {
    let body = json!({ "mobile": phone, "password": password, "transport": "bearer" });
    api.send(&Call::post("/sessions", body)).await
}
