//! Rules for tests: a test that did not run must not count as passed.

use super::{sources::rust_files, workspace};

/// Ports, and the macro with the clauses of each.
const CONTRACTS: [(&str, &str); 10] = [
    ("IdempotencyStore", "idempotency_store_contract!"),
    ("CodeStore", "code_store_contract!"),
    ("OperatorTokenRepository", "operator_token_contract!"),
    ("Outbox", "outbox_contract!"),
    ("SigningKeyRepository", "signing_key_contract!"),
    ("SessionStore", "session_store_contract!"),
    ("SubjectCache", "subject_cache_contract!"),
    ("ThrottleStore", "throttle_store_contract!"),
    ("UserRepository", "user_repository_contract!"),
    ("WebhookStore", "webhook_store_contract!"),
];

#[test]
fn every_adapter_runs_the_contract_of_its_port() {
    let mut adapters = 0;
    for (name, it) in workspace() {
        if !name.starts_with("passport-storage-") {
            continue;
        }
        let text = |folder: &str| -> String {
            let files = rust_files(folder).into_iter();
            files.filter(|(path, _)| path.starts_with(&it.folder)).map(|(_, text)| text).collect()
        };
        let (sources, tests) = (text("src"), text("tests"));
        for (port, contract) in CONTRACTS {
            let implemented = sources.matches(&format!("impl {port} for ")).count();
            let run = tests.matches(contract).count();
            assert!(run >= implemented, "{name}: {implemented} of {port}, {run} of {contract}");
            adapters += implemented;
        }
    }
    assert!(adapters > 8, "{adapters} adapters are too few");
}

/// Without its server a test would otherwise pass although it tested nothing.
#[test]
fn no_test_returns_early() {
    for (path, text) in rust_files("") {
        for (name, body) in tests_in(&text) {
            let early = body.iter().find(|line| is_return(line));
            assert!(early.is_none(), "{}: {name}: {early:?}", path.display());
        }
    }
}

/// The reason is what `cargo test` prints beside "ignored".
#[test]
fn a_test_is_ignored_only_for_a_server_that_it_names() {
    for (path, text) in rust_files("") {
        for line in text.lines().map(str::trim).filter(|line| line.starts_with("#[ignore")) {
            assert!(line.starts_with("#[ignore = \"needs "), "{}: {line}", path.display());
        }
    }
}

fn is_return(line: &str) -> bool {
    line.contains("return;") || line.contains("return }")
}

/// Name and body of each test function in a file that rustfmt has formatted.
fn tests_in(text: &str) -> Vec<(&str, Vec<&str>)> {
    let lines: Vec<_> = text.lines().collect();
    let is_attribute = |line: &&str| {
        line.trim_start().starts_with("#[test]") || line.trim_start().starts_with("#[tokio::test")
    };
    let starts = lines.iter().enumerate().filter(|(_, line)| is_attribute(line));
    starts
        .map(|(start, attribute)| {
            let indentation = &attribute[..attribute.len() - attribute.trim_start().len()];
            let end = format!("{indentation}}}");
            let item = lines[start..].iter().take_while(|line| **line != end);
            let mut item = item.copied().skip_while(|line| !line.contains("fn "));
            let name = item.next().expect("a test attribute stands before a function");
            (name.trim(), item.collect())
        })
        .collect()
}

/// A test that returns early, and one that does not. `TEST` stands for `test`, because this file is
/// searched as well.
const SAMPLE: &str = r#"
#[TEST]
#[ignore = "needs Redis"]
fn one() {
    let Some(url) = url() else { return };
}

mod nested {
    #[tokio::TEST]
    async fn two() {
        act();
    }
}
"#;

#[test]
fn tests_and_their_returns_are_recognized() {
    let sample = SAMPLE.replace("TEST", "test");
    let found: Vec<_> = tests_in(&sample)
        .into_iter()
        .map(|(name, body)| (name, body.into_iter().any(is_return)))
        .collect();
    assert_eq!(found, [("fn one() {", true), ("async fn two() {", false)]);
}
