//! The recipe in the README names every file that a gateway adds and edits.

use std::fs;
use std::path::{Path, PathBuf};

use passport_sms_gateways::KINDS;

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The files at the beginnings of the items of the recipe; some contain the `NAME` of a gateway.
fn files() -> Vec<String> {
    let readme = fs::read_to_string(root().join("crates/passport-sms-gateways/README.md")).unwrap();
    let (_, recipe) = readme.split_once("\n## Adding a gateway\n").unwrap();
    let items = recipe.lines().filter_map(|line| line.strip_prefix("- `")?.split_once('`'));
    items.map(|(file, _)| file.to_owned()).collect()
}

/// Whether `text` contains the name of the gateway, in any case and with any sign between its words.
fn names(text: &str, gateway: &str) -> bool {
    let text = text.to_lowercase();
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    ["_", "-", " ", ""].iter().map(|sign| gateway.replace('_', sign)).any(|name| {
        text.match_indices(&name).any(|(start, _)| {
            let (before, after) = (&text[..start], &text[start + name.len()..]);
            !is_part(before.chars().next_back()) && !is_part(after.chars().next())
        })
    })
}

#[test]
fn each_file_of_the_recipe_names_each_gateway() {
    let files = files();
    let edited = files.iter().filter(|file| !file.contains("NAME")).count();
    assert!((5..=9).contains(&edited), "{files:?}");
    for kind in KINDS {
        for file in &files {
            let path = root().join(file.replace("NAME", kind.name));
            let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path:?} is missing"));
            assert!(names(&text, kind.name), "{file} does not name {}", kind.name);
        }
    }
}

#[test]
fn no_other_source_names_a_gateway() {
    let files = files();
    let mut sources = Vec::new();
    for package in fs::read_dir(root().join("crates")).unwrap() {
        collect(&package.unwrap().path().join("src"), &mut sources);
    }
    assert!(sources.len() > 100, "the sources were found");
    for source in &sources {
        let path = source.strip_prefix(root()).unwrap().to_str().unwrap();
        let text = fs::read_to_string(source).unwrap();
        // Tests may use any gateway as an example.
        let code = text.split("#[cfg(test)]").next().unwrap();
        // The webhooks of events are called so too.
        for kind in KINDS.iter().filter(|kind| kind.name != "webhook") {
            let own = format!("crates/passport-sms-gateways/src/{}", kind.name);
            if !path.starts_with(&own) && !files.iter().any(|file| file == path) {
                let line = code.lines().find(|line| names(line, kind.name));
                assert_eq!(line, None, "{path} names {}", kind.name);
            }
        }
    }
}

/// The source files below `folder`, without files of tests.
fn collect(folder: &Path, sources: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") {
            sources.push(path);
        }
    }
}

#[test]
fn a_name_is_a_whole_word_in_any_spelling() {
    for text in ["Twilio::open", "[sms.twilio]", "TWILIO_FROM=1", "by Twilio."] {
        assert!(names(text, "twilio"), "{text}");
    }
    for text in ["by a_b", "A-B", "A b c", "AB::open", "\"a-b\""] {
        assert!(names(text, "a_b"), "{text}");
    }
    assert!(!names("answers", "sns") && !names("sns", "sn") && !names("cab", "a_b"));
}
