//! Changing the number, and undoing it.

use serde_json::json;

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, Service, Visitor, phone, until, with_wrong_code};

/// A visitor with a fresh session, and the number of the account.
async fn owner(service: &Service, by: By) -> (Visitor, String) {
    let (visitor, phone) = (Visitor::new(service, by), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    is_done(&visitor.sign_in(&phone, PASSWORD).await, 201);
    (visitor, phone)
}

#[tokio::test]
async fn phn_1_a_number_is_changed_by_a_code_on_the_new_one_and_told_on_the_old_one() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let ((visitor, old), new) = (owner(&service, by).await, phone());
        let other = Visitor::new(&service, by);
        other.sign_in(&old, PASSWORD).await;
        let body = visitor.code("change-number", &new).await;
        is_problem(&visitor.put("/me/mobile", with_wrong_code(&body)).await, 422, "code-wrong");
        let shown = visitor.get("/me").await.json()["mobile"].clone();
        assert_eq!(shown, format!("{}****{}", &old[..3], &old[7..]), "the number is not moved yet");

        let (former, id) = (
            visitor.token().unwrap(),
            visitor.get("/session").await.json()["session"]["id"].clone(),
        );
        let reply = visitor.put("/me/mobile", body).await;
        is_done(&reply, 200);
        let answer = reply.json();
        assert_eq!(answer["user"]["mobile"], format!("{}****{}", &new[..3], &new[7..]));
        assert!(answer["undo_until"].as_str().unwrap().ends_with('Z'));
        assert_eq!(answer["session"]["id"], id);
        assert!(!visitor.is_live(&former).await, "the former token is dead");
        assert!(visitor.is_signed_in().await && !other.is_signed_in().await);
        is_problem(&other.sign_in(&old, PASSWORD).await, 401, "credentials-wrong");
        is_done(&other.sign_in(&new, PASSWORD).await, 201);
        until("the old number is told", async || visitor.notices_of(&old).await.len() == 1).await;
        assert!(visitor.notices_of(&new).await.is_empty());
    }
}

#[tokio::test]
async fn phn_1_two_people_who_wait_for_one_number_have_a_code_each() {
    let service = roomy(&[]).await;
    let ((one, _), (other, _)) =
        (owner(&service, By::Bearer).await, owner(&service, By::Cookie).await);
    let new = phone();
    let first = one.code("change-number", &new).await;
    let second = other.code("change-number", &new).await;
    is_problem(&other.put("/me/mobile", first.clone()).await, 410, "code-gone");
    is_problem(&one.put("/me/mobile", second.clone()).await, 410, "code-gone");
    is_done(&one.put("/me/mobile", first).await, 200);
    let reply = other.put("/me/mobile", second).await;
    is_problem(&reply, 409, "number-taken");
}

#[tokio::test]
async fn enu_4_a_change_to_a_taken_number_is_told_after_the_proof() {
    let service = roomy(&[]).await;
    let ((visitor, own), (_, taken)) =
        (owner(&service, By::Cookie).await, owner(&service, By::Cookie).await);
    let body = visitor.code("change-number", &taken).await;
    is_problem(&visitor.put("/me/mobile", with_wrong_code(&body)).await, 422, "code-wrong");
    is_problem(&visitor.put("/me/mobile", body).await, 409, "number-taken");
    is_done(&visitor.sign_in(&own, PASSWORD).await, 201);
}

#[tokio::test]
async fn phn_1_the_former_number_undoes_the_change() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let ((thief, old), new) = (owner(&service, by).await, phone());
        let body = thief.code("change-number", &new).await;
        is_done(&thief.put("/me/mobile", body).await, 200);
        let victim = Visitor::new(&service, by);
        // The former number is kept for the undo.
        let body = victim.code("sign-up", &old).await;
        is_problem(&victim.enter("/users", body).await, 409, "number-taken");
        let reply = victim.sign_in_by_code(&old).await;
        is_problem(&reply, 409, "number-taken");
        assert_eq!(reply.json()["next"], "undo-number");

        let body = victim.code("undo-number", &old).await;
        is_problem(&victim.post("/number-undos", with_wrong_code(&body)).await, 422, "code-wrong");
        let reply = victim.post("/number-undos", body).await;
        is_done(&reply, 200);
        assert_eq!(reply.json(), json!({ "next": "reset" }));
        assert!(!thief.is_signed_in().await && !victim.is_signed_in().await);
        for number in [&old, &new] {
            is_problem(&thief.sign_in(number, PASSWORD).await, 401, "credentials-wrong");
        }
        let mut body = victim.code("reset", &old).await;
        body["password"] = "another good password".into();
        is_done(&victim.post("/password-resets", body).await, 204);
        is_done(&victim.sign_in(&old, "another good password").await, 201);
        let body = victim.code("undo-number", &old).await;
        is_problem(&victim.post("/number-undos", body).await, 404, "nothing-to-undo");
        // The new number is free.
        assert_eq!(thief.sign_in_by_code(&new).await.json()["created"], true);
    }
}

#[tokio::test]
async fn a_number_without_a_change_has_nothing_to_undo() {
    let service = roomy(&[]).await;
    let visitor = Visitor::new(&service, By::Bearer);
    let body = visitor.code("undo-number", &phone()).await;
    is_problem(&visitor.post("/number-undos", with_wrong_code(&body)).await, 422, "code-wrong");
    is_problem(&visitor.post("/number-undos", body).await, 404, "nothing-to-undo");
}

#[tokio::test]
async fn phn_1_a_code_that_was_sent_while_fresh_does_not_change_the_number_later() {
    let service = roomy(&[("account.fresh_for", "3s")]).await;
    let ((visitor, _), new) = (owner(&service, By::Bearer).await, phone());
    let body = visitor.code("change-number", &new).await;
    tokio::time::sleep(std::time::Duration::from_millis(3_200)).await;
    is_problem(&visitor.put("/me/mobile", body.clone()).await, 403, "confirmation-required");
    let confirm = json!({ "password": PASSWORD });
    is_done(&visitor.post("/session/confirmations", confirm).await, 200);
    is_done(&visitor.put("/me/mobile", body).await, 200);
}
