//! Forms that no page of the service has sent, and cookies that do not come back.

use reqwest::header;

use super::{code_page, service};
use crate::support::{Account, Api, Filled, PASSWORD, Plain, TEST_ANSWER, phone};

const FORMS: [&str; 4] = ["/sign-in", "/sign-up", "/forgot", "/undo-number"];

fn password(phone: &str, page: &crate::support::Shown) -> Filled {
    page.fill(&[("mobile", phone), ("password", PASSWORD)])
}

#[tokio::test]
async fn x4_a_form_of_another_site_is_refused() {
    let service = service(&[("http.public_url", "http://passport.test")]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let page = person.open("/sign-in/password").await;
    let form = password(&account.phone, &page);
    for (name, value) in [
        ("origin", "https://evil.test"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut request = person.post(&form).build().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        let request = reqwest::RequestBuilder::from_parts(reqwest::Client::new(), request);
        let reply = person.answer(request).await;
        let page = person.follow(&form.action, reply).await.is("sign-in-password", 403);
        assert_eq!(
            page.value("mobile").as_deref(),
            Some(""),
            "what another site typed is not shown"
        );
        assert!(person.who_am_i().await.is_none(), "{name}: {value}");
    }
    let request = person.post(&form).header(header::ORIGIN, "http://passport.test");
    assert_eq!(person.answer(request).await.status, 303);
}

/// A page of another site can send a form with a token that it got for its own browser.
#[tokio::test]
async fn x4_the_token_of_another_browser_is_refused() {
    let service = service(&[]).await;
    let attacker = Account::with_password(&Api::new(&service)).await;
    let (own, victim) = (Plain::new(&service), Plain::new(&service));
    let form = password(&attacker.phone, &own.open("/sign-in/password").await);
    victim.open("/sign-in").await;
    let page = victim.submit(&form).await.is("sign-in-password", 403);
    let page = page.says("", "This page was out of date. Try again.");
    assert!(victim.who_am_i().await.is_none(), "login CSRF");
    assert_ne!(page.value("csrf_token"), Some(form.fields[0].1.clone()));
}

#[tokio::test]
async fn a_stale_token_is_replaced_and_nothing_typed_is_lost() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    for path in FORMS {
        let page = person.open(path).await;
        let challenge = page.value("challenge");
        for token in ["", "x", &"0".repeat(96)] {
            let typed = [("mobile", &*phone), ("picture", TEST_ANSWER), ("csrf_token", token)];
            let page = person.send(&page, &typed).await.is(&path[1..], 403);
            let page = page.says("", "This page was out of date. Try again.");
            assert_eq!(page.value("mobile").as_ref(), Some(&phone));
            assert_eq!(page.value("challenge"), challenge, "{path}");
            assert_ne!(page.value("csrf_token").as_deref(), Some(token));
        }
    }
    let page = code_page(&person, "/sign-in", &phone).await;
    let sent = person.send(&page, &[("code", "123456"), ("csrf_token", "x")]).await;
    let page = sent.is("sign-in-code", 403).says("", "This page was out of date. Try again.");
    super::type_code(&person, &page, &phone).await.is("sign-up-password", 200);
}

#[tokio::test]
async fn p13_a_browser_that_refuses_cookies_is_told_so() {
    let service = service(&[]).await;
    for path in FORMS.into_iter().chain(["/sign-in/password"]) {
        let person = Plain::new(&service);
        let page = person.open(path).await;
        person.drop_cookie("csrf_token");
        assert_eq!(person.cookies(), "");
        let page = person.send(&page, &[("mobile", &phone())]).await;
        let name = path[1..].replace('/', "-");
        let said = "Your browser refuses cookies. Allow them for this site, then try again.";
        page.is(&name, 403).says("", said);
    }
}

/// Cookies of another application of the host, or of an attacker who can set some.
#[tokio::test]
async fn w5_foreign_cookies_change_nothing() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    person.set_cookie("passport_language", "xx\"<script>");
    person.set_cookie("passport_session", "not-a-token");
    person.set_cookie("passport_flow_2", "deadbeef");
    person.set_cookie("other", "%00%ff;");
    let page = code_page(&person, "/sign-in", &phone).await;
    assert_eq!(page.language(), "en");
    super::type_code(&person, &page, &phone).await.is("sign-up-password", 200);
}
