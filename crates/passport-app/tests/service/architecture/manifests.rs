//! Rules for the manifests of the libraries.

use std::{collections::BTreeMap, fs};

use super::workspace;

/// `cargo test -p CRATE` would leave such a target out without a word.
#[test]
fn no_test_target_requires_a_feature() {
    for (name, manifest) in libraries() {
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let is_left_out = section == "[[test]]" && line.starts_with("required-features");
            assert!(
                !is_left_out,
                "{name}: depend on the crate itself, with the feature, for tests"
            );
        }
    }
}

#[test]
fn docs_rs_shows_every_feature() {
    let all_features = "\n[package.metadata.docs.rs]\nall-features = true\n";
    for (name, manifest) in libraries() {
        assert!(manifest.contains(all_features), "{name}");
    }
}

/// The limits of the registry: at most five words of at most twenty characters.
#[test]
fn every_library_has_keywords_of_its_own() {
    let mut owners = BTreeMap::new();
    for (name, manifest) in libraries() {
        let list = manifest.lines().find_map(|line| line.strip_prefix("keywords = "));
        let list = list.unwrap_or_else(|| panic!("{name} has no `keywords = [...]`"));
        let words: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert!((1..=5).contains(&words.len()), "{name}: {list}");
        for word in words {
            let has_form = word.starts_with(|first: char| first.is_ascii_alphabetic())
                && word.chars().all(|it| it.is_ascii_alphanumeric() || "-_+".contains(it));
            assert!(has_form && word.len() <= 20, "{name}: {word}");
        }
        if let Some(other) = owners.insert(list.to_owned(), name.clone()) {
            panic!("{name} and {other} have the same keywords");
        }
    }
}

/// Name and manifest of each crate that is published.
fn libraries() -> Vec<(String, String)> {
    let crates = workspace().into_iter().map(|(name, it)| {
        let manifest = fs::read_to_string(it.folder.join("Cargo.toml")).unwrap();
        (name, manifest)
    });
    let libraries: Vec<_> =
        crates.filter(|(_, manifest)| !manifest.contains("\npublish = false\n")).collect();
    assert!(libraries.len() >= 10, "{} libraries are too few", libraries.len());
    libraries
}
