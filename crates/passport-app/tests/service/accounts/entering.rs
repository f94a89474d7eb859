//! Signing up and in, with a password or a code.

use serde_json::json;

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, Visitor, phone, with_wrong_code};

#[tokio::test]
async fn a_sign_up_answers_the_user_and_a_session() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        let mut body = visitor.code("sign-up", &phone).await;
        body["password"] = PASSWORD.into();
        body["nick_name"] = "  Ada ".into();
        let reply = visitor.enter("/users", body.clone()).await;
        is_done(&reply, 201);
        let shown = reply.json();
        assert_eq!(shown["user"]["nick_name"], "Ada");
        assert_eq!(shown["user"]["mobile"], format!("{}****{}", &phone[..3], &phone[7..]));
        assert_eq!(shown["user"]["has_password"], true);
        // The password was given, too, so the session is as fresh as one by password.
        assert_eq!(shown["session"]["methods"], json!(["password", "code"]));
        assert!(shown["session"]["fresh_until"].is_string());
        assert_eq!(visitor.get("/session").await.json()["session"], shown["session"]);
        // The code is spent.
        is_problem(&visitor.enter("/users", body).await, 410, "code-gone");
        let reply = visitor.sign_in(&phone, PASSWORD).await;
        is_done(&reply, 201);
        assert_eq!(reply.json()["session"]["methods"], json!(["password"]));
    }
}

#[tokio::test]
async fn enu_3_a_taken_number_is_told_only_after_its_code_is_proved() {
    let service = roomy(&[]).await;
    let (owner, other, phone) =
        (Visitor::new(&service, By::Cookie), Visitor::new(&service, By::Bearer), phone());
    owner.sign_up(&phone, None).await;
    let body = other.code("sign-up", &phone).await;
    let reply = other.enter("/users", with_wrong_code(&body)).await;
    is_problem(&reply, 422, "code-wrong");
    assert_eq!(reply.json()["tries_left"], 4);
    let reply = other.enter("/users", body).await;
    is_problem(&reply, 409, "number-taken");
    assert_eq!(reply.json()["next"], "sign-in");
    assert!(!other.is_signed_in().await && owner.is_signed_in().await);
}

#[tokio::test]
async fn a_refused_password_or_name_leaves_the_code_good() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Bearer), phone());
    let body = visitor.code("sign-up", &phone).await;
    for (password, reason) in
        [("short", "too-short"), ("password", "common"), (&*phone, "phone-number")]
    {
        let mut refused = body.clone();
        refused["password"] = password.into();
        let reply = visitor.enter("/users", refused).await;
        is_problem(&reply, 422, "password-refused");
        assert_eq!(reply.json()["reason"], reason, "{password}");
    }
    for (name, reason) in
        [(" ", "empty"), ("a\u{202e}b", "invisible-characters"), (&*phone, "phone-number")]
    {
        let mut refused = body.clone();
        refused["nick_name"] = name.into();
        let reply = visitor.enter("/users", refused).await;
        is_problem(&reply, 422, "nick-name-refused");
        assert_eq!(reply.json()["reason"], reason, "{name}");
    }
    is_done(&visitor.enter("/users", body).await, 201);
}

#[tokio::test]
async fn a_code_signs_in_or_up() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let phone = phone();
        for created in [true, false] {
            let visitor = Visitor::new(&service, by);
            let reply = visitor.sign_in_by_code(&phone).await;
            is_done(&reply, 201);
            assert_eq!(reply.json()["created"], created);
            assert!(visitor.is_signed_in().await);
        }
    }
}

#[tokio::test]
async fn otp_6_a_code_is_redeemed_only_with_its_id_and_for_its_purpose() {
    let service = roomy(&[]).await;
    let (visitor, stranger, phone) =
        (Visitor::new(&service, By::Bearer), Visitor::new(&service, By::Bearer), phone());
    let body = visitor.code("sign-in", &phone).await;
    // Guesses of a stranger, who does not know the id, cost no try.
    for id in ["AAAAAAAAAAAAAAAAAAAAAA", "", "x"] {
        for _ in 0..3 {
            let mut guess = with_wrong_code(&body);
            guess["code_id"] = id.into();
            is_problem(&stranger.enter("/sessions", guess).await, 410, "code-gone");
        }
    }
    is_problem(&visitor.enter("/users", body.clone()).await, 410, "code-gone");
    is_problem(&visitor.post("/number-undos", body.clone()).await, 410, "code-gone");
    is_done(&visitor.enter("/sessions", body).await, 201);
}

#[tokio::test]
async fn otp_4_five_wrong_guesses_end_a_code() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Cookie), phone());
    let body = visitor.code("sign-in", &phone).await;
    for left in (0..5).rev() {
        let reply = visitor.enter("/sessions", with_wrong_code(&body)).await;
        is_problem(&reply, 422, "code-wrong");
        assert_eq!(reply.json()["tries_left"], left);
    }
    is_problem(&visitor.enter("/sessions", body).await, 410, "code-gone");
}

#[tokio::test]
async fn rl_8_a_wrong_password_is_refused_and_then_has_to_wait() {
    let service = roomy(&[("limits.failures_free", "1")]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Cookie), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    for number in [&*phone, &crate::support::phone()] {
        let mut reply = visitor.sign_in(number, "wrong password").await;
        let mut failures = 0;
        while reply.status != 429 {
            is_problem(&reply, 401, "credentials-wrong");
            failures += 1;
            reply = visitor.sign_in(number, "wrong password").await;
        }
        // On a machine that is slow, a delay may have passed before the next try.
        assert!((2..10).contains(&failures), "{failures}");
        is_problem(&reply, 429, "wait");
        let seconds: u64 = reply.header("retry-after").parse().unwrap();
        assert!((1..=1 << (failures - 2)).contains(&seconds), "{seconds} after {failures}");
    }
}

#[tokio::test]
async fn rl_8_a_stopped_password_works_again_after_a_code() {
    let settings = [("limits.failures_free", "1"), ("limits.failures_stop", "2")];
    let service = roomy(&settings).await;
    let (visitor, phone) = (Visitor::new(&service, By::Bearer), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    for _ in 0..2 {
        is_problem(&visitor.sign_in(&phone, "wrong password").await, 401, "credentials-wrong");
    }
    is_problem(&visitor.sign_in(&phone, PASSWORD).await, 403, "stopped");
    is_done(&visitor.sign_in_by_code(&phone).await, 201);
    is_done(&visitor.sign_in(&phone, PASSWORD).await, 201);
}

#[tokio::test]
async fn rl_7_a_limit_names_its_policy() {
    let service = roomy(&[("limits.sms_per_phone_day", "1")]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Cookie), phone());
    visitor.code("reset", &phone).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let reply = visitor.try_code("sign-in", &phone).await;
    is_problem(&reply, 429, "too-many");
    assert_eq!(reply.header("ratelimit-policy"), "\"sms-per-phone-day\";q=1;w=86400");
    let seconds = reply.header("retry-after");
    assert_eq!(reply.header("ratelimit"), format!("\"sms-per-phone-day\";r=0;t={seconds}"));
}

#[tokio::test]
async fn remembered_sessions_have_a_cookie_that_outlives_the_browser() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Cookie), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    for remember in [true, false] {
        let body = json!({ "mobile": phone, "password": PASSWORD, "remember": remember });
        let reply = visitor.enter("/sessions", body).await;
        is_done(&reply, 201);
        let cookie = reply.cookie("passport_session").unwrap();
        assert_eq!(cookie.contains("Max-Age="), remember, "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert_eq!(reply.json()["session"]["remembered"], remember);
    }
}
