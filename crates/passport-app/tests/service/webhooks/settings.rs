//! `[webhooks.<name>]`

use std::fs;

use tempfile::tempdir;

use crate::support::{Said, WEBHOOK_SECRET, run};

const OTHER_SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

fn checked(settings: &[(&str, &str)]) -> Said {
    run(tempdir().unwrap().path(), settings, &["config", "check"])
}

#[test]
fn hook_15_faults_of_an_endpoint_are_named_at_once() {
    let said = checked(&[
        ("webhooks.a.events", "user.created,budget.tripped"),
        ("webhooks.b.url", "http://shop.example/hooks"),
        ("webhooks.b.secret", "whsec_dG9vIHNob3J0"),
        ("webhooks.c.url", "https://10.0.0.7/hooks"),
        ("webhooks.c.secret", &[WEBHOOK_SECRET, OTHER_SECRET, WEBHOOK_SECRET].join(",")),
        ("webhooks.c.timeout", "1h"),
        ("webhooks.d.url", "https://me:hunter2@shop.example/"),
        ("webhooks.d.secret", WEBHOOK_SECRET),
        ("webhooks.d.root_ca", "/nonexistent.pem"),
        ("webhooks.e.url", "http://10.0.0.7/hooks"),
        ("webhooks.e.secret", WEBHOOK_SECRET),
        ("webhooks.e.allow_private", "true"),
        ("webhooks.e.reveal_mobile", "true"),
        ("webhooks.e.secrets", "x"),
        ("webhooks.9.url", "https://shop.example/hooks"),
        ("webhooks.allow_private", "true"),
    ])
    .failed(1);
    for part in [
        "webhooks.a.url must be set",
        "webhooks.a.secret must be set; make one with: passport webhook secret",
        "webhooks.a.events is \"user.created,budget.tripped\"",
        "webhooks.b.url is \"http://shop.example/***\"",
        "but must begin with https://",
        "webhooks.b.secret is not whsec_",
        "but must name a public host",
        "webhooks.c.secret has 3 secrets",
        "webhooks.c.timeout is \"1h\"",
        "webhooks.d.url is \"***\"",
        "webhooks.d.root_ca is \"/nonexistent.pem\"",
        "webhooks.e.reveal_mobile is \"true\"",
        "webhooks.e.secrets (PASSPORT__WEBHOOKS__E__SECRETS) is not a setting; did you mean",
        "webhooks.9 is not the name of an endpoint",
        "webhooks.allow_private (PASSPORT__WEBHOOKS__ALLOW_PRIVATE) is not a setting",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for secret in ["dG9vIHNob3J0", "hunter2", &WEBHOOK_SECRET[6..], &OTHER_SECRET[6..]] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn hook_16_secrets_and_paths_of_endpoints_are_masked() {
    let settings = [
        ("webhooks.shop.url", "https://shop.example:8443/hooks/s3cret?key=hunter2"),
        ("webhooks.shop.secret", &[WEBHOOK_SECRET, OTHER_SECRET].join(",")),
    ];
    let shown = run(tempdir().unwrap().path(), &settings, &["config", "show", "--json"]).json();
    assert_eq!(shown["webhooks.shop.url"]["value"], "https://shop.example:8443/***");
    assert_eq!(shown["webhooks.shop.secret"]["value"], "***");
    assert_eq!(shown["webhooks.shop.timeout"]["value"], "15s");
    for secret in ["s3cret", "hunter2", &WEBHOOK_SECRET[6..], &OTHER_SECRET[6..]] {
        assert!(!shown.to_string().contains(secret), "{shown}");
    }
}

/// The table that the example has as a comment is valid, and names every key with its default.
#[test]
fn hook_17_the_example_has_an_endpoint() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../passport.example.toml");
    let example = fs::read_to_string(example).unwrap();
    let lines: Vec<_> = example
        .lines()
        .skip_while(|line| line.trim() != "#     [webhooks.shop]")
        .map_while(|line| line.strip_prefix("#     "))
        .collect();
    assert!(lines.len() > 8, "{lines:?}");
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("example.toml"), lines.join("\n")).unwrap();
    let command = ["config", "show", "--json", "--config", "example.toml"];
    let shown = run(folder.path(), &[], &command).json();
    let bare = [
        ("webhooks.shop.url", "https://shop.example.org/hooks"),
        ("webhooks.shop.secret", WEBHOOK_SECRET),
    ];
    let defaults = run(folder.path(), &bare, &["config", "show", "--json"]).json();
    let mut keys = 0;
    for (key, entry) in defaults.as_object().unwrap() {
        if key.starts_with("webhooks.shop.") {
            assert_eq!(shown[key]["value"], entry["value"], "{key}");
            let written = shown[key]["origin"] != "default" || key == "webhooks.shop.root_ca";
            assert!(written, "{key} is not in the example");
            keys += 1;
        }
    }
    assert_eq!(keys, 8);
}
