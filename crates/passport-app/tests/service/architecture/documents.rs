//! Documents say what is there: the tests and files that they name exist.

use std::{collections::BTreeSet, fs, path::Path};

use super::{root, sources::rust_files};

/// Documents for contributors and operators. The READMEs of crates are checked by rustdoc.
const DOCUMENTS: &[&str] = &[
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/accounts.md",
    "docs/accounts-api.md",
    "docs/apps.md",
    "docs/apps-settings.md",
    "docs/architecture.md",
    "docs/brand.md",
    "docs/forward-auth.md",
    "docs/logging.md",
    "docs/measured.md",
    "docs/metrics.md",
    "docs/operations.md",
    "docs/operators.md",
    "docs/problems.md",
    "docs/releasing.md",
    "docs/requirements.md",
    "docs/text-messages.md",
    "docs/tokens.md",
    "docs/webhooks.md",
];

/// Otherwise an invariant could lose its test without a trace.
#[test]
fn each_invariant_names_tests_that_exist() {
    let text = read("docs/architecture.md");
    let (_, rest) = text.split_once("\n## Invariants\n").expect("it has a section of invariants");
    let (invariants, _) = rest.split_once("\n## ").expect("another section follows");
    let functions = functions();
    let mut count = 0;
    for line in invariants.lines().filter(|line| line.starts_with('|')).filter(|it| !is_head(it)) {
        let held_by = line.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        let names: Vec<_> = quoted(held_by).collect();
        assert!(!names.is_empty(), "no test: {line}");
        for name in names {
            assert!(functions.contains(name), "there is no test `{name}`: {line}");
            count += 1;
        }
    }
    assert!(count > 30, "{count} tests are too few: was the table read?");
}

/// Otherwise a requirement could be called met without a test.
#[test]
fn each_requirement_that_is_met_names_tests_that_exist() {
    let text = read("docs/requirements.md");
    let functions = functions();
    let mut count = 0;
    for line in text.lines().filter(|line| line.starts_with('|')).filter(|it| !is_head(it)) {
        let cells: Vec<_> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [.., state, tests] = &*cells else { panic!("a row has a state and tests: {line}") };
        if !state.starts_with("met") && !state.starts_with("in part") {
            assert!(!tests.is_empty(), "neither a test nor a reason: {line}");
            continue;
        }
        let names: Vec<_> = quoted(tests).filter(|name| is_function(name)).collect();
        assert!(!names.is_empty(), "no test: {line}");
        for name in names {
            assert!(functions.contains(name), "there is no test `{name}`: {line}");
            count += 1;
        }
    }
    assert!(count > 100, "{count} tests are too few: was the document read?");
}

/// Whether it is written as the name of a test, and not as a member, a header field or a setting.
fn is_function(name: &str) -> bool {
    name.contains('_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[test]
fn links_between_documents_lead_somewhere() {
    for document in DOCUMENTS.iter().copied() {
        let text = read(document);
        let folder = Path::new(document).parent().unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let file = target.split('#').next().unwrap_or_default();
            let path = root().join(folder).join(file);
            assert!(path.exists(), "{document}: {target} leads nowhere");
        }
    }
}

/// Texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_head(line: &str) -> bool {
    line.ends_with("| held by |")
        || line.ends_with("| tests, or why not |")
        || line.starts_with("|---")
}

/// Names of all functions in the sources and tests, and of the clauses of contracts.
fn functions() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in rust_files("") {
        for line in text.lines() {
            let name = line.split_once("fn ").and_then(|(_, rest)| rest.split(['(', '<']).next());
            names.extend(name.map(ToOwned::to_owned));
        }
    }
    names
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}
