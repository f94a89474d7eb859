//! Settings that are allowed and likely a mistake: `config check` and the start say so.

use serde_json::{Value, json};

use super::{Folder, production::GOOD};
use crate::support::Service;

/// A warning that contains all of `words`, under the settings of production and `variables`.
#[track_caller]
fn warns(variables: &[(&str, &str)], words: &[&str]) {
    let said = Folder::with_settings(GOOD).run_with("config check", variables);
    let warnings = said.warnings();
    let found = warnings.iter().any(|warning| words.iter().all(|word| warning.contains(word)));
    assert!(found, "{words:?}: {said:?}");
    let counted = match warnings.len() {
        1 => "1 warning.".to_owned(),
        count => format!("{count} warnings."),
    };
    assert_eq!(said.out, format!("The settings have no errors, and {counted}\n"));
}

#[track_caller]
fn refuses(variables: &[(&str, &str)], words: &[&str]) {
    let said = Folder::with_settings(GOOD).run_with("config check", variables);
    let mut faults = said.faults();
    faults.retain(|fault| !fault.starts_with("warning: "));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(words.iter().all(|word| faults[0].contains(word)), "{words:?}: {faults:?}");
}

#[test]
fn w11_production_without_trusted_proxies_is_warned_of() {
    let none = [("PASSPORT__HTTP__TRUSTED_PROXIES", "")];
    warns(&none, &["http.trusted_proxies is ", "share the limits", "127.0.0.1/32"]);
    // The trial of production on one machine has no proxy.
    let trial = [none[0], ("PASSPORT__HTTP__PUBLIC_URL", "http://127.0.0.1:8080")];
    assert!(Folder::with_settings(GOOD).run_with("config check", &trial).warnings().is_empty());
}

#[tokio::test]
async fn w11_warnings_are_logged_at_the_start() {
    let service = Service::start(&[("limits.sms_per_ip_hour", "100")]).await;
    let log = service.log();
    let line = log.lines().find(|line| line.contains("limits.sms_per_ip_hour is")).expect(&log);
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["key"], "limits.sms_per_ip_hour");
    assert_eq!(line["origin"], "PASSPORT__LIMITS__SMS_PER_IP_HOUR");
}

#[test]
fn w12_a_limit_of_an_hour_above_that_of_the_day_is_warned_of() {
    for (key, hour, day) in [
        ("PASSPORT__LIMITS__SMS_PER_IP_HOUR", "31", "30"),
        ("PASSPORT__LIMITS__SMS_PER_PHONE_HOUR", "11", "10"),
    ] {
        warns(&[(key, hour)], &["_hour is", "no effect", &format!("_day is {day}")]);
        assert!(
            Folder::with_settings(GOOD)
                .run_with("config check", &[(key, day)])
                .warnings()
                .is_empty()
        );
    }
}

#[test]
fn w12_a_variable_with_one_underscore_is_warned_of() {
    let said = Folder::new().run_with("config check", &[("PASSPORT_HTTP_LISTEN", "0.0.0.0:80")]);
    assert_eq!(
        said.warnings(),
        ["PASSPORT_HTTP_LISTEN is set and has no effect: write PASSPORT__HTTP__LISTEN"]
    );
    let said = Folder::new().run_with("config check", &[("PASSPORT_SECRET", "hunter2")]);
    assert_eq!(said.warnings().len(), 1);
    assert!(!said.err.contains("hunter2"), "{said:?}");
    // Two underscores and a key that is unknown stay a fault.
    let said = Folder::new().run_with("config check", &[("PASSPORT__HTTP_LISTEN", "0.0.0.0:80")]);
    assert!(said.faults()[0].contains("did you mean http.listen"), "{said:?}");
}

#[test]
fn x9_networks_that_hold_clients_are_refused_in_production() {
    for networks in ["0.0.0.0/0", "::/0", "127.0.0.1,0.0.0.0/1,128.0.0.0/1", "::ffff:0:0/96"] {
        let variables = [("PASSPORT__HTTP__TRUSTED_PROXIES", networks)];
        refuses(&variables, &["http.trusted_proxies is ", "holds addresses of clients"]);
        let said = Folder::new().run_with("config check", &variables);
        assert_eq!(said.warnings().len(), 1, "{networks}: {said:?}");
    }
}

