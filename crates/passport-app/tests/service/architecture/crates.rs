//! Dependencies between crates, and heavy dependencies outside of the workspace.

use std::{collections::BTreeSet, fs};

use super::{root, tree, workspace};

/// Allowed dependencies per crate. A new one is a design decision; give its reason in the commit.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("passport-captcha", &[]),
    ("passport-codes", &[]),
    ("passport-idempotency", &[]),
    ("passport-pages", &[]),
    ("passport-session", &[]),
    ("passport-sms-client", &[]),
    ("passport-sms-gateways", &["passport-sms-client"]),
    ("passport-throttle", &[]),
    ("passport-token", &[]),
    ("passport-user", &[]),
    // The account events are what is delivered.
    ("passport-webhooks", &["passport-user"]),
    ("passport-auth", &PORTS),
    (
        "passport-bridges",
        &[
            "passport-auth",
            "passport-captcha",
            "passport-codes",
            "passport-sms-client",
            "passport-user",
        ],
    ),
    (
        "passport-storage-memory",
        &[
            "passport-codes",
            "passport-idempotency",
            "passport-session",
            "passport-sms-client",
            "passport-throttle",
            "passport-user",
            "passport-webhooks",
        ],
    ),
    (
        "passport-storage-redis",
        &["passport-codes", "passport-idempotency", "passport-session", "passport-throttle"],
    ),
    (
        "passport-storage-diesel",
        &[
            "passport-codes",
            "passport-idempotency",
            "passport-session",
            "passport-sms-client",
            "passport-throttle",
            "passport-user",
            "passport-webhooks",
        ],
    ),
    // A service that embeds the libraries, without the app.
    (
        "passport-embedded-example",
        &[
            "passport-auth",
            "passport-bridges",
            "passport-codes",
            "passport-session",
            "passport-sms-client",
            "passport-sms-gateways",
            "passport-storage-diesel",
            "passport-user",
        ],
    ),
    (
        "passport-app",
        &[
            "passport-auth",
            "passport-bridges",
            "passport-captcha",
            "passport-codes",
            "passport-idempotency",
            "passport-pages",
            "passport-session",
            "passport-sms-client",
            "passport-sms-gateways",
            "passport-storage-diesel",
            "passport-storage-memory",
            "passport-storage-redis",
            "passport-throttle",
            "passport-token",
            "passport-user",
            "passport-webhooks",
        ],
    ),
];

const PORTS: [&str; 5] =
    ["passport-codes", "passport-session", "passport-throttle", "passport-token", "passport-user"];

/// A crate on the left must not depend, even transitively, on a family on the right.
const LIGHT: [(&str, &[&str]); 17] = [
    ("passport-captcha", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-codes", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-idempotency", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-pages", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-session", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-throttle", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-token", &["actix", "axum", "diesel", "redis", "hyper", "tokio"]),
    ("passport-user", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-webhooks", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-sms-client", &["actix", "diesel", "redis", "hyper", "rustls"]),
    ("passport-sms-gateways", &["actix", "diesel", "redis"]),
    ("passport-auth", &["actix", "diesel", "redis", "hyper"]),
    ("passport-bridges", &["actix", "diesel", "redis", "hyper"]),
    ("passport-embedded-example", &["actix", "redis"]),
    ("passport-storage-memory", &["actix", "diesel", "redis", "hyper", "tokio"]),
    ("passport-storage-redis", &["actix", "diesel"]),
    ("passport-storage-diesel", &["actix", "redis"]),
];

#[test]
fn crates_depend_only_on_allowed_crates() {
    let workspace = workspace();
    let names: BTreeSet<_> = workspace.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ALLOWED.iter().map(|(name, _)| *name).collect(),
        "the crates of the workspace"
    );
    for (name, allowed) in ALLOWED {
        let siblings = &workspace[name].siblings;
        let extra: Vec<_> = siblings.iter().filter(|it| !allowed.contains(&it.as_str())).collect();
        assert!(extra.is_empty(), "{name} must not depend on {extra:?}");
    }
}

#[test]
fn no_crate_depends_on_the_app_even_in_tests() {
    for (name, it) in workspace() {
        assert!(!it.siblings.contains("passport-app"), "{name}");
        assert!(!it.test_siblings.contains("passport-app"), "{name}");
    }
}

#[test]
fn light_crates_stay_light() {
    for (package, families) in LIGHT {
        let tree = tree(package);
        assert!(tree.contains(package), "{package} is in its own tree");
        for family in families {
            let heavy: Vec<_> = tree.iter().filter(|name| is_of(name, family)).collect();
            assert!(heavy.is_empty(), "{package} depends on {heavy:?}");
        }
    }
}

#[test]
fn tls_is_rustls_alone() {
    let tree = tree("passport-app");
    assert!(tree.contains("rustls"));
    // The lock file also has dependencies of tests and of optional features.
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let locked = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    for name in locked.chain(tree.iter().map(String::as_str)) {
        // `openssl-probe` searches certificates in the file system and links nothing.
        let is_other = name.contains("openssl") && name != "openssl-probe";
        assert!(!is_other && !name.contains("native-tls"), "{name}");
    }
}

/// Whether a crate belongs to a family: `tokio-util` to tokio, `deadpool-redis` to redis.
fn is_of(name: &str, family: &str) -> bool {
    name.split(['-', '_']).any(|word| word == family)
}

#[test]
fn families_are_recognized_by_whole_words() {
    for (name, family) in [
        ("tokio", "tokio"),
        ("tokio-util", "tokio"),
        ("deadpool-redis", "redis"),
        ("diesel_migrations", "diesel"),
        ("hyper-rustls", "hyper"),
    ] {
        assert!(is_of(name, family), "{name}");
    }
    assert!(!is_of("hyperloglog", "hyper"));
}
