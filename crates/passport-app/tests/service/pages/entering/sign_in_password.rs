use super::service;
use crate::support::{Account, Api, PASSWORD, Plain, phone};

#[tokio::test]
async fn a_password_signs_in() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    for (remember, stays) in [("yes", true), ("", false)] {
        let person = Plain::new(&service);
        let page = person.open("/sign-in/password").await.is("sign-in-password", 200);
        assert!(page.links().contains(&"/forgot"), "{:?}", page.links());
        let fields = [("mobile", &*account.phone), ("password", PASSWORD), ("remember", remember)];
        let reply = person.answer(person.post(&page.fill(&fields))).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/account"));
        let cookie = reply.cookie("passport_session").unwrap();
        assert_eq!(cookie.contains("Max-Age="), stays, "{cookie}");
        assert_eq!(person.who_am_i().await.unwrap()["id"], *account.id);
    }
}

/// The answer is the same for a wrong password, for an account without one and for no account.
#[tokio::test]
async fn enu_2_wrong_credentials_are_answered_alike() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let with = Account::with_password(&api).await.phone;
    let without = Account::without_password(&api).await.phone;
    let mut seen = Vec::new();
    for number in [with, without, phone()] {
        let person = Plain::new(&service);
        let page = person.open("/sign-in/password").await;
        let typed = [("mobile", &*number), ("password", "not the password"), ("remember", "yes")];
        let page = person.send(&page, &typed).await.is("sign-in-password", 401);
        let page = page.says("password-error", "The number or the password is wrong.");
        assert_eq!(page.value("mobile").as_ref(), Some(&number));
        assert_eq!(page.value("remember").as_deref(), Some("yes"));
        assert_eq!(page.value("password").as_deref(), Some(""), "passwords are not shown again");
        assert!(!page.html.contains("not the password"));
        let headers: std::collections::BTreeSet<_> =
            page.headers.keys().map(ToString::to_string).collect();
        let constant = [page.value("csrf_token").unwrap(), page.value("attempt").unwrap(), number];
        let html = constant.iter().fold(page.html, |html, it| html.replace(it, "…"));
        seen.push((headers, html));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test]
async fn p12_whatever_an_account_can_have_can_be_typed() {
    let service = service(&[("password.min_length", "8")]).await;
    let spaces = "        ";
    let (person, phone) = super::with_account(&service).await;
    let page = person.open("/sign-up/password").await.is("sign-up-password", 200);
    let page = person.send(&page, &[("password", spaces)]).await;
    assert_eq!(page.redirects, ["/account"], "{:?}", page.errors());
    let person = Plain::new(&service);
    let page = person.open("/sign-in/password").await;
    let page = person.send(&page, &[("mobile", &phone), ("password", spaces)]).await;
    assert_eq!(page.redirects, ["/account"]);
}

#[tokio::test]
async fn what_is_missing_is_told_at_its_field() {
    let service = service(&[]).await;
    let person = Plain::new(&service);
    let page = person.open("/sign-in/password").await;
    let page = person.send(&page, &[("password", PASSWORD)]).await.is("sign-in-password", 422);
    let page = page.says("mobile-error", "Enter your mobile number.");
    let page = person.send(&page, &[("mobile", &phone())]).await.is("sign-in-password", 422);
    let page = page.says("password-error", "Enter your password.");
    let long = "x".repeat(2_000);
    let page = person.send(&page, &[("password", &long)]).await.is("sign-in-password", 401);
    page.says("password-error", "The number or the password is wrong.");
}
