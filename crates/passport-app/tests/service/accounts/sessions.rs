//! The own sessions, profile, history and export.

use serde_json::json;
use uuid::Uuid;

use super::{is_done, is_problem, roomy};
use crate::support::{By, PASSWORD, Tables, Visitor, phone, until};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

#[tokio::test]
async fn ses_6_sessions_name_the_device_and_are_ended_one_by_one_or_together() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let phone = phone();
        let [visitor, second, third] = [(); 3].map(|()| Visitor::new(&service, by));
        visitor.sign_up(&phone, Some(PASSWORD)).await;
        let mut body = second.code("sign-in", &phone).await;
        body["transport"] = if by == By::Bearer { "bearer" } else { "cookie" }.into();
        let request = second.request(reqwest::Method::POST, "/sessions").json(&body);
        is_done(&second.send(request.header("User-Agent", FIREFOX)).await, 201);
        third.sign_in(&phone, PASSWORD).await;

        let reply = visitor.get("/sessions").await;
        is_done(&reply, 200);
        let listed = reply.json()["sessions"].as_array().unwrap().clone();
        assert_eq!(listed.len(), 3);
        let device = listed.iter().find(|it| it["browser"] == "Firefox").expect("it is named");
        assert_eq!((&device["system"], &device["kind"]), (&json!("Linux"), &json!("computer")));
        assert!(device["address"].as_str().unwrap().ends_with(".0/24"), "{device}");
        assert_eq!(listed.iter().filter(|it| it["current"] == true).count(), 1);

        let path = format!("/sessions/{}", device["id"].as_str().unwrap());
        is_done(&visitor.delete(&path).await, 204);
        is_problem(&visitor.delete(&path).await, 404, "not-found");
        assert!(!second.is_signed_in().await && third.is_signed_in().await);
        let reply = visitor.delete("/sessions").await;
        is_done(&reply, 200);
        assert_eq!(reply.json(), json!({ "ended": 1 }));
        assert!(visitor.is_signed_in().await && !third.is_signed_in().await);
    }
}

#[tokio::test]
async fn ses_6_the_session_of_another_person_is_an_unknown_one() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let [one, other] = [(); 2].map(|()| Visitor::new(&service, by));
        one.sign_up(&phone(), None).await;
        other.sign_up(&phone(), None).await;
        let id = other.get("/session").await.json()["session"]["id"].clone();
        let anothers = one.delete(&format!("/sessions/{}", id.as_str().unwrap())).await;
        let unknown = one.delete(&format!("/sessions/{}", Uuid::new_v4())).await;
        is_problem(&anothers, 404, "not-found");
        assert_eq!(anothers.json(), unknown.json());
        assert!(other.is_signed_in().await);
    }
}

#[tokio::test]
async fn ses_5_a_token_is_dead_after_the_end_of_its_session() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let visitor = Visitor::new(&service, by);
        visitor.sign_up(&phone(), None).await;
        let token = visitor.token().unwrap();
        let reply = visitor.delete("/session").await;
        is_done(&reply, 204);
        assert_eq!(reply.cookie("passport_session").is_some(), by == By::Cookie);
        assert!(!visitor.is_live(&token).await);
    }
}

#[tokio::test]
async fn ses_3_a_sign_in_replaces_the_session_of_the_browser_and_adopts_no_token() {
    let service = roomy(&[]).await;
    let (visitor, phone) = (Visitor::new(&service, By::Cookie), phone());
    visitor.sign_up(&phone, Some(PASSWORD)).await;
    let former = visitor.token().unwrap();
    is_done(&visitor.sign_in(&phone, PASSWORD).await, 201);
    assert_ne!(visitor.token().unwrap(), former);
    assert!(!visitor.is_live(&former).await);

    let made_up = "A".repeat(former.len());
    let (attacked, body) = (
        Visitor::new(&service, By::Bearer),
        json!({ "mobile": phone, "password": PASSWORD, "transport": "cookie" }),
    );
    let request = attacked.request(reqwest::Method::POST, "/sessions").json(&body);
    let request = request
        .header("Cookie", format!("passport_session={made_up}"))
        .header("Origin", service.url());
    let reply = request.send().await.unwrap();
    assert_eq!(reply.status(), 201);
    let cookie = reply.headers()["set-cookie"].to_str().unwrap();
    assert!(!cookie.contains(&made_up), "{cookie}");
    assert!(!attacked.is_live(&made_up).await);
}

