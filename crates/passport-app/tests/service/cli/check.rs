use std::fs;

use serde_json::{Value, json};

use super::{Folder, production::GOOD};

#[test]
fn the_defaults_pass_the_check() {
    let folder = Folder::new();
    assert_eq!(folder.run("config check").good(), "The settings are good.\n");
    assert_eq!(folder.run("config check --json").good(), "{\"faults\":[],\"warnings\":[]}\n");
    assert!(folder.names().is_empty(), "a check creates no file");
}

#[test]
fn every_fault_is_named_at_once_a_line_each() {
    let folder = Folder::with_settings(
        "
        [http]
        listen = 'here'
        lissten = '127.0.0.1:1'
        trusted_proxies = ['10.0.0.0/8', 'next door']
        [captcha]
        length = 3
        [session]
        idle = '2h'
        absolute = '1h'
        [store]
        url = 'redis://cache:port'
        ",
    );
    let said = folder.run_with(
        "config check",
        &[
            ("PASSPORT__SMS_CODE__TTL", "5"),
            ("PASSPORT__DATABASE__URL", "postgres://me:hunter2@db/x?sslmode=perhaps"),
            ("PASSPORT__NONSENSE", "1"),
        ],
    );
    let faults = said.faults();
    for expected in [
        "http.listen is \"here\" (passport.toml), but must be an address and port, such as \
         127.0.0.1:8080",
        "http.lissten (passport.toml) is not a setting; did you mean http.listen?",
        "http.trusted_proxies is \"10.0.0.0/8,next door\" (passport.toml), but must be networks, \
         such as 10.0.0.0/8, with commas between",
        "captcha.length is \"3\" (passport.toml), but must be a whole number from 4 to 8",
        "session.idle must not be longer than session.absolute",
        "sms_code.ttl is \"5\" (PASSPORT__SMS_CODE__TTL), but must be a duration from 60s to 600s, as one whole number and ms, s, m, h or d",
        "nonsense (PASSPORT__NONSENSE) is not a setting",
    ] {
        assert!(faults.contains(&expected), "{expected}\n{faults:#?}");
    }
    for start in ["database.url: ", "store.url: "] {
        assert!(faults.iter().any(|fault| fault.starts_with(start)), "{start}\n{faults:#?}");
    }
    assert_eq!(faults.len(), 9, "{faults:#?}");
    assert!(!said.err.contains("hunter2"), "{faults:#?}");
}

#[test]
fn faults_come_as_json_too() {
    let folder = Folder::with_settings("[captcha]\nlength = 3");
    let said = folder.run("config check --json");
    assert_eq!(said.status, 1);
    let printed: Value = serde_json::from_str(&said.out).unwrap();
    let text = "captcha.length is \"3\" (passport.toml), but must be a whole number from 4 to 8";
    let fault =
        json!({ "key": "captcha.length", "value": "3", "origin": "passport.toml", "text": text });
    assert_eq!(printed, json!({ "faults": [fault], "warnings": [] }));
}

#[test]
fn settings_that_pass_the_check_are_accepted_by_the_service() {
    let gateway = "
        sms.gateways = ['yuntongxun']
        [sms.yuntongxun]
        account_sid = '8a21'
        auth_token = 'hunter2'
        app_id = '8a22'
        template_id = '20001'
    ";
    Folder::with_settings(gateway).run("config check").good();
    for (key, value) in [
        ("sms.yuntongxun.account_sid", "8a/21"),
        ("sms.yuntongxun.template_id", "first"),
        ("sms.yuntongxun.endpoint", "https://"),
        ("database.url", "sqlite:"),
        ("database.url", "sqlite::memory:"),
        ("database.url", "postgres://me:hunter2@:no/x"),
        ("database.url", "postgres://db/x?sslmode=require&sslrootcert=missing.pem"),
        ("database.url", "postgres://app:p@hunter2/word@h/db"),
        ("database.url", "host=db user=me password=hunter2"),
        ("database.url", "mysql://me:hunter2@db/x"),
        ("store.url", "redis://"),
        ("store.url", "redis://:hunter2@h:p"),
        ("store.url", "redis://:p@hunter2/word@h"),
        ("store.url", "redis://:p@hunter2?word@h"),
        ("store.url", "hunter2@h"),
        ("store.url", "memcached://h"),
    ] {
        let variable = format!("PASSPORT__{}", key.replace('.', "__").to_uppercase());
        let said = Folder::with_settings(gateway).run_with("config check", &[(&variable, value)]);
        let faults = said.faults();
        assert_eq!(faults.len(), 1, "{key} {value}: {faults:?}");
        assert!(faults[0].starts_with(key), "{key} {value}: {faults:?}");
        assert!(!faults[0].contains("hunter2"), "{faults:?}");
    }
}

