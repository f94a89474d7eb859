//! Commands at the same time, and commands whose answers are lost.

use std::{thread, time::Duration};

use serde_json::json;

use super::Desk;
use crate::support::{Account, Api, PASSWORD, ROOMY, Service, sign_in, start};

/// The events of the user of these kinds.
fn count(desk: &Desk<'_>, id: &str, kind: &str) -> usize {
    let events = desk.json(&format!("audit --user {id} --kind {kind} --limit 1000 --json"));
    events.as_array().unwrap().iter().filter(|event| event["outcome"] == "done").count()
}

#[tokio::test]
async fn parallel_commands_are_done_one_after_the_other() {
    let service = Service::start(&ROOMY).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &ROOMY));
    let account = Account::with_password(&api).await;
    let changes: usize = thread::scope(|scope| {
        let commands = (0..8).map(|n| {
            let (desk, id) = (&desk, &account.id);
            scope.spawn(move || {
                let command = match n % 2 {
                    0 => format!("user disable {id} --yes --json"),
                    _ => format!("user enable {id} --json"),
                };
                let said = desk.run(&command);
                // The account may be changed three times meanwhile.
                let is_conflict = said.err.contains("changed several times meanwhile");
                assert!(said.status == Some(0) || is_conflict, "{said:?}");
                usize::from(said.status == Some(0) && said.json()["changed"] == true)
            })
        });
        commands.collect::<Vec<_>>().into_iter().map(|it| it.join().unwrap()).sum()
    });
    let (disabled, enabled) =
        (count(&desk, &account.id, "user.disabled"), count(&desk, &account.id, "user.enabled"));
    assert_eq!(disabled + enabled, changes, "each change has one event");
    let user = desk.json(&format!("user show {} --json", account.id));
    let is_disabled = user["standing"] == "disabled";
    assert_eq!(disabled, enabled + usize::from(is_disabled));
    let status = sign_in(&api, &account.phone, PASSWORD).await.status;
    assert_eq!(status, if is_disabled { 403 } else { 201 });
}

/// The command is killed at another moment each time, so that its answer is lost, or the act.
#[tokio::test]
async fn a_command_that_was_killed_can_be_repeated() {
    let service = Service::start(&ROOMY).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &ROOMY));
    let account = Account::with_password(&api).await;
    let folder = service.folder().path();
    let mut lost = 0;
    for round in 0..12 {
        let arguments = ["user", "disable", &*account.id, "--yes"];
        let mut process = start(folder, &ROOMY, &arguments);
        thread::sleep(Duration::from_millis(round * 4));
        process.kill().unwrap();
        process.wait().unwrap();
        let again = desk.json(&format!("user disable {} --yes --json", account.id));
        lost += usize::from(again["changed"] == false);
        assert_eq!(again["user"]["standing"], "disabled");
        assert_eq!(desk.json(&format!("user enable {} --json", account.id))["changed"], true);
    }
    assert_eq!(count(&desk, &account.id, "user.disabled"), 12, "{lost} answers were lost");
    assert_eq!(count(&desk, &account.id, "user.enabled"), 12);
}

#[tokio::test]
async fn a_token_is_shown_once_and_its_digest_kept() {
    let service = Service::start(&ROOMY).await;
    let desk = Desk::new(&service, &ROOMY);
    let said = desk.run("admin token add ci --scope users:read --scope audit:read --as eve");
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.err.contains("is shown this once, and expires at"), "{said:?}");
    let token = said.out.trim();
    assert_eq!(said.out.lines().count(), 1, "nothing else is on standard output");
    assert!(token.starts_with("ppo_") && token.len() == 80, "{token}");
    let added = desk.json("admin token add forever --scope users:write --expires never --json");
    assert_eq!(added["expires_at"], json!(null));
    let listed = desk.json("admin token list --json");
    let names: Vec<_> = listed["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ci", "forever"]);
    assert_eq!(listed["tokens"][0]["scopes"], json!(["users:read", "audit:read"]));
    let secret = &token[37..];
    let shown = desk.run("admin token list").good() + &desk.run("audit").good();
    assert!(!shown.contains(secret) && !listed.to_string().contains(secret));
    for file in std::fs::read_dir(service.folder().path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        let is_there = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!is_there, "the secret is in a file");
    }
    assert!(desk.run("audit --kind operator-token.added").good().contains("operator:eve"));
    assert!(desk.run("admin token remove ci --yes").good().contains("is removed"));
}
