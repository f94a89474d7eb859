use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::driver::devtools;

/// Screen of the narrowest telephones.
pub(super) const NARROW: (u32, u32) = (320, 640);

/// Settings of the browser.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of the browser")]
pub(super) struct Look {
    /// Value of `Accept-Language`.
    pub(super) languages: &'static str,
    pub(super) dark: bool,
    /// Whether motion is reduced.
    pub(super) still: bool,
    /// Width and height of the screen, in CSS pixels. A narrow one is that of a telephone.
    pub(super) screen: Option<(u32, u32)>,
    /// Size of text that the visitor has set.
    pub(super) text_px: u32,
    /// Whether scripts run.
    pub(super) scripts: bool,
    /// Whether cookies are kept.
    pub(super) cookies: bool,
}

impl Look {
    /// A desktop in English, in the light theme.
    pub(super) const PLAIN: Self = Self {
        languages: "en-US,en",
        dark: false,
        still: false,
        screen: None,
        text_px: 16,
        scripts: true,
        cookies: true,
    };

    /// A telephone.
    pub(super) const PHONE: Self = Self { screen: Some((390, 844)), ..Self::PLAIN };
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
    let feature =
        |name, value, is_set: bool| is_set.then(|| json!({ "name": name, "value": value }));
    let features = [
        feature("prefers-color-scheme", "dark", look.dark),
        feature("prefers-reduced-motion", "reduce", look.still),
    ];
    let features: Vec<_> = features.into_iter().flatten().collect();
    if !features.is_empty() {
        devtools(&browser, "Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }
    if let Some((width, height)) = look.screen {
        // Emulated, because a window cannot be as narrow as a telephone.
        let is_phone = width < 800;
        let scale = if is_phone { 2 } else { 1 };
        let screen = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone,
        });
        devtools(&browser, "Emulation.setDeviceMetricsOverride", screen).await;
    }
    (browser, profile)
}

fn capabilities(profile: &str, look: Look) -> Value {
    let language = look.languages.split(',').next().unwrap();
    json!({
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
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
                "webkit.webprefs.default_font_size": look.text_px,
                "profile.managed_default_content_settings.javascript": allowed(look.scripts),
                "profile.default_content_setting_values.cookies": allowed(look.cookies),
            },
        },
    })
}

/// A content setting of Chromium.
fn allowed(it: bool) -> u8 {
    if it { 1 } else { 2 }
}
