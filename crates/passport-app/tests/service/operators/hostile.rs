//! Texts that a client, or another program with access to the database, has chosen.

use super::Desk;
use crate::support::{Account, Api, ROOMY, Service, Tables, run};

/// Line breaks, a tab, escapes of terminals in both forms, and marks that reverse text.
const HOSTILE: &str =
    "x\r\n2026-11-29T12:00:00Z  user.purged\t\u{1b}[2J\u{9b}31m\u{202e}\u{200f}\u{2066}\u{7f}";

#[track_caller]
fn assert_harmless(out: &str, what: &str) {
    let is_harmful = |it: char| {
        (it.is_control() && it != '\n')
            || matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let found: Vec<_> = out.chars().filter(|it| is_harmful(*it)).collect();
    assert!(found.is_empty(), "{what}: {found:?} in {out:?}");
}

#[tokio::test]
async fn api_4_output_is_safe_whatever_the_database_has() {
    let service = Service::start(&ROOMY).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &ROOMY));
    let account = Account::with_password(&api).await;
    let tables = Tables::of(&service);
    let text = HOSTILE.replace('\'', "''");
    let json = serde_json::json!({ HOSTILE: HOSTILE }).to_string().replace('\'', "''");
    for statement in [
        format!("UPDATE users SET nick_name = '{text}' RETURNING '' AS line"),
        format!(
            "UPDATE sessions SET browser = '{text}', system = '{text}', address = '{text}', \
             place = '{text}' RETURNING '' AS line"
        ),
        format!(
            "INSERT INTO audit_events (id, at, kind, outcome, rule, actor_kind, actor, subject, phone, \
             phone_tag, address, request_id, detail, reason) SELECT randomblob(16), unixepoch() * 1000000, \
             'session.begun', 1, '{text}', 2, '{text}', id, '{text}', zeroblob(16), '{text}', '{text}', \
             '{json}', '{text}' FROM users RETURNING '' AS line"
        ),
    ] {
        tables.lines(&statement).await;
    }
    let id = &account.id;
    for command in [
        "user list".to_owned(),
        "user list --json".to_owned(),
        format!("user show {id}"),
        format!("user show {id} --json"),
        format!("user sessions {id}"),
        format!("user sessions {id} --json"),
        format!("user export {id}"),
        format!("audit --user {id}"),
        format!("audit --user {id} --json"),
    ] {
        let out = desk.run(&command).good();
        assert_harmless(&out, &command);
        assert!(
            out.contains("user.purged") && out.contains("202e"),
            "{command}: it is shown: {out}"
        );
    }
    let lines = desk.run(&format!("audit --user {id}")).good();
    let forged = lines.lines().filter(|line| line.starts_with("2026-11-29T12:00:00Z"));
    assert_eq!(forged.count(), 0, "{lines}");
    // JSON says the same.
    let listed = desk.json("user list --json");
    assert_eq!(listed["users"][0]["nick_name"], HOSTILE);
}

#[tokio::test]
async fn api_4_names_and_reasons_of_operators_are_harmless() {
    let service = Service::start(&ROOMY).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &ROOMY));
    let account = Account::with_password(&api).await;
    let folder = service.folder().path();
    let name = "root\nuser.purged 王 \u{1b}[31m\u{202e}";
    let arguments = ["user", "disable", &account.id, "--yes", "--as", name];
    run(folder, &ROOMY, &[&arguments[..], &["--reason", "用户来电 \"17\" \\ ok"]].concat()).good();
    let lines = desk.run("audit --kind user.disabled").good();
    assert!(lines.contains("  operator:root_user.purged_____31m_"), "{lines}");
    assert!(lines.ends_with("  reason=\"用户来电 \\\"17\\\" \\\\ ok\"\n"), "{lines}");
    for reason in [HOSTILE, "a\u{202e}b", "", "called from 13800138000", &"x".repeat(201)] {
        let said = run(folder, &ROOMY, &["user", "enable", &account.id, "--reason", reason]);
        assert_eq!(said.status, Some(2), "{reason:?}: {said:?}");
        assert!(said.err.contains("reason"), "{said:?}");
    }
    assert!(!desk.run("audit").good().contains("user.enabled"), "nothing was done");
    // The variable is cut, too, and may be missing.
    let settings = [&ROOMY[..], &[]].concat();
    let said = run(folder, &settings, &["user", "enable", &account.id]).good();
    assert!(said.contains("is enabled"));
    assert!(desk.run("audit --kind user.enabled").good().contains("operator:unknown"));
}
