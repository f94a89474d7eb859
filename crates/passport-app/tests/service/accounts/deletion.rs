//! Deleting an account, restoring it, and what is left after the purge.

use std::fs;

use serde_json::json;

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, ROOMY, Service, Tables, Visitor, phone, until};

#[tokio::test]
async fn del_1_a_deletion_ends_sessions_at_once_and_can_be_withdrawn() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, other, phone) =
            (Visitor::new(&service, by), Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, Some(PASSWORD)).await;
        other.sign_in(&phone, PASSWORD).await;
        is_done(&visitor.sign_in_by_code(&phone).await, 201);
        let reply = visitor.delete("/me").await;
        is_problem(&reply, 403, "confirmation-required");
        visitor.sign_in(&phone, PASSWORD).await;
        let former = visitor.token().unwrap();
        let reply = visitor.delete("/me").await;
        is_done(&reply, 202);
        let purge_at = reply.json()["purge_at"].clone();
        assert!(!visitor.is_live(&former).await && !other.is_signed_in().await);
        if by == By::Cookie {
            assert!(reply.cookie("passport_session").unwrap().contains("Max-Age=0"));
        }
        // The number stays taken.
        let mut body = other.code("sign-up", &phone).await;
        is_problem(&other.enter("/users", body.clone()).await, 409, "number-taken");
        // It is told after a full proof only.
        is_problem(&other.sign_in(&phone, "wrong password").await, 401, "credentials-wrong");
        let by_password = other.sign_in(&phone, PASSWORD).await;
        is_problem(&by_password, 409, "account-leaving");
        body = other.code("sign-in", &phone).await;
        let by_code = other.enter("/sessions", body).await;
        is_problem(&by_code, 409, "account-leaving");
        assert_eq!(by_code.json()["purge_at"], purge_at);

        let restore = |reply: &crate::support::Reply| json!({ "continuation": reply.json()["continuation"], "restore": true });
        let refused = json!({ "continuation": by_code.json()["continuation"], "restore": false });
        is_problem(&other.enter("/sessions/continuations", refused).await, 400, "body-invalid");
        let reply = other.enter("/sessions/continuations", restore(&by_code)).await;
        is_done(&reply, 201);
        assert_eq!(reply.json()["user"]["leaving"], json!(null));
        assert!(other.is_signed_in().await);
        for used in [&by_code, &by_password] {
            let reply = visitor.enter("/sessions/continuations", restore(used)).await;
            is_problem(&reply, 410, "continuation-gone");
        }
        is_done(&visitor.sign_in(&phone, PASSWORD).await, 201);
    }
}

#[tokio::test]
async fn del_1_a_forged_continuation_restores_nothing() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Bearer), phone());
    visitor.sign_up(&phone, None).await;
    is_done(&visitor.delete("/me").await, 202);
    let reply = visitor.sign_in_by_code(&phone).await;
    let good = reply.json()["continuation"].as_str().unwrap().to_owned();
    let changed = format!("{}{}", if good.starts_with('A') { 'B' } else { 'A' }, &good[1..]);
    for forged in ["", "x", &changed, &"A".repeat(5_000)] {
        let body = json!({ "continuation": forged, "restore": true });
        let reply = visitor.enter("/sessions/continuations", body).await;
        is_problem(&reply, 410, "continuation-gone");
    }
    is_problem(&visitor.sign_in_by_code(&phone).await, 409, "account-leaving");
}

/// The service purges accounts at its start.
#[tokio::test]
async fn del_1_after_the_purge_nothing_of_the_person_is_left() {
    let settings = [&ROOMY[..], &[("account.deletion_grace", "0s")]].concat();
    let mut service = Service::start(&settings).await;
    let folder = service.folder().clone();
    let visitor = Visitor::new(&service, By::Cookie);
    let (old, phone, name) = (phone(), phone(), "Grace Hopper");
    let mut secrets = vec![old.clone(), phone.clone(), name.to_owned(), PASSWORD.to_owned()];

    let mut body = visitor.code("sign-up", &old).await;
    secrets.push(body["code_id"].as_str().unwrap().to_owned());
    body["password"] = PASSWORD.into();
    body["nick_name"] = name.into();
    is_done(&visitor.enter("/users", body).await, 201);
    secrets.push(visitor.token().unwrap());
    is_done(&visitor.sign_in(&old, PASSWORD).await, 201);
    secrets.push(visitor.token().unwrap());
    let body = visitor.code("change-number", &phone).await;
    secrets.push(body["code_id"].as_str().unwrap().to_owned());
    is_done(&visitor.put("/me/mobile", body).await, 200);
    secrets.push(visitor.token().unwrap());
    is_done(&visitor.patch("/me", json!({ "nick_name": name })).await, 200);
    until("a name is stored in the clear", async || {
        let found = Tables::of(&service).lines("SELECT nick_name AS line FROM users").await;
        found.contains(&name.to_owned())
    })
    .await;
    let hashes = Tables::of(&service).lines("SELECT password_hash AS line FROM users").await;
    assert!(hashes.len() == 1 && hashes[0].len() > 50, "{hashes:?}");
    secrets.extend(hashes);
    is_done(&visitor.delete("/me").await, 202);
    assert!(service.stop().await.success());

    let mut again = Service::start_in(&folder, &settings).await;
    until("the account is purged", async || again.log().contains("accounts deleted")).await;
    let tables = Tables::of(&again);
    let dump = format!("{:?}", tables.settled(&[]).await);
    let logs = format!("{}{}", service.log(), again.log());
    for secret in &secrets {
        assert!(!dump.contains(&**secret), "the database has {secret}");
        assert!(!logs.contains(&**secret), "the log has {secret}");
    }
    for table in ["user_phones", "sessions"] {
        let query = format!("SELECT count(*) || '' AS line FROM {table}");
        assert_eq!(tables.lines(&query).await, ["0"], "{table}");
    }
    // Nor in parts of the file that are free, once its log is merged into it.
    assert!(again.stop().await.success());
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().starts_with("passport.db") {
            let bytes = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            for secret in &secrets {
                assert!(!bytes.contains(&**secret), "{:?} has {secret}", entry.file_name());
            }
        }
    }

    let service = Service::start_in(&folder, &settings).await;
    for number in [&old, &phone] {
        let visitor = Visitor::new(&service, By::Bearer);
        is_problem(&visitor.sign_in(number, PASSWORD).await, 401, "credentials-wrong");
        assert_eq!(visitor.sign_in_by_code(number).await.json()["created"], true);
    }
}
