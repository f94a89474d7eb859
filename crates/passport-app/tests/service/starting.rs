//! Reasons not to start: each is one line that says what to do.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
};

use rustix::fs::{FlockOperation, fcntl_lock};
use tempfile::tempdir;

use crate::support::{Gate, Service, postgres, redis};

/// Asserts that the start fails with exit status 1 and one line that contains all of `words`.
#[track_caller]
fn refuses(folder: &Path, settings: &[(&str, &str)], words: &[&str]) {
    let output = Service::refused(folder, settings);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    let (said, log): (Vec<_>, Vec<_>) = text.lines().partition(|it| it.starts_with("passport: "));
    let said: Vec<_> =
        said.into_iter().filter(|it| !it.starts_with("passport:   because")).collect();
    assert_eq!(said.len(), 1, "{text}");
    assert!(log.iter().all(|line| line.starts_with('{')), "{text}");
    for word in words {
        assert!(said[0].contains(word), "{word}: {text}");
    }
    assert!(!text.contains("hunter2"), "a password is shown: {text}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_taken_port() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let words = ["http.listen", &*listen, "in use", "another port"];
    refuses(tempdir().unwrap().path(), &[("http.listen", &listen)], &words);
}

#[test]
fn an_address_that_is_not_ours() {
    let words = ["http.listen", "192.0.2.1:80"];
    refuses(tempdir().unwrap().path(), &[("http.listen", "192.0.2.1:80")], &words);
}

#[test]
fn a_database_that_cannot_be_written() {
    let folder = tempdir().unwrap();
    let missing = format!("sqlite:{}/nowhere/passport.db", folder.path().display());
    refuses(
        folder.path(),
        &[("database.url", &missing)],
        &["database.url", "nowhere/passport.db", "directory"],
    );
    let directory = format!("sqlite:{}", folder.path().display());
    refuses(folder.path(), &[("database.url", &directory)], &["database.url"]);
}

#[test]
fn a_secret_that_cannot_be_kept() {
    let folder = tempdir().unwrap();
    fs::create_dir(folder.path().join("passport.secret")).unwrap();
    refuses(folder.path(), &[], &["secret: passport.secret cannot be kept", "set secret"]);
    fs::remove_dir(folder.path().join("passport.secret")).unwrap();
    fs::write(folder.path().join("passport.secret"), "short").unwrap();
    refuses(folder.path(), &[], &["secret: passport.secret has fewer than 32 characters"]);
}

#[test]
fn a_file_that_is_no_database() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("passport.db"), "not a database ".repeat(1_000)).unwrap();
    refuses(folder.path(), &[], &["database.url", "passport.db"]);
}

#[test]
fn a_locked_database() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("passport.db");
    let file = File::options().create(true).truncate(false).write(true).open(&path).unwrap();
    fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
    refuses(folder.path(), &[], &["database.url", "passport.db", "locked"]);
}

#[test]
fn a_redis_that_does_not_answer() {
    let folder = tempdir().unwrap();
    let words = ["store.url", "Redis does not answer", "start it"];
    let at = ["Redis does not answer at redis://:***@127.0.0.1:1: start it"];
    refuses(folder.path(), &[("store.url", "redis://:hunter2@127.0.0.1:1")], &at);
    refuses(folder.path(), &[("store.url", "redis://127.0.0.1:1/?password=hunter2")], &words);
}

#[test]
#[ignore = "needs Redis"]
fn a_redis_that_stops_responding() {
    let gate = Gate::before(&redis());
    gate.mute();
    let words = ["store.url", "Redis does not answer", "start it"];
    refuses(tempdir().unwrap().path(), &[("store.url", gate.url())], &words);
}

#[test]
fn a_postgresql_that_does_not_answer() {
    let folder = tempdir().unwrap();
    let unreachable = "postgres://me:hunter2@127.0.0.1:1/passport";
    let words = ["database.url", "PostgreSQL does not answer", "127.0.0.1:1"];
    refuses(folder.path(), &[("database.url", unreachable)], &words);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_postgresql_that_refuses_or_stops_responding() {
    let folder = tempdir().unwrap();
    let postgres = postgres().await;
    let other = format!("{postgres}_not_there");
    refuses(folder.path(), &[("database.url", &other)], &["database.url", "createdb"]);
    let gate = Gate::before(&postgres);
    gate.mute();
    refuses(folder.path(), &[("database.url", gate.url())], &["database.url", "does not answer"]);
}

#[test]
fn a_setting_that_is_wrong() {
    let folder = tempdir().unwrap();
    refuses(folder.path(), &[("sms_code.ttl", "601s")], &["sms_code.ttl", "601s", "600s"]);
    let words = ["\"1h30m\"", "one whole number and ms, s, m, h or d"];
    refuses(folder.path(), &[("session.idle", "1h30m")], &words);
    refuses(folder.path(), &[("http.lisen", "x")], &["http.lisen"]);
    refuses(folder.path(), &[("password.cost", "3")], &["password.cost", "4"]);
    let written: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert!(written.is_empty(), "no file is created before the settings are valid");
}

#[test]
fn api_6_production_refuses_settings_of_development() {
    let folder = tempdir().unwrap();
    let output = Service::refused(folder.path(), &[("environment", "production")]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for key in ["secret", "http.public_url", "console", "captcha.test_answer", "password.cost"] {
        assert!(text.lines().any(|line| line.contains(key)), "{key}: {text}");
    }
    assert!(text.lines().all(|line| line.starts_with("passport: ")), "{text}");
}
