use std::time::Duration;

use super::*;

fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
    match Settings::from_pairs(pairs.iter().copied()) {
        Ok(_) => Vec::new(),
        Err(SettingsError { faults, .. }) => faults.iter().map(ToString::to_string).collect(),
    }
}

const PRODUCTION: [(&str, &str); 8] = [
    ("environment", "production"),
    ("secret", "7d5c0e9af3b1864270fd95be318ac624"),
    ("http.public_url", "https://passport.acme.com"),
    ("sms.gateways", "yuntongxun"),
    ("sms.yuntongxun.account_sid", "8a21"),
    ("sms.yuntongxun.auth_token", "token"),
    ("sms.yuntongxun.app_id", "8a22"),
    ("sms.yuntongxun.template_id", "20001"),
];

fn production_with(pair: (&'static str, &'static str)) -> Vec<String> {
    let mut pairs = PRODUCTION.to_vec();
    pairs.retain(|(key, _)| *key != pair.0);
    if !pair.1.is_empty() {
        pairs.push(pair);
    }
    faults(&pairs)
}

#[test]
fn development_needs_nothing() {
    let settings = Settings::from_pairs([]).unwrap();
    assert_eq!(settings.environment, Environment::Development);
    assert_eq!(settings.http.listen.to_string(), "127.0.0.1:8080");
    assert!(settings.has_inbox());
    assert!(settings.secrets.is_none());
}

#[test]
fn a_fault_names_key_value_origin_and_what_is_allowed() {
    assert_eq!(
        faults(&[("captcha.length", "3")]),
        ["captcha.length is \"3\" (given), but must be a whole number from 4 to 8"]
    );
    assert_eq!(
        faults(&[("sms_code.ttl", "601s")]),
        [
            "sms_code.ttl is \"601s\" (given), but must be a duration from 60s to 600s, as one whole number and ms, s, m, h or d"
        ]
    );
}

#[test]
fn pictures_are_calm_unless_set_otherwise() {
    let captcha =
        |pairs: &[(&str, &str)]| Settings::from_pairs(pairs.iter().copied()).unwrap().captcha;
    for (style, wanted, size) in [
        ("calm", CaptchaStyle::Calm, (176, 56)),
        ("patterned", CaptchaStyle::Patterned, (160, 104)),
    ] {
        let captcha = captcha(&[("captcha.style", style)]);
        assert_eq!((captcha.style, captcha.picture_size()), (wanted, size));
    }
    assert_eq!(captcha(&[]).style, CaptchaStyle::Calm);
    assert_eq!(
        faults(&[("captcha.style", "Calm")]),
        ["captcha.style is \"Calm\" (given), but must be calm or patterned"]
    );
}

#[test]
fn all_faults_are_named_at_once() {
    let faults = faults(&[
        ("http.listen", "here"),
        ("http.lissten", "127.0.0.1:1"),
        ("nonsense", "1"),
        ("password.cost", "99"),
    ]);
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(
        faults.contains(
            &"http.lissten (given) is not a setting; did you mean http.listen?".to_owned()
        )
    );
    assert!(faults.contains(&"nonsense (given) is not a setting".to_owned()));
}

#[test]
fn api_6_production_needs_a_secret_that_is_none_of_ours() {
    assert_eq!(production_with(("log.format", "json")), Vec::<String>::new());
    for (secret, says) in [
        ("", "must be set in production"),
        ("short", "fewer than 32"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "different characters"),
        ("change-me-0123456789-change-me-0123456789", "is a sample"),
    ] {
        let faults = production_with(("secret", secret));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains(says), "{faults:?}");
        assert!(secret.is_empty() || !faults[0].contains(secret), "{faults:?}");
    }
}

#[test]
fn o8_several_secrets_are_as_good_as_one_each() {
    const ONE: &str = "7d5c0e9af3b1864270fd95be318ac624";
    const OTHER: &str = "9b6d1f0ce4a27358b1c90de36f47a285";
    let mut production = PRODUCTION.to_vec();
    production.retain(|(key, _)| *key != "secret");
    let with = |secrets: &str| {
        let pairs = production.iter().copied().chain([("secrets", secrets)]);
        match Settings::from_pairs(pairs) {
            Ok(settings) => Ok(settings.secrets.unwrap().all().len()),
            Err(error) => Err(error.faults.iter().map(ToString::to_string).collect::<Vec<_>>()),
        }
    };
    assert_eq!(with(&format!("{ONE},{OTHER}")), Ok(2));
    for (secrets, says) in [
        (format!("{ONE},short"), "secrets, item 2, has fewer than 32 characters"),
        (format!("{ONE},{ONE}"), "secrets has an item twice"),
        (format!("{ONE},{OTHER},{ONE}a,{ONE}b"), "secrets has 4 items, but may have at most 3"),
        (String::new(), "secret must be set in production"),
    ] {
        let faults = with(&secrets).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(says), "{faults:?}");
        assert!(!faults[0].contains(ONE), "{faults:?}");
    }
    let both = faults(&[("secret", ONE), ("secrets", OTHER)]);
    assert!(both[0].starts_with("secret and secrets are both set"), "{both:?}");
}

