//! The service as a program, with real requests.

#![cfg(test)]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use reqwest::{Client, Method, StatusCode, header::SET_COOKIE};
use serde_json::{Value, json};
use tempfile::TempDir;

const MOBILE: &str = "13800138000";
const SECRET: &str = "7d5c0e9af3b1864270fd95be318ac624";

struct Service {
    process: Child,
    address: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Service {
    fn start(folder: &TempDir) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_passport-embedded-example"))
            .current_dir(folder)
            .env_clear()
            .envs([("SECRET", SECRET), ("LISTEN", "127.0.0.1:0"), ("TEST_ANSWER", "abcd2")])
            .env("NO_COLOR", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        thread::spawn({
            let log = Arc::clone(&log);
            move || lines.map_while(Result::ok).for_each(|line| log.lock().unwrap().push(line))
        });
        let mut service = Self { process, address: String::new(), log };
        service.address = service.logged(|line| Some(line.strip_prefix("listening on ")?.into()));
        service
    }

    /// What `find` finds in the log, from the end; waits for it.
    fn logged(&self, find: impl Fn(&str) -> Option<String>) -> String {
        for _ in 0..600 {
            let found = self.log.lock().unwrap().iter().rev().find_map(|line| find(line));
            if let Some(found) = found {
                return found;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("not in the log: {:#?}", self.log.lock().unwrap());
    }

    async fn call(
        &self,
        browser: &Client,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let request = browser.request(method, format!("{}{path}", self.address));
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn challenge(&self, browser: &Client) -> String {
        let (status, challenge) =
            self.call(browser, Method::POST, "/challenges", Value::Null).await;
        assert_eq!(status, StatusCode::CREATED);
        let picture = format!("{}{}", self.address, challenge["picture"].as_str().unwrap());
        let picture = browser.get(picture).send().await.unwrap();
        assert_eq!(picture.headers()["content-type"], "image/png");
        assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
        challenge["id"].as_str().unwrap().to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

/// The six digits before the words of the message.
fn code(line: &str) -> Option<String> {
    let (before, _) = line.split_once(" is your code")?;
    Some(before.get(before.len() - 6..)?.to_owned())
}

#[tokio::test]
async fn a_person_signs_up_and_out_in_a_service_that_embeds_the_libraries() {
    let folder = tempfile::tempdir().unwrap();
    let (service, browser) = (Service::start(&folder), browser());
    let (status, who) = service.call(&browser, Method::GET, "/session", Value::Null).await;
    assert_eq!((status, &who["error"]), (StatusCode::UNAUTHORIZED, &json!("not-signed-in")));

    // A wrong answer sends nothing.
    let order = |challenge: String, answer| json!({ "mobile": MOBILE, "challenge": challenge, "answer": answer });
    let wrong = order(service.challenge(&browser).await, "wrong");
    let (status, refused) = service.call(&browser, Method::POST, "/codes", wrong).await;
    assert_eq!(
        (status, refused),
        (StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": "challenge-wrong" }))
    );

    let right = order(service.challenge(&browser).await, "abcd2");
    let (status, sent) = service.call(&browser, Method::POST, "/codes", right).await;
    assert_eq!((status, &sent["digits"]), (StatusCode::ACCEPTED, &json!(6)));
    let code = service.logged(code);
    let proof = |code: &str| json!({ "mobile": MOBILE, "code_id": sent["code_id"], "code": code });
    let guess = if code == "000000" { "000001" } else { "000000" };
    let (status, refused) = service.call(&browser, Method::POST, "/session", proof(guess)).await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("code-wrong"))
    );

    let entry = browser
        .post(format!("{}/session", service.address))
        .json(&proof(&code))
        .send()
        .await
        .unwrap();
    let cookie = entry.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let entered: Value = entry.json().await.unwrap();
    assert_eq!(entered["created"], true);
    let (status, who) = service.call(&browser, Method::GET, "/session", Value::Null).await;
    assert_eq!((status, &who["user"]), (StatusCode::OK, &entered["user"]));

    // Limits are those of the service: one message in a minute.
    let again = order(service.challenge(&browser).await, "abcd2");
    let (status, refused) = service.call(&browser, Method::POST, "/codes", again).await;
    assert_eq!(
        (status, refused),
        (StatusCode::TOO_MANY_REQUESTS, json!({ "error": "sms-per-phone-cooldown" }))
    );

    let (status, _) = service.call(&browser, Method::DELETE, "/session", Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let replay = reqwest::Client::new().get(format!("{}/session", service.address));
    let replay = replay.header("cookie", format!("session={token}")).send().await.unwrap();
    assert_eq!(replay.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn sessions_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&folder);
    let browser = browser();
    let challenge = service.challenge(&browser).await;
    let order = json!({ "mobile": MOBILE, "challenge": challenge, "answer": "abcd2" });
    let (_, sent) = service.call(&browser, Method::POST, "/codes", order).await;
    let proof =
        json!({ "mobile": MOBILE, "code_id": sent["code_id"], "code": service.logged(code) });
    let entry =
        browser.post(format!("{}/session", service.address)).json(&proof).send().await.unwrap();
    assert_eq!(entry.status(), StatusCode::CREATED);
    let cookie =
        entry.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    drop(service);
    let service = Service::start(&folder);
    let who = reqwest::Client::new().get(format!("{}/session", service.address));
    assert_eq!(who.header("cookie", cookie).send().await.unwrap().status(), StatusCode::OK);
}
