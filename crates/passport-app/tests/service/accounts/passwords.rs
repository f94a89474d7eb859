//! Changing, removing and resetting the password.

use serde_json::json;

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, Visitor, phone, until, with_wrong_code};

const NEW: &str = "another good password";

#[tokio::test]
async fn pwd_10_a_change_needs_the_current_password_ends_other_sessions_and_is_told() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, other, phone) =
            (Visitor::new(&service, by), Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, Some(PASSWORD)).await;
        is_done(&other.sign_in(&phone, PASSWORD).await, 201);
        let wrong = json!({ "current": "wrong password", "password": NEW });
        is_problem(&visitor.put("/me/password", wrong).await, 422, "password-wrong");
        let missing = json!({ "password": NEW });
        is_problem(&visitor.put("/me/password", missing).await, 422, "password-wrong");
        let common = json!({ "current": PASSWORD, "password": "password" });
        is_problem(&visitor.put("/me/password", common).await, 422, "password-refused");
        assert!(other.is_signed_in().await && visitor.notices_of(&phone).await.is_empty());

        let (former, shown) = (visitor.token().unwrap(), visitor.get("/session").await.json());
        let body = json!({ "current": PASSWORD, "password": NEW });
        let reply = visitor.put("/me/password", body).await;
        is_done(&reply, 200);
        assert_eq!(reply.json()["session"]["id"], shown["session"]["id"]);
        assert_ne!(visitor.token().unwrap(), former);
        assert!(!visitor.is_live(&former).await, "the former token is dead");
        assert!(visitor.is_signed_in().await && !other.is_signed_in().await);
        is_problem(&other.sign_in(&phone, PASSWORD).await, 401, "credentials-wrong");
        is_done(&other.sign_in(&phone, NEW).await, 201);
        until("the change is told", async || visitor.notices_of(&phone).await.len() == 1).await;
    }
}

#[tokio::test]
async fn pwd_10_other_sessions_can_be_kept() {
    let service = roomy(&[]).await;
    let (visitor, other, phone) =
        (Visitor::new(&service, By::Cookie), Visitor::new(&service, By::Bearer), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    other.sign_in(&phone, PASSWORD).await;
    let body = json!({ "current": PASSWORD, "password": NEW, "keep_sessions": true });
    is_done(&visitor.put("/me/password", body).await, 200);
    assert!(visitor.is_signed_in().await && other.is_signed_in().await);
}

#[tokio::test]
async fn a_first_password_needs_a_fresh_session_and_can_be_removed() {
    let service = roomy(&[("account.fresh_for", "3s")]).await;
    for by in By::BOTH {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, None).await;
        tokio::time::sleep(std::time::Duration::from_millis(3_200)).await;
        let reply = visitor.put("/me/password", json!({ "password": NEW })).await;
        is_problem(&reply, 403, "confirmation-required");
        assert_eq!(reply.json()["accepted"], json!(["code"]));
        let code = visitor.own_code(&phone).await;
        is_done(&visitor.post("/session/confirmations", code).await, 200);
        let reply = visitor.put("/me/password", json!({ "password": NEW })).await;
        is_done(&reply, 200);
        is_done(&visitor.sign_in(&phone, NEW).await, 201);
        let former = visitor.token().unwrap();
        let reply = visitor.delete("/me/password").await;
        is_done(&reply, 200);
        assert!(!visitor.is_live(&former).await && visitor.is_signed_in().await);
        assert_eq!(visitor.get("/me").await.json()["has_password"], false);
        is_problem(&visitor.sign_in(&phone, NEW).await, 401, "credentials-wrong");
    }
}

#[tokio::test]
async fn rec_1_a_reset_ends_all_sessions_and_does_not_sign_in() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, other, phone) =
            (Visitor::new(&service, by), Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, Some(PASSWORD)).await;
        let mut body = other.code("reset", &phone).await;
        body["password"] = NEW.into();
        let mut wrong = with_wrong_code(&body);
        let reply = other.post("/password-resets", wrong.clone()).await;
        is_problem(&reply, 422, "code-wrong");
        wrong["password"] = "password".into();
        is_problem(&other.post("/password-resets", wrong).await, 422, "password-refused");
        assert!(visitor.is_signed_in().await, "a refused reset ends no session");

        let reply = other.post("/password-resets", body.clone()).await;
        is_done(&reply, 204);
        assert_eq!((reply.body.len(), reply.cookie("passport_session")), (0, None));
        assert!(!visitor.is_signed_in().await && !other.is_signed_in().await);
        is_problem(&other.post("/password-resets", body).await, 410, "code-gone");
        is_problem(&other.sign_in(&phone, PASSWORD).await, 401, "credentials-wrong");
        is_done(&other.sign_in(&phone, NEW).await, 201);
        until("the reset is told", async || visitor.notices_of(&phone).await.len() == 1).await;
    }
}

#[tokio::test]
async fn rec_1_a_number_without_an_account_is_told_so_after_the_proof() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Bearer), phone());
    let mut body = visitor.code("reset", &phone).await;
    body["password"] = NEW.into();
    let reply = visitor.post("/password-resets", with_wrong_code(&body)).await;
    is_problem(&reply, 422, "code-wrong");
    let reply = visitor.post("/password-resets", body).await;
    is_problem(&reply, 404, "no-account");
    assert_eq!(reply.json()["next"], "sign-up");
}

#[tokio::test]
async fn the_fourth_reset_of_a_day_is_refused() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Bearer), phone());
    visitor.sign_up(&phone, None).await;
    for reset in 0..4 {
        let mut body = visitor.code("reset", &phone).await;
        body["password"] = format!("{NEW} {reset}").into();
        let reply = visitor.post("/password-resets", body).await;
        if reset < 3 {
            is_done(&reply, 204);
        } else {
            is_problem(&reply, 429, "too-many");
            assert!(reply.header("ratelimit-policy").starts_with("\"resets-per-user-day\";q=3;"));
        }
    }
}
