use super::{browser, confirm, grow_stale, strict, with_password, without_password};
use crate::support::{Account, Api, PASSWORD};

#[tokio::test]
async fn a_password_confirms_and_leads_back() {
    let service = strict().await;
    let (person, account) = with_password(&service).await;
    grow_stale().await;
    let page = person.open("/account/confirm?then=/account/data").await;
    let page = page.is("account-confirm", 200);
    assert_eq!(page.field("password").unwrap().attribute("autocomplete"), Some("current-password"));
    let page = person.send(&page, &[]).await.is("account-confirm", 422);
    let page = page.says("password-error", "Enter your password.");
    let page = person.send(&page, &[("password", "wrong password")]).await;
    let page = page.is("account-confirm", 422).says("password-error", "The password is wrong.");
    assert!(!page.html.contains("wrong password"));
    let page = confirm(&person, &page).await.is("account-data", 200);
    assert_eq!(page.note().as_deref(), Some("Thank you. You can go on now."));
    let token = person.cookie("passport_session").unwrap();
    assert_ne!(token, account.token, "the token was replaced");
    assert!(!Api::new(&service).is_signed_in(&account.token).await);
    let page = person.open("/account/confirm?then=/account/delete").await;
    assert_eq!(page.address, "/account/delete", "a fresh session is not asked");
}

#[tokio::test]
async fn without_a_password_a_code_to_the_own_number_confirms() {
    let service = strict().await;
    let (person, account) = without_password(&service).await;
    grow_stale().await;
    let page = person.open("/account/confirm?then=/account/delete").await;
    let page = page.is("account-confirm", 200);
    assert!(page.field("password").is_none() && page.field("code").is_none());
    let page = person.send(&page, &[]).await.is("account-confirm", 200);
    assert!(page.address.starts_with("/account/confirm?then=/account/delete&f="));
    let page = person.open(&page.address).await.is("account-confirm", 200);
    let code = person.code(&account.phone).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let page = person.send(&page, &[("code", "12")]).await.is("account-confirm", 422);
    let page = page.says("code-error", "The code has 6 digits.");
    let page = person.send(&page, &[("code", wrong)]).await.is("account-confirm", 422);
    assert!(page.errors()[0].1.starts_with("This is not the code that we sent."));
    let page = person.send(&page, &[("code", &code)]).await.is("account-delete", 200);
    assert_eq!(page.address, "/account/delete");
}

#[tokio::test]
async fn a_session_of_a_code_is_never_fresh_for_an_account_with_a_password() {
    let service = super::service(&[]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let visitor = crate::support::Visitor::new(&service, crate::support::By::Bearer);
    let reply = visitor.sign_in_by_code(&account.phone).await;
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    let person = browser(&service, &Account { token, ..account });
    let page = person.open("/account/number").await.is("account-confirm", 200);
    assert!(page.field("password").is_some(), "a code is too weak");
    let form = page.fill(&[]).with("act", "send");
    let page = person.submit(&form).await;
    assert!(page.field("code").is_none());
    confirm(&person, &page).await;
    person.open("/account/number").await.is("account-number", 200);
}

#[tokio::test]
async fn no_address_leads_elsewhere() {
    let service = strict().await;
    let (person, _) = with_password(&service).await;
    for then in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "%2F%2Fevil.example",
        "/account/number%0d%0aLocation:%20https://evil.example",
        "javascript:alert(1)",
        "/sign-out",
        "/account/number/code?f=../../x",
        "",
    ] {
        let address = format!("/account/confirm?then={then}");
        grow_stale().await;
        let page = person.open(&address).await.is("account-confirm", 200);
        assert!(!page.html.contains("evil.example/\""), "{then}");
        let page = confirm(&person, &page).await;
        assert_eq!(page.address, "/account", "{then}");
        let page = person.open(&address).await;
        assert_eq!(page.address, "/account", "{then}");
    }
}

#[tokio::test]
async fn wrong_passwords_are_slowed_and_stopped() {
    let service = strict().await;
    let (person, _) = with_password(&service).await;
    grow_stale().await;
    let mut said = Vec::new();
    for _ in 0..8 {
        let page = person.open("/account/confirm?then=/account/data").await;
        let page = person.send(&page, &[("password", "wrong password")]).await;
        said.push((page.status, page.errors().remove(0).1));
    }
    assert_eq!(said[0], (422, "The password is wrong.".to_owned()));
    let (status, text) = said.last().unwrap();
    assert!([403, 429].contains(status), "{said:?}");
    assert!(text.starts_with("Too many wrong tries"), "{said:?}");
    assert!(person.who_am_i().await.is_some());
    let page = person.open("/account/confirm?then=/account/data").await;
    let page = person.send(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.status, *status, "the right password is not compared either");
}
