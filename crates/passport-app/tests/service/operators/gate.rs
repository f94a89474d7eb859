//! Confirmations, usage errors, and stores that a command cannot reach.

use super::Desk;
use crate::support::{Account, Api, ROOMY, Service, phone};

#[tokio::test]
async fn without_a_terminal_a_destructive_command_needs_yes_and_does_nothing() {
    let service = Service::start(&ROOMY).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &ROOMY));
    let account = Account::with_password(&api).await;
    desk.run("admin token add ci --scope users:read --json").good();
    let phone = &account.phone;
    for command in [
        format!("user disable {phone}"),
        format!("user delete {phone}"),
        format!("user delete {phone} --now"),
        format!("user reset {phone}"),
        format!("user revoke {phone}"),
        "audit purge --before 184d".to_owned(),
        "admin token remove ci".to_owned(),
    ] {
        let said = desk.run(&command).failed(2);
        assert!(said.contains("not a terminal: add --yes"), "{command}: {said}");
    }
    assert!(api.is_signed_in(&account.token).await);
    assert!(desk.run("admin token list").good().contains("users:read"));
    let kinds = desk.run("audit --limit 1000").good();
    for kind in ["user.disabled", "user.leaving", "password.reset", "sessions.ended"] {
        assert!(!kinds.contains(kind), "{kinds}");
    }
}

/// At a terminal the command asks, and takes nothing but a yes for one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn at_a_terminal_a_destructive_command_asks() {
    use crate::support::run_at_terminal;

    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let folder = service.folder().path();
    for typed in ["n\n", "\n", "no\n", "yess\n", "\u{4}"] {
        let said = run_at_terminal(folder, &ROOMY, &["user", "disable", &account.id], typed);
        assert_eq!((said.status, said.out.as_str()), (Some(1), ""), "{typed:?}: {said:?}");
        let masked = format!("{}****{}", &account.phone[..3], &account.phone[7..]);
        assert!(said.err.starts_with(&format!("Disable {masked} (")), "{said:?}");
        assert!(said.err.contains("[y/N]") && said.err.contains("nothing was done"), "{said:?}");
    }
    assert!(api.is_signed_in(&account.token).await);
    for typed in ["y\n", "Yes\n"] {
        let said = run_at_terminal(folder, &ROOMY, &["user", "revoke", &account.id], typed);
        assert_eq!(said.status, Some(0), "{said:?}");
    }
    assert!(!api.is_signed_in(&account.token).await);
}

#[tokio::test]
async fn usage_errors_exit_with_2_and_failures_with_1() {
    let service = Service::start(&ROOMY).await;
    let desk = Desk::new(&service, &ROOMY);
    for command in [
        "user",
        "user nonsense",
        "user show",
        "user show 12345",
        "user show nonsense",
        "user list --standing purged",
        "user list --limit 0",
        "user list --limit 1001",
        "user list --quiet-since soon",
        "user list --after 13800138000",
        "user revoke 13800138000 --session 7",
        "user enable 13800138000 --yes",
        "user set-password 13800138000",
        "audit --kind user.promoted",
        "audit --since yesterday",
        "audit --since 1h --until 2h",
        "audit --follow --until 1h",
        "audit --limit 0",
        "audit purge",
        "audit purge --before soon",
        "audit purge --before 29d --yes",
        "admin",
        "admin token add ci",
        "admin token add ci --scope everything",
        "admin token add c/i --scope users:read",
        "admin token add ci --scope users:read --expires 0s",
    ] {
        let said = desk.run(command);
        assert_eq!((said.status, said.out.as_str()), (Some(2), ""), "{command}: {said:?}");
    }
    let unknown = phone();
    for (command, says) in [
        (format!("user show {unknown}"), "no user has the number"),
        (format!("user disable {unknown} --yes"), "no user has the number"),
        ("user show 01a228af-7196-7b55-a6c4-08cc79723c6b".to_owned(), "no user has the id"),
        ("user unlock 01a228af-7196-7b55-a6c4-08cc79723c6b".to_owned(), "no user has the id"),
        (format!("audit --user {unknown}"), "no user has the number"),
        ("admin token remove ci --yes".to_owned(), "there is no token ci"),
    ] {
        let said = desk.run(&command).failed(1);
        assert!(said.contains(says) && !said.contains(&unknown), "{command}: {said}");
    }
    desk.run("admin token add ci --scope users:read --json").good();
    let said = desk.run("admin token add ci --scope users:read").failed(1);
    assert!(said.contains("choose another name"), "{said}");
}

#[tokio::test]
async fn a_command_says_which_store_it_cannot_reach() {
    let own = [("store.url", "memory:"), ("session.store", "store")];
    let settings = [&ROOMY[..], &own].concat();
    let service = Service::start(&settings).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &settings));
    let account = Account::with_password(&api).await;
    let phone = &account.phone;
    for command in [
        format!("user sessions {phone}"),
        format!("user revoke {phone} --session 01a228af-7196-7b55-a6c4-08cc79723c6b"),
    ] {
        let said = desk.run(&command).failed(1);
        assert!(said.contains("in the memory of the service"), "{said}");
    }
    assert!(desk.run(&format!("user show {phone}")).good().contains("sessions      unknown"));
    let export = desk.run(&format!("user export {phone}"));
    assert!(export.err.contains("are not exported"), "{export:?}");
    // What ends all sessions needs the database only.
    assert!(api.is_signed_in(&account.token).await);
    desk.run(&format!("user revoke {phone} --yes")).good();
    assert!(!api.is_signed_in(&account.token).await);
}

#[test]
fn without_a_database_a_command_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let said = crate::support::run(folder.path(), &[], &["user", "list"]).failed(1);
    assert!(said.contains("run `passport migrate`"), "{said}");
}

/// The database answers and Redis does not: an act that the database decides is done.
#[tokio::test]
async fn a_user_is_disabled_though_redis_is_down() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let desk = Desk::new(&service, &[("store.url", "redis://127.0.0.1:1")]);
    desk.run(&format!("user disable {} --yes", account.phone)).good();
    assert!(!api.is_signed_in(&account.token).await);
    let said = desk.run(&format!("user unlock {}", account.phone)).failed(1);
    assert!(said.contains("the command can be repeated"), "{said}");
}

/// With sessions in Redis, it has what nodes show of users, and a change would be seen late by a node that
/// can reach it.
#[tokio::test]
async fn no_user_is_changed_while_sessions_are_in_a_redis_that_is_down() {
    let service = Service::start(&ROOMY).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let down = [("store.url", "redis://127.0.0.1:1"), ("session.store", "store")];
    let desk = Desk::new(&service, &down);
    for act in ["disable", "delete", "delete --now", "reset", "revoke"] {
        let (verb, option) = act.split_once(' ').unwrap_or((act, ""));
        let command = format!("user {verb} {} {option} --yes", account.phone);
        let said = desk.run(&command).failed(1);
        assert!(said.contains("the command can be repeated"), "{act}: {said}");
        assert!(api.is_signed_in(&account.token).await, "{act}");
        assert_eq!(desk.json(&format!("user show {} --json", account.id))["standing"], "active");
    }
    // Without Redis, by the account alone.
    let desk = Desk::new(&service, &[("store.url", "redis://127.0.0.1:1")]);
    desk.run(&format!("user disable {} --yes", account.phone)).good();
    assert!(!api.is_signed_in(&account.token).await);
}
