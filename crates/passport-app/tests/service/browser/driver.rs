//! Commands of chromedriver beyond the `WebDriver` standard.

use fantoccini::{Client, wd::WebDriverCompatibleCommand};
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// Calls a method of the DevTools protocol.
pub(super) async fn devtools(browser: &Client, method: &str, parameters: Value) -> Value {
    let body = json!({ "cmd": method, "params": parameters });
    browser.issue_cmd(Extension { path: "goog/cdp/execute", body }).await.unwrap()
}

/// Messages of the console since the last call.
pub(super) async fn console(browser: &Client) -> Vec<Message> {
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let message = |entry| Message { level: text(entry, "level"), text: text(entry, "message") };
    log(browser, "browser").await.iter().map(message).collect()
}

/// Events of the network since the last call, as the DevTools protocol describes them.
pub(super) async fn network(browser: &Client) -> Vec<Value> {
    let event = |entry: &Value| -> Value {
        let text = entry["message"].as_str().unwrap_or_default();
        serde_json::from_str::<Value>(text).unwrap()["message"].take()
    };
    log(browser, "performance").await.iter().map(event).collect()
}

async fn log(browser: &Client, kind: &str) -> Vec<Value> {
    let body = json!({ "type": kind });
    let entries = browser.issue_cmd(Extension { path: "se/log", body }).await.unwrap();
    entries.as_array().unwrap().clone()
}

/// A message of the browser's console.
#[derive(Debug)]
pub(super) struct Message {
    level: String,
    #[expect(dead_code, reason = "it is printed")]
    text: String,
}

impl Message {
    /// Whether the message is an error or a warning, for example of the content security policy.
    pub(super) fn is_complaint(&self) -> bool {
        ["SEVERE", "WARNING"].contains(&self.level.as_str())
    }
}

#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
