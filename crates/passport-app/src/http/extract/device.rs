//! The device of a request, named from closed tables: no text of a client gets into a list of sessions.

use actix_web::http::header::HeaderMap;
use passport_session::{Device, DeviceKind};

/// Most bytes of a header field that are searched. The names stand near the start of a brand list, and
/// within 300 bytes of the user agents of phones.
const LONGEST: usize = 512;

/// Names by which browsers call themselves in user agents. The first that is found counts, so those
/// that also name another one stand before it: nearly all name Chrome and Safari.
const BROWSERS: [(&str, &str); 30] = [
    ("MicroMessenger/", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("AlipayClient", "Alipay"),
    (" QQ/", "QQ"),
    ("MQQBrowser/", "QQ Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("Quark/", "Quark"),
    ("QuarkPC/", "Quark"),
    ("UCBrowser/", "UC Browser"),
    ("UBrowser/", "UC Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("HuaweiBrowser/", "HuaweiBrowser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPiOS/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("; wv)", ""),
    ("CriOS/", CHROME),
    ("Chromium/", CHROME),
    ("Chrome/", CHROME),
    ("iPhone", "Safari"),
    ("iPad", "Safari"),
    ("Macintosh", "Safari"),
    ("Mozilla/", ""),
];

const CHROME: &str = "Chrome";

/// Names in `Sec-CH-UA`.
const BRANDS: [(&str, &str); 5] = [
    ("\"Microsoft Edge\"", "Edge"),
    ("\"Opera\"", "Opera"),
    ("\"Samsung Internet\"", "Samsung Internet"),
    ("\"HuaweiBrowser\"", "HuaweiBrowser"),
    ("\"Google Chrome\"", CHROME),
];

/// Systems in user agents; the first that is found counts.
const SYSTEMS: [(&str, &str); 11] = [
    ("HarmonyOS", HARMONY),
    ("OpenHarmony", HARMONY),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPod", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

const HARMONY: &str = "HarmonyOS";

/// Systems in `Sec-CH-UA-Platform`.
const PLATFORMS: [(&str, &str); 6] = [
    ("\"HarmonyOS\"", HARMONY),
    ("\"Android\"", "Android"),
    ("\"iOS\"", "iOS"),
    ("\"Windows\"", "Windows"),
    ("\"macOS\"", "macOS"),
    ("\"Linux\"", "Linux"),
];

/// HTTP libraries of applications.
const LIBRARIES: [(&str, &str); 5] =
    [("okhttp/", ""), ("CFNetwork/", ""), ("Dart/", ""), ("Alamofire/", ""), ("; wv)", "")];

/// The device that `headers` describe: by client hints, and by the user agent where these say nothing
/// or less.
pub(super) fn of(headers: &HeaderMap) -> Device {
    let field = |name: &str| headers.get(name).map_or(&b""[..], |it| start(it.as_bytes()));
    let agent = field("user-agent");
    let browser = browser(field("sec-ch-ua"), agent);
    let system = system(field("sec-ch-ua-platform"), agent);
    Device::new(browser, system, kind(field("sec-ch-ua-mobile"), agent, browser, system))
}

fn start(field: &[u8]) -> &[u8] {
    &field[..field.len().min(LONGEST)]
}

/// Applications with a page inside say that they are Chrome in the hints, and their name in the user
/// agent, so that name counts before the brand "Google Chrome".
fn browser(brands: &[u8], agent: &[u8]) -> &'static str {
    match (first(&BRANDS, brands), first(&BROWSERS, agent)) {
        (Some(CHROME), Some(named)) if !named.is_empty() => named,
        (Some(brand), _) => brand,
        (None, named) => named.unwrap_or_default(),
    }
}

/// `HarmonyOS` calls itself Android for the sake of older pages, and itself in the user agent.
fn system(platform: &[u8], agent: &[u8]) -> &'static str {
    match (first(&PLATFORMS, platform), first(&SYSTEMS, agent)) {
        (Some("Android"), Some(HARMONY)) => HARMONY,
        (Some(platform), _) => platform,
        (None, named) => named.unwrap_or_default(),
    }
}

fn kind(mobile: &[u8], agent: &[u8], browser: &str, system: &str) -> DeviceKind {
    if browser.is_empty() && first(&LIBRARIES, agent).is_some() {
        return DeviceKind::App;
    }
    let says_mobile = mobile == b"?1" || contains(agent, b"Mobile") || contains(agent, b"(Phone");
    match system {
        "Windows" | "macOS" | "Linux" => DeviceKind::Computer,
        "iOS" => DeviceKind::Phone,
        "iPadOS" => DeviceKind::Tablet,
        HARMONY if contains(agent, b"(PC;") => DeviceKind::Computer,
        HARMONY if contains(agent, b"(Tablet;") => DeviceKind::Tablet,
        "Android" | HARMONY if says_mobile => DeviceKind::Phone,
        "Android" | HARMONY => DeviceKind::Tablet,
        _ => DeviceKind::Unknown,
    }
}

/// What the first name of `table` that `field` contains stands for.
fn first(table: &[(&str, &'static str)], field: &[u8]) -> Option<&'static str> {
    table.iter().find(|(name, _)| contains(field, name.as_bytes())).map(|(_, meaning)| *meaning)
}

fn contains(field: &[u8], name: &[u8]) -> bool {
    field.windows(name.len()).any(|window| window == name)
}

#[cfg(test)]
mod tests;