#[test]
fn x9_codes_that_are_guessed_too_often_are_refused() {
    let short = ("PASSPORT__SMS_CODE__LENGTH", "4");
    refuses(&[short, ("PASSPORT__SMS_CODE__TRIES", "10")], &["sms_code.tries is \"10\"", "to 5"]);
    warns(&[short], &["sms_code.length is \"4\"", "six digits"]);
    let tries = ("PASSPORT__SMS_CODE__TRIES", "5");
    let wrong = |limit| ("PASSPORT__LIMITS__WRONG_CODES_STOP", limit);
    assert!(
        Folder::with_settings(GOOD).run_with("config check", &[wrong("100")]).warnings().is_empty()
    );
    warns(&[short, tries, wrong("100")], &["sms_code.length is \"4\"", "six digits"]);
    // NIST SP 800-63B-4 §3.2.2 has no room for more.
    refuses(&[wrong("101")], &["limits.wrong_codes_stop", "1 to 100"]);
}

#[test]
fn x9_limits_beyond_any_use_are_warned_of_or_refused() {
    // NIST SP 800-63B-4 §3.2.2 allows 100 failures in a row.
    let stop = |limit| [("PASSPORT__LIMITS__FAILURES_STOP", limit)];
    refuses(&stop("101"), &["limits.failures_stop", "1 to 100"]);
    refuses(&stop("4"), &["limits.failures_free", "less than limits.failures_stop"]);
    let longest = |wait| [("PASSPORT__LIMITS__FAILURES_LONGEST", wait)];
    refuses(&longest("2h"), &["limits.failures_longest", "1h"]);
    assert!(
        Folder::with_settings(GOOD).run_with("config check", &stop("100")).warnings().is_empty()
    );
    for key in ["SMS_PER_PHONE_DAY", "SMS_PER_IP_DAY", "LOGIN_FAILURES_PER_IP_MINUTE"] {
        let variable = format!("PASSPORT__LIMITS__{key}");
        warns(&[(&variable, "100000")], &["limits.", "at most"]);
    }
}

#[test]
fn x9_secrets_with_a_pattern_are_refused() {
    for secret in [
        "abcdefghijabcdefghijabcdefghijabcdefghij",
        "0123456789abcdef0123456789abcdef",
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "k3J9xQ2mk3J9xQ2mk3J9xQ2mk3J9xQ2mZw",
    ] {
        let said =
            Folder::with_settings(GOOD).run_with("config check", &[("PASSPORT__SECRET", secret)]);
        let faults = said.faults();
        assert!(faults.len() == 1 && faults[0].contains("openssl rand -hex 32"), "{faults:?}");
        assert!(!faults[0].contains(secret), "{faults:?}");
    }
}

#[test]
fn x9_connections_in_clear_to_another_host_are_warned_of() {
    for (variable, url, host) in [
        ("PASSPORT__STORE__URL", "redis://:hunter2@cache:6379/0", "to cache is not encrypted"),
        ("PASSPORT__DATABASE__URL", "postgres://me:hunter2@db/x", "to db is not encrypted"),
        ("PASSPORT__DATABASE__URL", "postgres://me:hunter2@127.0.0.1,10.0.0.9/x", "to 10.0.0.9 is"),
        ("PASSPORT__DATABASE__URL", "postgres://me:hunter2@db/x?sslmode=disable", "to db is"),
    ] {
        warns(&[(variable, url)], &[host, "TLS"]);
        let said = Folder::with_settings(GOOD).run_with("config check --json", &[(variable, url)]);
        assert!(!said.err.contains("hunter2") && !said.out.contains("hunter2"), "{said:?}");
    }
    for (variable, url) in [
        ("PASSPORT__STORE__URL", "rediss://cache"),
        ("PASSPORT__STORE__URL", "redis://127.0.0.1"),
        ("PASSPORT__DATABASE__URL", "postgres://db/x?sslmode=require"),
        ("PASSPORT__DATABASE__URL", "postgres://localhost/x"),
        ("PASSPORT__DATABASE__URL", "postgres://%2Frun%2Fpostgresql/x"),
    ] {
        let said = Folder::with_settings(GOOD).run_with("config check", &[(variable, url)]);
        assert_eq!(said.warnings(), Vec::<&str>::new(), "{url}");
    }
}

#[test]
fn x9_messages_never_leave_in_clear() {
    for (key, url) in [
        ("SMS__YUNTONGXUN__ENDPOINT", "http://app.cloopen.com:8883"),
        ("SMS__YUNTONGXUN__ENDPOINT", "HTTP://app.cloopen.com"),
        ("SMS__WEBHOOK__URL", "http://gateway.example.org/send"),
    ] {
        let webhook = [
            (format!("PASSPORT__{key}"), url),
            ("PASSPORT__SMS__GATEWAYS".to_owned(), "yuntongxun,webhook"),
            (
                "PASSPORT__SMS__WEBHOOK__SECRETS".to_owned(),
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            ),
        ];
        let mut variables: Vec<_> =
            webhook.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        if !key.contains("WEBHOOK") {
            variables.truncate(1);
        }
        let said = Folder::with_settings(GOOD).run_with("config check", &variables);
        let faults = said.faults();
        assert!(faults.len() == 1 && faults[0].contains("https"), "{faults:?}");
    }
}

