use passport_auth::Locale;

use super::ReturnAddress;
use crate::settings::{Settings, SettingsError};

const SHOP: [(&str, &str); 1] =
    [("apps.shop.origins", "https://shop.example,http://localhost:3000")];

fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
    match Settings::from_pairs(pairs.iter().copied()) {
        Ok(_) => Vec::new(),
        Err(SettingsError { faults, .. }) => faults.iter().map(ToString::to_string).collect(),
    }
}

fn address(text: &str) -> ReturnAddress {
    text.parse().unwrap_or_else(|_| panic!("{text} is an address"))
}

#[test]
fn people_return_to_origins_that_are_listed_exactly() {
    let app = Settings::from_pairs(SHOP).unwrap().apps.remove(0);
    assert_eq!((app.name.as_str(), app.title(Locale::En)), ("shop", "shop"));
    for accepted in
        ["https://shop.example", "https://shop.example/a?b=c#d", "http://localhost:3000/x"]
    {
        assert!(app.accepts(&address(accepted)), "{accepted}");
    }
    for refused in [
        "http://shop.example/",
        "https://shop.example:8443/",
        "https://shop.example.evil.example/",
        "https://evil.example/https://shop.example",
        "https://a.shop.example/",
        "http://localhost:3001/",
        "http://127.0.0.1:3000/",
    ] {
        assert!(!app.accepts(&address(refused)), "{refused}");
    }
}

#[test]
fn native_origins_are_for_calls_and_never_returned_to() {
    let origins = "capacitor://localhost, https://shop.example, http://tauri.localhost";
    let pairs = [
        ("apps.shop.origins", origins),
        // Which application of that kind it is, such an origin does not tell.
        ("apps.stall.origins", "capacitor://localhost"),
    ];
    let apps = Settings::from_pairs(pairs).unwrap().apps;
    let native: Vec<_> = apps[0].native_origins.iter().map(ToString::to_string).collect();
    assert_eq!(native, ["capacitor://localhost", "http://tauri.localhost"]);
    assert_eq!(apps[0].origins.len(), 1);
    assert!(apps[0].accepts(&address("https://shop.example/")));
    assert!(!apps[0].accepts(&address("http://tauri.localhost/")));
    assert!("capacitor://localhost/".parse::<ReturnAddress>().is_err());
}

#[test]
fn a_list_of_addresses_admits_no_other() {
    let pairs = [SHOP[0], ("apps.shop.return_to", "https://shop.example/welcome")];
    let app = Settings::from_pairs(pairs).unwrap().apps.remove(0);
    assert!(app.accepts(&address("https://shop.example/welcome")));
    for refused in [
        "https://shop.example/",
        "https://shop.example/welcome/",
        "https://shop.example/welcome?a",
        "https://shop.example/Welcome",
    ] {
        assert!(!app.accepts(&address(refused)), "{refused}");
    }
}

#[test]
fn an_address_in_another_spelling_than_browsers_write_is_none() {
    for text in [
        "",
        "/account",
        "//shop.example",
        "///shop.example",
        "https:shop.example",
        "https:/shop.example",
        "https:///shop.example",
        "https:\\\\shop.example",
        "https://shop.example\\@evil.example",
        "https://shop.example@evil.example/",
        "https://user:word@shop.example/",
        "https://@shop.example/",
        "https://:@shop.example/",
        "https://Shop.example/",
        "HTTPS://shop.example/",
        "https://shop.example:443/",
        "https://shop.example:/",
        "https://shop.example./",
        "https://shop%2eexample/",
        "https://shop.example/a/../b",
        "https://shop.example/%2e%2e/b",
        "https://shop.example/a b",
        " https://shop.example/",
        "https://shop.example/\n",
        "https://shop.example/\t",
        "https://sho\tp.example/",
        "https://登录.example/",
        "https://shop.example/é",
        "https://0x7f.1/",
        "https://2130706433/",
        "javascript:alert(1)//https://shop.example",
        "data:text/html,x",
        "blob:https://shop.example/x",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "wss://shop.example/",
        "shop.example",
    ] {
        assert!(text.parse::<ReturnAddress>().is_err(), "{text:?}");
    }
    let long = format!("https://shop.example/{}", "a".repeat(2048));
    assert!(long.parse::<ReturnAddress>().is_err());
}

#[test]
fn faults_name_the_key_and_what_to_do() {
    for (key, value, says) in [
        ("apps.Shop.origins", "https://shop.example", "is no name of an application"),
        ("apps.shop.origins", "http://shop.example", "must begin with https://"),
        ("apps.shop.origins", "https://shop.example/path", "must be origins"),
        ("apps.shop.return_to", "https://other.example/", "is not in apps.shop.origins"),
        ("apps.shop.return_to", "/welcome", "must be addresses"),
        ("apps.shop.home", "https://other.example/", "is not in apps.shop.origins"),
        ("apps.shop.home", "javascript:alert(1)", "must be an address"),
        ("apps.shop.logo", "/nowhere/logo.svg", "cannot be read"),
        ("apps.shop.logo", "/etc/passwd", "is no picture that is served"),
        ("http.allowed_origins", "https://shop.example", "list the origins in apps.<name>.origins"),
        ("apps.shop.origin", "https://shop.example", "did you mean apps.shop.origins?"),
    ] {
        let faults = faults(&[(key, value)]);
        assert!(faults.len() == 1 && faults[0].contains(says), "{key} = {value}: {faults:?}");
    }
    let twice = [SHOP[0], ("apps.stall.origins", "https://shop.example")];
    assert_eq!(
        faults(&twice),
        [
            "apps.shop and apps.stall both have the origin https://shop.example: an origin belongs to one application"
        ]
    );
}

#[test]
fn an_audience_belongs_to_one_application() {
    let apps = |pairs: &[(&str, &str)]| Settings::from_pairs(pairs.iter().copied()).unwrap().apps;
    let app = apps(&SHOP).remove(0);
    assert_eq!((app.audience, app.token_mobile), (None, false));
    let mobile =
        [("apps.shop.audience", "https://shop.example/api"), ("apps.shop.token_mobile", "true")];
    let app = apps(&mobile).remove(0);
    assert_eq!(app.audience.as_deref(), Some("https://shop.example/api"));
    assert!(app.token_mobile);
    let same = [("apps.shop.audience", "shop"), ("apps.stall.audience", "shop")];
    assert_eq!(
        faults(&same),
        [
            "apps.shop and apps.stall both have the audience shop: an audience belongs to one application"
        ]
    );
    assert_eq!(
        faults(&[("apps.shop.token_mobile", "true")]),
        [
            "apps.shop.token_mobile is \"true\" (given), but apps.shop.audience is not set, so there are no \
          tokens for it"
        ]
    );
    for bad in ["a b", "sh\"op", "\u{5e97}", &"a".repeat(256)] {
        assert_eq!(faults(&[("apps.shop.audience", bad)]).len(), 1, "{bad}");
    }
    for (key, bad) in
        [("tokens.lifetime", "11m"), ("tokens.lifetime", "29s"), ("tokens.algorithm", "none")]
    {
        assert_eq!(faults(&[(key, bad)]).len(), 1, "{key} {bad}");
    }
}