#[test]
fn a_missing_file_is_reported() {
    let folder = Folder::new();
    for command in ["config check", "config show", "migrate", "serve", ""] {
        let said = folder.run(&format!("--config nowhere.toml {command}"));
        assert_eq!(said.faults(), ["there is no file nowhere.toml, which --config names"]);
    }
    assert_eq!(folder.run("--config . config check").faults().len(), 1, "a folder is not a file");
}

#[test]
fn a_syntax_error_is_one_line_with_its_place_and_shows_no_secret() {
    let folder = Folder::with_settings("environment = 'development'\nsecret = 'hunter2\n");
    let said = folder.run("config check");
    let faults = said.faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("passport.toml: "), "{faults:?}");
    assert!(faults[0].contains("line 2"), "{faults:?}");
    assert!(!said.err.contains("hunter2"), "{faults:?}");

    for text in ["[http\n", "listen = \n", "\u{0}", "[http]\nlisten = '1'\nlisten = '2'\n"] {
        let said = Folder::with_settings(text).run("config check");
        assert_eq!(said.faults().len(), 1, "{text:?}");
        assert!(said.faults()[0].contains("passport.toml: "), "{said:?}");
    }
}

#[test]
fn w4_a_file_that_is_not_utf_8_is_refused_with_its_line() {
    let folder = Folder::new();
    let utf_16 = "a = '阿'".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    for (bytes, says) in [
        // "sign_name = '阿里云测试'" in GBK.
        (
            b"[sms.aliyun]\nsign_name = '\xb0\xa2\xc0\xef\xd4\xc6\xb2\xe2\xca\xd4'\n".to_vec(),
            "passport.toml: line 2 is not UTF-8",
        ),
        (b"# caf\xe9\n".to_vec(), "passport.toml: line 1 is not UTF-8"),
        ([b"\xfe\xff", &*utf_16].concat(), "passport.toml: line 1 is not UTF-8 but UTF-16"),
        (utf_16, "passport.toml: line 1 is not UTF-8 text"),
        ("sms.gateways = '\u{fffd}\u{fffd}'".into(), "sms.gateways is \"\u{fffd}\u{fffd}\""),
    ] {
        fs::write(folder.path("passport.toml"), bytes).unwrap();
        for command in ["config check", "config show", "--config passport.toml migrate", "serve"] {
            let said = folder.run(command);
            assert!(said.faults()[0].starts_with(says), "{command}: {said:?}");
        }
    }
    // An editor on Windows writes a byte order mark, which changes no value.
    let text = format!("\u{feff}{}", GOOD.trim_start());
    Folder::with_settings(&text).run("config check").good();
}

#[test]
fn w4_a_file_that_is_no_file_is_reported() {
    let folder = Folder::new();
    fs::create_dir(folder.path("passport.toml")).unwrap();
    for command in ["config check", "config check --config passport.toml", "serve"] {
        let said = folder.run(command);
        assert_eq!(said.faults(), ["passport.toml is a directory: name a settings file"]);
    }
}

#[cfg(unix)]
#[test]
fn w4_a_variable_that_is_not_utf_8_is_refused_without_its_value() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let mut process = Folder::new().command("config check");
    process.env("PASSPORT__SECRET", OsStr::from_bytes(b"hunter2\xb0\xa2"));
    let output = process.current_dir("/").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "passport: PASSPORT__SECRET is not UTF-8: set it again as UTF-8\n");
}

#[test]
fn the_example_is_accepted_as_it_is() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../passport.example.toml");
    let folder = Folder::new();
    folder.run(&format!("config check --config {example}")).good();
}
