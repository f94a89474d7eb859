//! What manifests and sources must hold, and what they must not.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::workspace;

const MOST_LINES: usize = 400;

#[test]
fn every_crate_has_a_readme_that_is_its_doc() {
    for (name, it) in workspace() {
        assert!(it.folder.join("README.md").is_file(), "{name} has no README.md");
        let lib = fs::read_to_string(it.folder.join("src/lib.rs")).unwrap();
        let first = lib.lines().next().unwrap_or_default();
        let is_doc =
            first.starts_with("#![") && first.contains(r#"doc = include_str!("../README.md")"#);
        assert!(is_doc, "{name}: lib.rs begins with {first}");
    }
}

#[test]
fn every_crate_keeps_the_lints_of_the_workspace() {
    for (name, it) in workspace() {
        let manifest = fs::read_to_string(it.folder.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("\n[lints]\nworkspace = true\n"), "{name}");
    }
}

#[test]
fn every_version_comes_from_the_workspace() {
    for (name, it) in workspace() {
        let manifest = fs::read_to_string(it.folder.join("Cargo.toml")).unwrap();
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
                let own_table = section.contains("dependencies.");
                assert!(!own_table, "{name}: write {section} on one line");
            }
            let is_dependency = section.contains("dependencies]")
                && line.starts_with(|first: char| first.is_ascii_alphanumeric());
            // A crate of ours needs no version in tests: without one it may depend on us, too.
            let is_path = line.starts_with("passport-") && line.contains("path = \"../");
            let is_shared = line.contains("workspace = true");
            assert!(!is_dependency || is_shared || is_path, "{name}: {line}");
            assert!(!is_dependency || !line.contains("version"), "{name}: {line}");
        }
    }
}

#[test]
fn nothing_is_left_to_do() {
    let left = ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!("));
    for (path, text) in rust_files("") {
        for call in &left {
            assert!(!text.contains(call.as_str()), "{} has {call}", path.display());
        }
    }
}

#[test]
fn no_source_is_long() {
    for (path, text) in rust_files("src") {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", path.display());
    }
}

#[test]
fn only_the_app_reads_the_environment_or_starts_a_runtime() {
    let forbidden =
        ["std::env", "env::var", "env::args", "tokio::main", "Runtime::new", "runtime::Builder"];
    for (path, text) in rust_files("src") {
        if path.to_str().unwrap().contains("passport-app") {
            continue;
        }
        for word in forbidden {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn only_the_app_knows_its_framework() {
    for (path, text) in rust_files("") {
        let is_app = path.to_str().unwrap().contains("passport-app");
        assert!(is_app || !text.contains("actix_web"), "{}", path.display());
    }
}

/// Every Rust file in the crates' folders of that name, with its text.
fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for it in workspace().values() {
        collect(&it.folder.join(folder), &mut files);
    }
    assert!(files.len() > 100, "{} files are too few", files.len());
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}
