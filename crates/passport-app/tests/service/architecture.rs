//! Architecture rules: dependencies between crates and files, weight of light crates, contents of
//! sources.

mod circles;
mod crates;
mod documents;
mod files;
mod manifests;
mod sources;
mod tests;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// A crate of this workspace, from the metadata of cargo.
struct Crate {
    folder: PathBuf,
    /// Dependencies in this workspace, without those of tests.
    siblings: BTreeSet<String>,
    /// Dependencies in this workspace of tests only.
    test_siblings: BTreeSet<String>,
}

fn workspace() -> BTreeMap<String, Crate> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let names: BTreeSet<_> = packages.iter().map(|package| text(&package["name"])).collect();
    let siblings = |package: &Value, for_tests: bool| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies
            .filter(|it| (it["kind"] == "dev") == for_tests)
            .map(|it| text(&it["name"]))
            .filter(|name| names.contains(name))
            .collect()
    };
    packages
        .iter()
        .map(|package| {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            let folder = manifest.parent().unwrap().to_owned();
            let (siblings, test_siblings) = (siblings(package, false), siblings(package, true));
            (text(&package["name"]), Crate { folder, siblings, test_siblings })
        })
        .collect()
}

/// Names of all dependencies of `package`, direct and indirect, and its own name.
fn tree(package: &str) -> BTreeSet<String> {
    let names = ["--prefix", "none", "--format", "{p}"];
    let output =
        cargo(&[&["tree", "--edges", "normal", "--package", package][..], &names].concat());
    output.lines().filter_map(|line| line.split(' ').next()).map(ToOwned::to_owned).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
