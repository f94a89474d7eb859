use super::{browser, grow_stale, service, strict, with_password, without_password};
use crate::support::{Api, PASSWORD, sign_in};

const PATH: &str = "/account/password";
const NEW: &str = "another good password";

#[tokio::test]
async fn a_password_is_changed_and_other_devices_are_signed_out() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, account) = with_password(&service).await;
    let other = sign_in(&api, &account.phone, PASSWORD).await.json()["token"].clone();
    let page = person.open(PATH).await.is("account-password", 200);
    assert_eq!(page.field("password").unwrap().attribute("autocomplete"), Some("new-password"));
    let page = person.send(&page, &[("current", PASSWORD), ("password", NEW)]).await;
    let page = page.is("account", 200);
    assert_eq!(page.note().as_deref(), Some("Your password was changed."));
    assert!(!api.is_signed_in(other.as_str().unwrap()).await);
    assert!(!api.is_signed_in(&account.token).await, "the token was replaced");
    assert_ne!(person.cookie("passport_session"), Some(account.token.clone()));
    assert_eq!(sign_in(&api, &account.phone, NEW).await.status, 201);
    assert_eq!(sign_in(&api, &account.phone, PASSWORD).await.status, 401);
}

#[tokio::test]
async fn other_devices_can_stay_signed_in() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, account) = with_password(&service).await;
    let other = sign_in(&api, &account.phone, PASSWORD).await.json()["token"].clone();
    let page = person.open(PATH).await;
    let fields = [("current", PASSWORD), ("password", NEW), ("keep_sessions", "yes")];
    person.send(&page, &fields).await.is("account", 200);
    assert!(api.is_signed_in(other.as_str().unwrap()).await);
}

#[tokio::test]
async fn each_refusal_of_a_password_stands_at_its_field_and_no_password_is_shown() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let long = "x".repeat(129);
    let longest = "x".repeat(600);
    for (current, password, id, expected) in [
        ("", NEW, "current-error", "Enter your password."),
        ("wrong password", NEW, "current-error", "The password is wrong."),
        (&*longest, NEW, "current-error", "The password is wrong."),
        (PASSWORD, "", "password-error", "The password needs at least 8 characters."),
        (PASSWORD, "secret7", "password-error", "The password needs at least 8 characters."),
        (PASSWORD, &*long, "password-error", "The password may have at most 128 characters."),
        (PASSWORD, &*longest, "password-error", "The password may have at most 128 characters."),
        (
            PASSWORD,
            "sunshine1",
            "password-error",
            "This password is one of the most common ones. Choose another.",
        ),
        (
            PASSWORD,
            &*account.phone,
            "password-error",
            "Your mobile number cannot be your password.",
        ),
    ] {
        let page = person.open(PATH).await;
        let fields = [("current", current), ("password", password), ("keep_sessions", "yes")];
        let page = person.send(&page, &fields).await.is("account-password", 422);
        let page = page.says(id, expected);
        for secret in ["current", "password"] {
            assert_eq!(page.field(secret).unwrap().attribute("value"), None);
        }
        for typed in [current, password].iter().filter(|it| it.len() > 1) {
            assert!(!page.html.contains(typed), "{typed}");
        }
        assert_eq!(page.value("keep_sessions").as_deref(), Some("yes"), "what is harmless is kept");
    }
    assert!(person.who_am_i().await.is_some());
}

#[tokio::test]
async fn a_first_password_needs_a_fresh_session() {
    let service = strict().await;
    let (person, account) = without_password(&service).await;
    let page = person.open(PATH).await.is("account-password", 200);
    assert!(page.field("current").is_none() && page.field("keep_sessions").is_none());
    grow_stale().await;
    let stale = person.send(&page, &[("password", NEW)]).await.is("account-confirm", 200);
    assert_eq!(stale.address, "/account/confirm?then=/account/password");
    assert!(!stale.html.contains(NEW));
    let page = person.open(PATH).await.is("account-confirm", 200);
    let page = person.send(&page, &[]).await.is("account-confirm", 200);
    let code = person.code(&account.phone).await;
    let page = person.send(&page, &[("code", &code)]).await.is("account-password", 200);
    assert_eq!(page.note().as_deref(), Some("Thank you. You can go on now."));
    let page = person.send(&page, &[("password", NEW)]).await.is("account", 200);
    assert_eq!(page.note().as_deref(), Some("Your password was set."));
    assert_eq!(sign_in(&Api::new(&service), &account.phone, NEW).await.status, 201);
}

#[tokio::test]
async fn a_password_is_removed() {
    let service = strict().await;
    let (person, account) = with_password(&service).await;
    grow_stale().await;
    let page = person.open(PATH).await.is("account-password", 200);
    let page = person.submit(&page.fill_nth(1, &[])).await.is("account-confirm", 200);
    let page = super::confirm(&person, &page).await.is("account-password", 200);
    let page = person.submit(&page.fill_nth(1, &[])).await.is("account", 200);
    let note = "Your password was removed. You sign in with a code from now on.";
    assert_eq!(page.note().as_deref(), Some(note));
    assert_eq!(sign_in(&Api::new(&service), &account.phone, PASSWORD).await.status, 401);
    assert_eq!(person.who_am_i().await.unwrap()["has_password"], false);
}

#[tokio::test]
async fn a_password_stays_where_accounts_need_one() {
    let service = service(&[("account.passwordless", "false")]).await;
    let (person, _) = {
        let api = Api::new(&service);
        let account = crate::support::Account::with_password(&api).await;
        (browser(&service, &account), account)
    };
    let page = person.open(PATH).await.is("account-password", 200);
    assert!(!page.html.contains("Remove the password"));
    let form = page.fill(&[]).with("act", "remove");
    let page = person.submit(&form).await.is("account-password", 422);
    let _ = page;
    assert_eq!(person.who_am_i().await.unwrap()["has_password"], true);
}
