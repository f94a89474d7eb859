use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Stdio,
};

use serde_json::{Value, json};

use super::Folder;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../passport.example.toml");

#[test]
fn each_value_has_its_origin_and_variables_override_the_file() {
    let folder = Folder::with_settings(
        "
        [http]
        listen = '127.0.0.1:9000'
        workers = 3
        [phone]
        countries = ['CN', 'HK']
        ",
    );
    let variables = [("PASSPORT__HTTP__WORKERS", "4"), ("PASSPORT__CAPTCHA__TTL", "120s")];
    let shown = folder.run_with("config show --json", &variables).good();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    for (key, value, origin) in [
        ("http.listen", "127.0.0.1:9000", "passport.toml"),
        ("http.workers", "4", "PASSPORT__HTTP__WORKERS"),
        ("phone.countries", "CN,HK", "passport.toml"),
        ("captcha.ttl", "120s", "PASSPORT__CAPTCHA__TTL"),
        ("captcha.length", "5", "default"),
    ] {
        assert_eq!(shown[key], json!({ "value": value, "origin": origin }), "{key}");
    }
    assert_eq!(shown["captcha.test_answer"], json!({ "value": null, "origin": "default" }));
    assert!(folder.names() == ["passport.toml"], "showing creates no file");
}

#[test]
fn the_table_and_the_json_agree() {
    let folder = Folder::with_settings("[http]\nworkers = 3");
    let table = folder.run("config show").good();
    let json: BTreeMap<String, BTreeMap<String, Option<String>>> =
        serde_json::from_str(&folder.run("config show --json").good()).unwrap();
    assert_eq!(table.lines().count(), json.len());
    for line in table.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let [key, value, origin] = words[..] else { panic!("{line}") };
        let entry = &json[key];
        assert_eq!(entry["value"].as_deref().unwrap_or("-"), value);
        assert_eq!(entry["origin"].as_deref(), Some(origin));
    }
    let starts: BTreeSet<_> = table.lines().map(|line| line.rfind("  ")).collect();
    assert_eq!(starts.len(), 1, "columns are aligned:\n{table}");
}

#[test]
fn no_secret_is_shown() {
    let secret = "hunter2-7d5c0e9af3b1864270fd95be318ac624";
    let folder = Folder::new();
    let variables = [
        ("PASSPORT__SECRET", secret),
        ("PASSPORT__DATABASE__URL", "postgres://me:hunter2@db/passport"),
        ("PASSPORT__STORE__URL", "redis://:hunter2@redis:6379"),
        ("PASSPORT__SMS__YUNTONGXUN__AUTH_TOKEN", "hunter2"),
    ];
    for command in ["config show", "config show --json"] {
        let shown = folder.run_with(command, &variables).good();
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("postgres://me:***@db/passport"), "{shown}");
        assert!(shown.contains("redis://:***@redis:6379"), "{shown}");
        assert!(shown.contains("PASSPORT__SECRET"), "{shown}");
    }
    let shown = folder.run_with("config show --json", &variables).good();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    for key in ["secret", "sms.yuntongxun.auth_token"] {
        assert_eq!(shown[key]["value"], "***", "{key}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = Folder::new();
    for command in ["config show", "config show --json", "config check", "migrate"] {
        let mut process = folder.command(command);
        let process = process.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = process.spawn().unwrap();
        // Closes the pipe as `head` does, here before the first line.
        drop(process.stdout.take());
        let output = process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{command}: {said}");
    }
}

/// The example is the reference, so it has exactly the keys that exist.
#[test]
fn the_example_and_show_list_the_same_keys() {
    let shown = Folder::new().run(&format!("config show --json --config {EXAMPLE}")).good();
    let shown: BTreeMap<String, Value> = serde_json::from_str(&shown).unwrap();
    let shown: BTreeSet<_> = shown.into_keys().collect();
    assert_eq!(keys_in_example(), shown);
}

/// The example has the default values, so that it can be copied as a whole.
#[test]
fn the_example_gives_defaults() {
    let folder = Folder::new();
    let values = |command: &str| -> BTreeMap<String, Value> {
        let shown = folder.run(command).good();
        let shown: BTreeMap<String, Value> = serde_json::from_str(&shown).unwrap();
        shown.into_iter().map(|(key, entry)| (key, entry["value"].clone())).collect()
    };
    let example = values(&format!("config show --json --config {EXAMPLE}"));
    for (key, value) in values("config show --json") {
        assert_eq!(example[&key], value, "{key}");
    }
}

/// The settings of the example, with those that are commented out.
fn keys_in_example() -> BTreeSet<String> {
    let text = fs::read_to_string(EXAMPLE).unwrap();
    let mut section = String::new();
    let mut keys = BTreeSet::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
            continue;
        }
        let line = line.strip_prefix("# ").unwrap_or(line);
        let Some((key, _)) = line.split_once(" = ") else { continue };
        if key.bytes().all(|it| it.is_ascii_lowercase() || it == b'_') {
            keys.insert(format!("{section}{key}"));
        }
    }
    keys
}
