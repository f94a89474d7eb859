use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::driver::devtools;

/// Settings of the browser.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Value of `Accept-Language`.
    pub(super) languages: &'static str,
    pub(super) dark: bool,
    /// Width and height of a telephone's screen, in CSS pixels.
    pub(super) phone: Option<(u32, u32)>,
}

impl Look {
    /// A desktop in English, in the light theme.
    pub(super) const PLAIN: Self = Self { languages: "en-US,en", dark: false, phone: None };
}

/// Starts a browser with its own profile, in a folder that is deleted when dropped.
pub(super) async fn open(webdriver: &str, look: Look) -> (Client, TempDir) {
    let profile = tempfile::tempdir().unwrap();
    let Value::Object(capabilities) = capabilities(profile.path().to_str().unwrap(), look) else {
        unreachable!("it is an object");
    };
    let browser = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(webdriver)
        .await
        .expect("chromedriver opens a browser");
    if look.dark {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        devtools(&browser, "Emulation.setEmulatedMedia", media).await;
    }
    if let Some((width, height)) = look.phone {
        // Emulated, because a window cannot be as narrow as a telephone.
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": true });
        devtools(&browser, "Emulation.setDeviceMetricsOverride", screen).await;
    }
    (browser, profile)
}

fn capabilities(profile: &str, look: Look) -> Value {
    let language = look.languages.split(',').next().unwrap();
    json!({
        "goog:loggingPrefs": { "browser": "ALL" },
        "unhandledPromptBehavior": "ignore",
        "goog:chromeOptions": {
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--no-default-browser-check",
                "--window-size=1100,1060",
                format!("--lang={language}"),
                format!("--user-data-dir={profile}"),
            ],
            "prefs": {
                "intl.accept_languages": look.languages,
                "credentials_enable_service": false,
            },
        },
    })
}
