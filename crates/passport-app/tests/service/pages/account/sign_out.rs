use super::{service, with_password};
use crate::support::Plain;

#[tokio::test]
async fn a_person_signs_out_and_back_shows_nothing() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let page = person.open("/account").await.is("account", 200);
    let form = page.fill(&[]);
    assert_eq!(form.action, "/sign-out");
    let page = person.submit(&form).await.is("sign-in", 200);
    assert_eq!(page.address, "/sign-in");
    assert_eq!(page.note().as_deref(), Some("You are signed out."));
    assert_eq!(person.cookie("passport_session"), None);
    person.set_cookie("passport_session", &account.token);
    assert!(person.who_am_i().await.is_none(), "the session has ended, not only its cookie");
    person.open("/account").await.is("sign-in", 200);
}

#[tokio::test]
async fn signing_out_twice_is_the_same() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let form = person.open("/account").await.fill(&[]);
    person.submit(&form).await.is("sign-in", 200);
    let page = person.submit(&form).await.is("sign-in", 200);
    assert_eq!(page.note().as_deref(), Some("You are signed out."));
    let page = Plain::new(&service);
    let page = page.submit(&form).await.is("sign-in", 200);
    assert_eq!(page.address, "/sign-in", "also in a browser that has no session");
}

#[tokio::test]
async fn a_link_signs_out_only_after_a_question() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let page = person.open("/sign-out").await.is("account-sign-out", 200);
    assert!(person.who_am_i().await.is_some());
    person.send(&page, &[]).await.is("sign-in", 200);
    assert!(person.who_am_i().await.is_none());
}

#[tokio::test]
async fn another_site_cannot_sign_out() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let form = person.open("/account").await.fill(&[]);
    for (name, value) in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        let request = person.request(reqwest::Method::POST, "/sign-out").body(form.encode());
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").header(name, value);
        let reply = person.answer(request).await;
        assert_eq!(reply.status, 403, "{name}");
        assert_eq!(reply.cookie("passport_session"), None);
    }
    let stale = form.with("csrf_token", "0f3a");
    person.submit(&stale).await.is("account-sign-out", 403);
    assert!(person.who_am_i().await.is_some());
    // Without the cookies, which browsers do not send from another site, it deletes nothing either.
    let request = person.request(reqwest::Method::POST, "/sign-out").body("csrf_token=x");
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .header("Origin", "https://evil.example");
    let bare = Plain::new(&service);
    let reply = bare.answer(request).await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.cookie("passport_session"), None);
}
