//! Session tokens and their cookies.

use std::{fs, sync::Arc};

use futures::future::join_all;
use reqwest::Method;

use crate::support::{PASSWORD, Person, Service, phone, until};

const SESSION: &str = "passport_session";

async fn signed_in(service: &Service) -> (Person, String) {
    let (person, phone) = (Person::new(service), phone());
    person.sign_up(&phone, PASSWORD).await;
    person.sign_in(&phone, PASSWORD).await;
    (person, phone)
}

#[tokio::test]
async fn ses_1_a_token_is_256_bits_and_says_nothing() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_in(&service).await;
    let token = person.cookie(SESSION).unwrap();
    assert_eq!(token.len(), 43);
    assert!(!token.contains(&phone));
}

#[tokio::test]
async fn ses_3_a_token_that_we_did_not_issue_is_never_adopted() {
    let service = Service::start(&[]).await;
    let (victim, phone) = (Person::new(&service), phone());
    victim.sign_up(&phone, PASSWORD).await;
    for planted in [&"A".repeat(43), "1", "../x", &"x".repeat(3_000)] {
        victim.set_cookie(SESSION, planted);
        assert!(victim.who_am_i().await.is_none());
        victim.sign_in(&phone, PASSWORD).await;
        assert_ne!(victim.cookie(SESSION).as_deref(), Some(planted));
        assert!(victim.who_am_i().await.is_some());

        let attacker = Person::new(&service);
        attacker.set_cookie(SESSION, planted);
        assert!(attacker.who_am_i().await.is_none());
    }
}

#[tokio::test]
async fn ses_3_signing_in_gives_a_new_token_and_ends_the_former_session() {
    let service = Service::start(&[]).await;
    let (attacker, _) = signed_in(&service).await;
    let planted = attacker.cookie(SESSION).unwrap();

    // The attacker's own token, planted in the victim's browser.
    let (victim, phone) = (Person::new(&service), phone());
    victim.sign_up(&phone, PASSWORD).await;
    victim.set_cookie(SESSION, &planted);
    victim.sign_in(&phone, PASSWORD).await;
    assert_ne!(victim.cookie(SESSION).unwrap(), planted);
    assert!(attacker.who_am_i().await.is_none());

    let former = victim.cookie(SESSION).unwrap();
    victim.sign_in(&phone, PASSWORD).await;
    assert_ne!(victim.cookie(SESSION).unwrap(), former);
    let replay = Person::new(&service);
    replay.set_cookie(SESSION, &former);
    assert!(replay.who_am_i().await.is_none());
    assert!(victim.who_am_i().await.is_some());
}

#[tokio::test]
async fn a_failed_sign_in_leaves_the_session_as_it_was() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_in(&service).await;
    let token = person.cookie(SESSION);
    let reply = person.login(&phone, "wrong password").await;
    assert_eq!(reply.errno(), "4004");
    assert_eq!(reply.cookie(SESSION), None);
    assert_eq!(person.cookie(SESSION), token);
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn ses_5_a_token_is_worth_nothing_after_signing_out() {
    for store in ["database", "store"] {
        let service = Service::start(&[("session.store", store)]).await;
        let (person, _) = signed_in(&service).await;
        let token = person.cookie(SESSION).unwrap();
        person.sign_out().await;
        person.set_cookie(SESSION, &token);
        assert!(person.who_am_i().await.is_none());
        person.sign_out().await;
        assert!(person.who_am_i().await.is_none());
    }
}

#[tokio::test]
async fn ses_2_cookies_over_plain_http_on_this_machine() {
    let service = Service::start(&[]).await;
    let (person, phone) = (Person::new(&service), phone());
    let picture =
        person.get(&format!("/passport/image_code?cur_id={}", uuid::Uuid::new_v4())).await;
    let csrf = picture.cookie("csrf_token").unwrap();
    let token = person.cookie("csrf_token").unwrap();
    assert_eq!(csrf, format!("csrf_token={token}; SameSite=Lax; Path=/"));
    assert!(token.len() >= 32 && token.chars().all(|c| c.is_ascii_hexdigit()), "{token}");

    person.sign_up(&phone, PASSWORD).await;
    let cookie = person.login(&phone, PASSWORD).await.cookie(SESSION).unwrap();
    let token = person.cookie(SESSION).unwrap();
    assert_eq!(cookie, format!("{SESSION}={token}; HttpOnly; SameSite=Lax; Path=/"));

    let reply = person.send(person.request(Method::POST, "/passport/logout")).await;
    let gone = reply.cookie(SESSION).unwrap();
    assert!(gone.starts_with("passport_session=; "), "{gone}");
    assert!(gone.contains("Max-Age=0") && gone.contains("Path=/"), "{gone}");
}

#[tokio::test]
async fn ses_2_cookies_behind_https() {
    let service = Service::start(&[("http.public_url", "https://passport.test")]).await;
    let (person, phone) = (Person::new(&service), phone());
    person.sign_up(&phone, PASSWORD).await;
    let token = person.cookie("__Host-csrf_token").unwrap();
    assert!(token.chars().all(|c| c.is_ascii_hexdigit()), "{token}");
    let cookie = person.login(&phone, PASSWORD).await.cookie("__Host-passport_session").unwrap();
    let token = person.cookie("__Host-passport_session").unwrap();
    let expected =
        format!("__Host-passport_session={token}; HttpOnly; SameSite=Lax; Secure; Path=/");
    assert_eq!(cookie, expected);
    assert!(person.who_am_i().await.is_some());

    // The cookie without the prefix is ignored, because any host of the domain could set it.
    let other = Person::new(&service);
    other.set_cookie(SESSION, &token);
    assert!(other.who_am_i().await.is_none());
    let reply = person.send(person.request(Method::POST, "/passport/logout")).await;
    let gone = reply.cookie("__Host-passport_session").unwrap();
    assert!(gone.contains("Secure") && gone.contains("Max-Age=0"), "{gone}");
}

#[tokio::test]
async fn a_session_outlives_a_restart_and_a_crash() {
    let mut service = Service::start(&[]).await;
    let (person, phone) = signed_in(&service).await;
    let folder = Arc::clone(service.folder());
    assert!(service.stop().await.success());
    let mut service = Service::start_in(&folder, &[]).await;
    person.go_to(&service);
    assert!(person.who_am_i().await.is_some());
    person.sign_in(&phone, PASSWORD).await;
    service.kill();
    let service = Service::start_in(&folder, &[]).await;
    person.go_to(&service);
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn ses_4_activity_does_not_lengthen_a_session_beyond_its_end() {
    let ends = ["database", "store"].map(async |store| {
        let settings =
            [("session.store", store), ("session.idle", "2s"), ("session.absolute", "2s")];
        let service = Service::start(&settings).await;
        let (person, _) = signed_in(&service).await;
        assert!(person.who_am_i().await.is_some());
        until("the session has expired", async || person.who_am_i().await.is_none()).await;
    });
    join_all(ends).await;
}

#[tokio::test]
async fn ses_10_nothing_that_opens_a_door_is_kept_in_clear() {
    let service = Service::start(&[]).await;
    let (person, phone) = signed_in(&service).await;
    let other = crate::support::phone();
    let code = person.request_code(&other).await;
    let secrets = [person.cookie(SESSION).unwrap(), PASSWORD.to_owned(), code];
    let mut seen = Vec::new();
    for file in fs::read_dir(service.folder().path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|it| it == text.as_bytes());
        for secret in &secrets {
            assert!(!holds(secret), "{} holds {secret}", path.display());
        }
        seen.push(holds(&phone));
    }
    assert!(seen.contains(&true), "the account is found, so the search works");
}
