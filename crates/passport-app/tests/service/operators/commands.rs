//! The commands of operators on the database of a service that runs.

use reqwest::Method;
use serde_json::json;

use super::Desk;
use crate::support::{
    Account, Api, Call, PASSWORD, ROOMY, Service, phone, postgres, redis, sign_in,
};

const OTHER_PASSWORD: &str = "another good password";

#[tokio::test]
async fn commands_and_service_work_on_one_database() {
    work_together(&[]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn commands_and_service_work_on_the_same_servers() {
    let (redis, postgres) = (redis(), postgres().await);
    for sessions in ["database", "store"] {
        let servers = [
            ("store.url", &*redis),
            ("database.url", &*postgres),
            ("session.store", sessions),
            ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
        ];
        work_together(&servers).await;
    }
}

async fn work_together(servers: &[(&str, &str)]) {
    let settings = [&ROOMY[..], servers].concat();
    let service = Service::start(&settings).await;
    let (api, desk) = (Api::new(&service), Desk::new(&service, &settings));
    users_are_shown_without_their_numbers(&api, &desk).await;
    a_disabled_user_is_out(&api, &desk).await;
    sessions_are_ended(&api, &desk).await;
    a_password_is_cleared_and_set_by_its_owner(&api, &desk).await;
    an_account_is_deleted_restored_and_deleted_now(&api, &desk).await;
    a_stopped_number_is_unlocked(&api, &desk).await;
}

async fn users_are_shown_without_their_numbers(api: &Api, desk: &Desk<'_>) {
    let account = Account::with_password(api).await;
    let (phone, id) = (&account.phone, &account.id);
    for user in [id.clone(), phone.clone(), format!("+86{phone}")] {
        for command in [format!("user show {user}"), format!("user show {user} --json")] {
            let out = desk.run(&command).good();
            assert!(out.contains(id) && !out.contains(&phone[..]), "{out}");
        }
    }
    let out = desk.run("user list --limit 1000").good();
    assert!(out.contains(id) && !out.contains(&phone[..]), "{out}");
    let reveal = desk.json(&format!("user show {id} --reveal --as eve --json"));
    assert_eq!(reveal["mobile"], format!("+86{phone}"));
    assert_eq!(reveal["sessions"], 2, "that of the sign-up, too");
    let export = desk.json(&format!("user export {phone} --as eve --reason INC-1"));
    assert_eq!(export["user"]["mobile"], format!("+86{phone}"));
    assert_eq!(export["sessions"].as_array().unwrap().len(), 2);
    let kinds: Vec<_> = export["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[..2], ["user.exported", "operator.looked"], "newest first");
    assert_eq!(export["events"][0]["actor"], "operator:eve");
    assert_eq!(export["events"][0]["reason"], "INC-1");
    // The owner sees that it was an operator, and not the reason.
    let own = api.done(Call::new(Method::GET, "/me/events").by(&account.token)).await;
    assert_eq!(own.json()["events"][0]["actor"], "operator");
    assert!(!own.text().contains("INC-1") && !own.text().contains("eve\""), "{}", own.text());
    // Pages of one user have every user once.
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let said = desk.run(&format!("user list --limit 1 --json {after}"));
        let page: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        seen.push(page["users"][0]["id"].as_str().unwrap().to_owned());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("--after {next}");
    }
    assert!(seen.is_sorted() && seen.contains(id), "{seen:?}");
    let all = desk.json("user list --limit 1000 --json");
    assert_eq!(all["users"].as_array().unwrap().len(), seen.len());
    assert_eq!(desk.json("user list --quiet-since 1h --json")["users"], json!([]));
}

async fn a_disabled_user_is_out(api: &Api, desk: &Desk<'_>) {
    let account = Account::with_password(api).await;
    let phone = &account.phone;
    let done = desk.json(&format!("user disable {phone} --yes --json"));
    assert_eq!((&done["changed"], &done["user"]["standing"]), (&json!(true), &json!("disabled")));
    assert!(!api.is_signed_in(&account.token).await);
    let refused = sign_in(api, phone, PASSWORD).await;
    assert_eq!(refused.json()["code"], "account-disabled");
    let again = desk.json(&format!("user disable {phone} --yes --json"));
    assert_eq!(again["changed"], false);
    let disabled = desk.json("user list --standing disabled --limit 1000 --json");
    assert!(disabled["users"].as_array().unwrap().iter().any(|user| user["id"] == account.id));
    assert_eq!(desk.json(&format!("user enable {phone} --json"))["changed"], true);
    assert!(!api.is_signed_in(&account.token).await, "the session stays ended");
    assert_eq!(sign_in(api, phone, PASSWORD).await.status, 201);
    let out = desk.run(&format!("user enable {phone}")).good();
    assert!(out.contains("is not disabled; nothing was changed"), "{out}");
}

async fn sessions_are_ended(api: &Api, desk: &Desk<'_>) {
    let account = Account::with_password(api).await;
    let phone = &account.phone;
    let other = sign_in(api, phone, PASSWORD).await.json();
    let (other, id) = (other["token"].as_str().unwrap(), other["session"]["id"].as_str().unwrap());
    let listed = desk.json(&format!("user sessions {phone} --json"));
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 3);
    assert!(!listed.to_string().contains(other), "no token is listed");
    let command = format!("user revoke {phone} --session {id} --json");
    assert_eq!(desk.json(&command)["changed"], true);
    assert!(!api.is_signed_in(other).await && api.is_signed_in(&account.token).await);
    assert_eq!(desk.json(&command)["changed"], false);
    desk.run(&format!("user revoke {phone} --yes")).good();
    assert!(!api.is_signed_in(&account.token).await);
    assert_eq!(desk.run(&format!("user sessions {phone}")).good(), "No session.\n");
    assert_eq!(sign_in(api, phone, PASSWORD).await.status, 201);
}

async fn a_password_is_cleared_and_set_by_its_owner(api: &Api, desk: &Desk<'_>) {
    let account = Account::with_password(api).await;
    let phone = &account.phone;
    let done = desk.json(&format!("user reset {phone} --yes --json"));
    assert_eq!(done["user"]["has_password"], false);
    assert!(!api.is_signed_in(&account.token).await);
    assert_eq!(sign_in(api, phone, PASSWORD).await.json()["code"], "credentials-wrong");
    let (id, code) = api.code("reset", phone, None).await;
    let body = json!({ "mobile": phone, "code_id": id, "code": code, "password": OTHER_PASSWORD });
    api.done(Call::post("/password-resets", body)).await;
    assert_eq!(sign_in(api, phone, OTHER_PASSWORD).await.status, 201);
    // No option takes a password.
    let said = desk.run(&format!("user reset {phone} --yes --password {PASSWORD}"));
    assert!(said.failed(2).contains("--password"));
}

async fn an_account_is_deleted_restored_and_deleted_now(api: &Api, desk: &Desk<'_>) {
    let account = Account::with_password(api).await;
    let phone = &account.phone;
    let done = desk.json(&format!("user delete {phone} --yes --json"));
    assert_eq!(done["user"]["standing"], "leaving");
    assert!(!api.is_signed_in(&account.token).await);
    assert_eq!(sign_in(api, phone, PASSWORD).await.json()["code"], "account-leaving");
    assert_eq!(desk.json(&format!("user delete {phone} --yes --json"))["changed"], false);
    assert_eq!(desk.json(&format!("user restore {phone} --json"))["changed"], true);
    assert_eq!(sign_in(api, phone, PASSWORD).await.status, 201);
    desk.run(&format!("user disable {phone} --yes")).good();
    let refused = desk.run(&format!("user delete {phone} --yes")).failed(2);
    assert!(refused.contains("--now"), "{refused}");
    let done = desk.json(&format!("user delete {phone} --now --yes --json"));
    assert_eq!(done, json!({ "changed": true, "user": null }));
    let gone = desk.run(&format!("user show {}", account.id)).failed(1);
    assert!(gone.contains("no user has the id"), "{gone}");
    assert_eq!(sign_in(api, phone, PASSWORD).await.json()["code"], "credentials-wrong");
    // The events stay under the id, and have no whole number.
    let events = desk.run(&format!("audit --user {}", account.id)).good();
    assert!(events.contains("user.purged") && !events.contains(&phone[..]), "{events}");
}

async fn a_stopped_number_is_unlocked(api: &Api, desk: &Desk<'_>) {
    let account = Account::with_password(api).await;
    let strangers = phone();
    for phone in [&account.phone, &strangers] {
        let refused = async || sign_in(api, phone, "wrong password").await;
        for _ in 0..5 {
            refused().await;
        }
        assert_eq!(refused().await.json()["code"], "wait");
        let out = desk.run(&format!("user unlock {phone}")).good();
        assert!(out.contains("has no failures in a row any more"), "{out}");
        assert!(!out.contains(&phone[..]), "{out}");
        assert_eq!(refused().await.json()["code"], "credentials-wrong");
    }
    assert_eq!(sign_in(api, &account.phone, PASSWORD).await.status, 201);
}