#[tokio::test]
async fn ses_7_a_disabled_person_is_signed_out_and_told_only_after_a_proof() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, phone) = (Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, Some(PASSWORD)).await;
        assert_eq!(
            Tables::of(&service)
                .lines(&format!(
                    "UPDATE users SET standing = 1, standing_since = created_at, epoch = epoch + 1 \
                     WHERE id = (SELECT user_id FROM user_phones WHERE phone = '+86{phone}') \
                     RETURNING nick_name AS line"
                ))
                .await
                .len(),
            1
        );
        assert!(!visitor.is_signed_in().await);
        is_problem(&visitor.sign_in(&phone, "wrong password").await, 401, "credentials-wrong");
        is_problem(&visitor.sign_in(&phone, PASSWORD).await, 403, "account-disabled");
        is_problem(&visitor.sign_in_by_code(&phone).await, 403, "account-disabled");
        let mut body = visitor.code("reset", &phone).await;
        body["password"] = "another good password".into();
        is_problem(&visitor.post("/password-resets", body).await, 403, "account-disabled");
    }
}

#[tokio::test]
async fn the_nick_name_is_changed_ten_times_a_day() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let visitor = Visitor::new(&service, by);
        visitor.sign_up(&phone(), None).await;
        let reply = visitor.patch("/me", json!({ "nick_name": "\u{200b}" })).await;
        is_problem(&reply, 422, "nick-name-refused");
        for count in 0..10 {
            let reply = visitor.patch("/me", json!({ "nick_name": format!("Ada {count}") })).await;
            is_done(&reply, 200);
            assert_eq!(reply.json()["nick_name"], format!("Ada {count}"));
        }
        let reply = visitor.patch("/me", json!({ "nick_name": "Ada" })).await;
        is_problem(&reply, 429, "too-many");
        assert!(reply.header("ratelimit-policy").starts_with("\"renames-per-user-day\";q=10;"));
        assert_eq!(visitor.get("/me").await.json()["nick_name"], "Ada 9");
    }
}

#[tokio::test]
async fn the_history_and_the_export_are_the_persons_own() {
    let service = roomy(&[]).await;
    for by in By::BOTH {
        let (visitor, stranger, phone) =
            (Visitor::new(&service, by), Visitor::new(&service, by), phone());
        visitor.sign_up(&phone, None).await;
        stranger.sign_up(&crate::support::phone(), None).await;
        let kinds = async |visitor: &Visitor| {
            let events = visitor.get("/me/events").await.json()["events"].clone();
            let events = events.as_array().unwrap().clone();
            events.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        until("the sign-up is in the history", async || {
            let kinds = kinds(&visitor).await;
            ["user.created", "session.begun"].iter().all(|it| kinds.contains(&(*it).to_owned()))
        })
        .await;
        for _ in 0..3 {
            let reply = visitor.get("/me/export").await;
            is_done(&reply, 200);
            let export = reply.json();
            assert_eq!(export["user"]["mobile"], format!("+86{phone}"));
            assert!(export["user"].get("whole_mobile").is_none());
            assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
            assert!(export["events"].as_array().unwrap().len() >= 2);
            assert!(!reply.text().contains(&visitor.token().unwrap()));
        }
        is_problem(&visitor.get("/me/export").await, 429, "too-many");
        until("the export is in the history", async || {
            kinds(&visitor).await.contains(&"user.exported".to_owned())
        })
        .await;
        assert!(!kinds(&stranger).await.contains(&"user.exported".to_owned()));
        let unknown = format!("/me/events?after={}", Uuid::nil());
        assert_eq!(visitor.get(&unknown).await.json()["events"], json!([]));
        is_problem(&visitor.get("/me/events?after=x").await, 404, "not-found");
    }
}