#[test]
fn w12_public_urls_are_explained() {
    let public_url = |url| [("PASSPORT__HTTP__PUBLIC_URL", url)];
    refuses(&public_url("https://登录.example.cn"), &["write https://xn--w2t382c.example.cn"]);
    let folder = Folder::with_settings(GOOD);
    let said = folder.run_with("config check", &public_url("https://passport.example.org."));
    assert!(said.warnings().is_empty(), "{said:?}");
}

#[test]
fn remarks_come_as_json_too() {
    let folder = Folder::with_settings("[limits]\nsms_per_ip_hour = 31");
    let said = folder.run("config check --json");
    let printed: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(printed["faults"], json!([]));
    let warning = &printed["warnings"][0];
    assert_eq!(warning["key"], "limits.sms_per_ip_hour");
    assert_eq!(warning["value"], "31");
    assert_eq!(warning["origin"], "passport.toml");
    assert_eq!(said.warnings(), [warning["text"].as_str().unwrap()]);

    // Warnings beside faults, so that one look is enough.
    let folder = Folder::with_settings("[limits]\nsms_per_ip_hour = 31\n[captcha]\nlength = 3");
    let said = folder.run("config check --json");
    let printed: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(printed["faults"].as_array().unwrap().len(), 1);
    assert_eq!(printed["warnings"].as_array().unwrap().len(), 1);
    assert!(said.err.contains("passport: warning: limits."), "{said:?}");
}

#[test]
fn metrics_that_everyone_could_read_are_warned_of() {
    for listen in ["0.0.0.0:9464", "[::]:9464", "203.0.113.9:9464"] {
        warns(&[("PASSPORT__METRICS__LISTEN", listen)], &["metrics.listen is", listen, "firewall"]);
    }
    for listen in ["", "127.0.0.1:9464", "10.1.2.3:9464", "[fd00::1]:9464"] {
        let said = Folder::with_settings(GOOD)
            .run_with("config check", &[("PASSPORT__METRICS__LISTEN", listen)]);
        assert!(said.warnings().is_empty(), "{listen}: {said:?}");
    }
    let same = [("PASSPORT__METRICS__LISTEN", "127.0.0.1:8080")];
    refuses(&same, &["metrics.listen is", "http.listen is the same address"]);
    refuses(&[("PASSPORT__METRICS__LISTEN", "9464")], &["metrics.listen is", "address and port"]);
}

#[test]
fn an_endpoint_of_traces_is_checked() {
    const KEY: &str = "PASSPORT__TELEMETRY__OTLP_ENDPOINT";
    for good in ["http://127.0.0.1:4318", "https://otel.example.org/a/b", "http://localhost:4318/"]
    {
        let said = Folder::with_settings(GOOD).run_with("config check", &[(KEY, good)]);
        assert!(said.warnings().is_empty(), "{said:?}");
    }
    warns(&[(KEY, "http://collector:4318")], &["telemetry.otlp_endpoint is", "unencrypted"]);
    for bad in ["127.0.0.1:4318", "grpc://h:4317", "http://h?x=1"] {
        refuses(&[(KEY, bad)], &["telemetry.otlp_endpoint is", "http://127.0.0.1:4318"]);
    }
    refuses(
        &[("PASSPORT__TELEMETRY__SAMPLE_RATIO", "1.5")],
        &["telemetry.sample_ratio is", "0 to 1"],
    );
    refuses(&[("PASSPORT__TELEMETRY__SERVICE_NAME", "a b")], &["telemetry.service_name is"]);
}

#[test]
fn warnings_are_listed_beside_faults() {
    let both = [("PASSPORT__METRICS__LISTEN", "0.0.0.0:9464"), ("PASSPORT__PASSWORD__COST", "99")];
    let said = Folder::with_settings(GOOD).run_with("config check", &both);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("passport: warning: metrics.listen is"), "{said:?}");
    assert!(said.err.contains("passport: password.cost is"), "{said:?}");
    let said = Folder::with_settings(GOOD).run_with("config check --json", &both);
    let json: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(said.status, 1);
    assert_eq!(json["faults"][0]["key"], "password.cost");
    assert_eq!(json["warnings"][0]["key"], "metrics.listen");
    assert_eq!(json["warnings"][0]["value"], json!("0.0.0.0:9464"));
}