#[test]
fn production_refuses_what_is_for_development() {
    let refused = [
        ("sms.gateways", "console"),
        ("captcha.test_answer", "1234"),
        ("password.cost", "4"),
        ("http.public_url", "http://passport.acme.com"),
        ("http.public_url", ""),
    ];
    for pair in refused {
        assert!(!production_with(pair).is_empty(), "{pair:?}");
    }
    assert!(production_with(("http.public_url", "http://127.0.0.1:8080")).is_empty());
}

#[test]
fn a_gateway_names_what_it_lacks() {
    let faults = faults(&[("sms.gateways", "yuntongxun")]);
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults[0].starts_with("sms.yuntongxun.account_sid must be set"), "{faults:?}");
}

#[test]
fn every_key_is_shown_and_no_secret() {
    let (_, shown) =
        Settings::read(Source::from_pairs(PRODUCTION), &UrlChecks::NONE, today()).unwrap();
    let by_key = |key: &str| shown.iter().find(|it| it.key == key).unwrap();
    assert_eq!(by_key("secret").value, ShownValue::Masked);
    assert_eq!(by_key("sms.yuntongxun.auth_token").value, ShownValue::Masked);
    assert_eq!(by_key("captcha.length").value, ShownValue::Plain("5".to_owned()));
    assert_eq!(by_key("captcha.length").origin, "default");
    assert_eq!(by_key("captcha.test_answer").value, ShownValue::Unset);
}

#[test]
fn accounts_have_defaults_and_bounds() {
    let hours = Duration::from_hours;
    let Settings { account, audit, limits, .. } = Settings::from_pairs([]).unwrap();
    assert_eq!(account.sign_up, SignUpPolicy::Open);
    assert_eq!(account.fresh_for, Duration::from_mins(5));
    assert_eq!((account.deletion_grace, account.undo_for), (hours(7 * 24), hours(24)));
    assert!(account.passwordless);
    assert_eq!((audit.keep, audit.addresses), (hours(184 * 24), RecordedAddress::Full));
    assert_eq!((limits.failures_free, limits.failures_stop, limits.wrong_codes_stop), (4, 100, 20));
    assert_eq!(limits.failures_longest, Duration::from_mins(15));
    assert_eq!(limits.notices_per_phone_day.limit().get(), 10);
    for (key, allowed, refused) in [
        ("account.sign_up", &["closed"][..], &["", "Open", "invited"][..]),
        ("account.fresh_for", &["1s", "15m"], &["0s", "901s", "5"]),
        ("account.deletion_grace", &["0s", "15d"], &["16d", "-1d"]),
        ("account.undo_for", &["1h", "7d"], &["59m", "8d"]),
        ("account.passwordless", &["true", "false"], &["yes", "1"]),
        ("limits.failures_free", &["0", "99"], &["101", "-1"]),
        ("limits.failures_longest", &["1s", "1h"], &["0s", "2h"]),
        ("limits.failures_stop", &["5", "100"], &["0", "101"]),
        ("limits.wrong_codes_stop", &["1", "100"], &["0", "101"]),
        ("limits.notices_per_phone_day", &["1"], &["0"]),
        ("audit.keep", &["30d", "3660d"], &["29d", "0s"]),
        ("audit.addresses", &["prefix", "none"], &["some", ""]),
        (
            "apps.shop.origins",
            &["", "https://shop.example, http://localhost:3000, capacitor://localhost"],
            &["*", "null", "shop.example", "https://shop.example/path", "https://*.example"],
        ),
    ] {
        for value in allowed {
            assert_eq!(faults(&[(key, value)]), Vec::<String>::new(), "{key} {value}");
        }
        for value in refused {
            let faults = faults(&[(key, value)]);
            let [fault] = &faults[..] else { panic!("{key} {value}: {faults:?}") };
            assert!(fault.starts_with(&format!("{key} is {value:?}")), "{fault}");
        }
    }
    let said = ["limits.failures_free must be less than limits.failures_stop"];
    assert_eq!(faults(&[("limits.failures_free", "5"), ("limits.failures_stop", "5")]), said);
}
