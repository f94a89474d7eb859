//! The way back to the application that has sent the person: `return_to`.

mod hostile;
mod shown;

use reqwest::Method;

use super::entering::{code_page, service, type_code, with_account};
use crate::support::{
    Account, Api, Call, Filled, PASSWORD, Plain, Reply, Service, Shown, TEST_ANSWER, phone,
};

/// The settings of an application.
const SHOP: [(&str, &str); 3] = [
    ("apps.shop.title.en", "The Shop"),
    ("apps.shop.title.zh-Hans", "小店"),
    ("apps.shop.origins", "https://shop.example,https://www.shop.example"),
];
/// An address of it, with everything that an address may have.
const TO: &str = "https://shop.example/cart?a=1&b=%E4%B8%AD+2&return_to=x#top";

/// The page at `path` for a person who is to return to `to`.
fn way(path: &str, to: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    let to: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
    format!("{path}{separator}return_to={to}")
}

/// Opens `path`, which must answer with a redirect, and returns where it leads.
async fn led(person: &Plain, path: &str) -> String {
    location(&person.answer(person.request(Method::GET, path)).await)
}

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text());
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.header("location").to_owned()
}

/// Sends the form of `page`, which must answer with a redirect, and returns where it leads.
async fn leaves(person: &Plain, page: &Shown, fields: &[(&str, &str)]) -> String {
    sent(person, &page.fill(fields)).await
}

async fn sent(person: &Plain, form: &Filled) -> String {
    location(&person.answer(person.post(form)).await)
}

async fn with_password(service: &Service) -> Account {
    Account::with_password(&Api::new(service)).await
}

#[tokio::test]
async fn app_1_a_code_leads_back_to_the_application() {
    let service = service(&SHOP).await;
    let account = with_password(&service).await;
    let person = Plain::new(&service);
    let page = code_page(&person, &way("/sign-in", TO), &account.phone).await;
    let page = person.send(&page, &[("code", "1")]).await.is("sign-in-code", 422);
    let code = person.code(&account.phone).await;
    assert_eq!(leaves(&person, &page, &[("code", &code)]).await, TO);
    assert_eq!(person.who_am_i().await.unwrap()["id"], *account.id);
    // A person who is signed in is led there at once.
    for path in ["/sign-in", "/sign-up", "/sign-in/password"] {
        assert_eq!(led(&person, &way(path, TO)).await, TO, "{path}");
    }
}

#[tokio::test]
async fn app_1_a_new_account_leads_back_with_and_without_a_password() {
    let service = service(&SHOP).await;
    for path in ["/sign-in", "/sign-up"] {
        for has_password in [true, false] {
            let (person, phone) = (Plain::new(&service), phone());
            let page = code_page(&person, &way(path, TO), &phone).await;
            let page = type_code(&person, &page, &phone).await.is("sign-up-password", 200);
            assert_eq!(page.address, way("/sign-up/password", TO), "{path}");
            if has_password {
                let page = person.send(&page, &[("password", "short")]).await;
                let page = page.is("sign-up-password", 422);
                assert_eq!(leaves(&person, &page, &[("password", PASSWORD)]).await, TO);
            }
            assert!(page.links().contains(&TO), "the password can be left out: {:?}", page.links());
            assert_eq!(led(&person, &way("/sign-in", TO)).await, TO);
        }
    }
    let service = self::service(&[&SHOP[..], &[("account.passwordless", "false")]].concat()).await;
    let (person, phone) = (Plain::new(&service), phone());
    let page = code_page(&person, &way("/sign-up", TO), &phone).await;
    let page = type_code(&person, &page, &phone).await.is("sign-up-password", 200);
    assert_eq!(leaves(&person, &page, &[("password", PASSWORD)]).await, TO);
}

#[tokio::test]
async fn app_1_a_password_leads_back_also_after_it_was_forgotten() {
    let service = service(&SHOP).await;
    let account = with_password(&service).await;
    let person = Plain::new(&service);
    let page = person.open(&way("/sign-in", TO)).await.is("sign-in", 200);
    let by_password = way("/sign-in/password", TO);
    assert!(page.links().contains(&&*by_password), "{:?}", page.links());
    let page = person.open(&by_password).await.is("sign-in-password", 200);
    let wrong = [("mobile", &*account.phone), ("password", "not the password")];
    let page = person.send(&page, &wrong).await.is("sign-in-password", 401);
    assert!(page.links().contains(&&*way("/forgot", TO)), "{:?}", page.links());
    let other = Plain::new(&service);
    let (other_page, right) =
        (other.open(&by_password).await, [("mobile", &*account.phone), ("password", PASSWORD)]);
    assert_eq!(leaves(&other, &other_page, &right).await, TO);

    let page = code_page(&person, &way("/forgot", TO), &account.phone).await;
    let page = type_code(&person, &page, &account.phone).await.is("forgot-password", 200);
    let new = "another good password";
    let page = person.send(&page, &[("password", new)]).await.is("sign-in-password", 200);
    assert_eq!(leaves(&person, &page, &[("password", new)]).await, TO);
}

#[tokio::test]
async fn app_1_a_restored_account_and_an_undone_number_lead_back() {
    let service = service(&SHOP).await;
    let (api, account) = (Api::new(&service), with_password(&service).await);
    api.done(Call::new(Method::DELETE, "/me").by(&account.token)).await;
    let typed = [("mobile", &*account.phone), ("password", PASSWORD)];
    let person = Plain::new(&service);
    let page = person.open(&way("/sign-in/password", TO)).await;
    let page = person.send(&page, &typed).await.is("restore", 200);
    let page = person.open(&page.address).await.is("restore", 200);
    assert!(page.links().contains(&&*way("/sign-in", TO)), "{:?}", page.links());
    assert_eq!(leaves(&person, &page, &[]).await, TO);

    let account = with_password(&service).await;
    api.done(account.number_change(&api, &phone()).await).await;
    let person = Plain::new(&service);
    let page = code_page(&person, &way("/undo-number", TO), &account.phone).await;
    let page = type_code(&person, &page, &account.phone).await.is("forgot", 200);
    assert!(page.address.ends_with(&way("", TO)[1..]), "{}", page.address);
}

#[tokio::test]
async fn app_1_every_page_on_the_way_keeps_the_end_of_it() {
    let service = service(&SHOP).await;
    let (person, phone) = (Plain::new(&service), phone());
    for path in ["/sign-in", "/sign-in/password", "/sign-up", "/forgot", "/undo-number"] {
        let page = person.open(&way(path, TO)).await;
        assert_eq!(page.fill(&[]).action, way(path, TO));
        let onward: Vec<_> = page.links().into_iter().filter(|it| *it != "/").collect();
        let inbox = ["/dev/inbox", "#main"];
        let lost: Vec<_> = onward.iter().filter(|it| !inbox.contains(it)).collect();
        assert!(lost.iter().all(|it| it.ends_with(&way("", TO)[1..])), "{path}: {lost:?}");
        // Another language, and then the same page.
        let chosen = person.open(&format!("{}&lang=en", page.address)).await;
        assert_eq!(chosen.fill(&[]).action, page.fill(&[]).action, "{path}");
    }
    // A page of a flow that this browser does not have leads to the beginning, with the same end.
    for path in ["/sign-in/code", "/sign-in/restore", "/sign-up/code", "/forgot/password"] {
        let path = way(&format!("{path}?f=abcdefgh"), TO);
        assert!(led(&person, &path).await.ends_with(&way("?note=expired", TO)[1..]), "{path}");
    }
    // Two tabs with two ends.
    let other = "https://www.shop.example/";
    let first = code_page(&person, &way("/sign-in", TO), &phone).await;
    let second = person.open(&way("/sign-in", other)).await;
    let code = person.code(&phone).await;
    person.send(&first, &[("code", &code)]).await.is("sign-up-password", 200);
    let late = [("mobile", &*phone), ("picture", TEST_ANSWER)];
    assert_eq!(leaves(&person, &second, &late).await, other);
}

#[tokio::test]
async fn app_1_signing_out_leads_back_after_a_question() {
    let service = service(&SHOP).await;
    let (person, _) = with_account(&service).await;
    let session = person.cookie("passport_session").unwrap();
    let page = person.open(&way("/sign-out", TO)).await.is("account-sign-out", 200);
    assert!(page.html.contains("You return to The Shop after that."), "{}", page.html);
    assert!(person.who_am_i().await.is_some(), "a link does not sign out");
    let stale = page.fill(&[("csrf_token", "0f3a")]);
    person.submit(&stale).await.is("account-sign-out", 403);
    let form = page.fill(&[]);
    assert_eq!(sent(&person, &form).await, TO);
    assert_eq!(person.cookie("passport_session"), None);
    // The button of another window, and a link for a browser that is signed out already.
    assert_eq!(sent(&person, &form).await, TO);
    assert_eq!(led(&person, &way("/sign-out", TO)).await, TO);
    person.set_cookie("passport_session", &session);
    assert!(person.who_am_i().await.is_none());
    assert_eq!(led(&person, &way("/sign-out", TO)).await, TO, "the session has ended elsewhere");
}

/// An application asks for a confirmation, and the session has ended meanwhile.
#[tokio::test]
async fn app_1_a_confirmation_without_a_session_leads_over_the_sign_in() {
    let service = service(&SHOP).await;
    let person = Plain::new(&service);
    assert_eq!(led(&person, &way("/account/confirm", TO)).await, way("/sign-in", TO));
    assert_eq!(led(&person, &way("/account/confirm", "https://evil.example/")).await, "/sign-in");
}

#[tokio::test]
async fn app_1_a_list_of_addresses_admits_no_other() {
    let only = "https://shop.example/welcome?from=passport";
    let service = service(&[&SHOP[..], &[("apps.shop.return_to", only)]].concat()).await;
    let (person, _) = with_account(&service).await;
    assert_eq!(led(&person, &way("/sign-in", only)).await, only);
    for other in [TO, "https://shop.example/", "https://shop.example/welcome"] {
        assert_eq!(led(&person, &way("/sign-in", other)).await, "/account", "{other}");
    }
}

#[tokio::test]
async fn fwd_2_a_confirmation_leads_back_to_the_application() {
    let service = service(&SHOP).await;
    let account = with_password(&service).await;
    let person = Plain::new(&service);
    person.set_cookie("passport_session", &account.token);
    // The application asks, although the session is fresh for the pages of the account.
    let page = person.open(&way("/account/confirm", TO)).await.is("account-confirm", 200);
    let page = person.send(&page, &[("password", "wrong password")]).await;
    let page = page.is("account-confirm", 422);
    assert_eq!(leaves(&person, &page, &[("password", PASSWORD)]).await, TO);
    assert_ne!(person.cookie("passport_session").unwrap(), account.token, "it was replaced");

    let account = Account::without_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    person.set_cookie("passport_session", &account.token);
    // The code by which the account was made was sent less than a second ago.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let page = person.open(&way("/account/confirm", TO)).await.is("account-confirm", 200);
    // A code was sent for the sign-up.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let page = person.send(&page, &[]).await.is("account-confirm", 200);
    let code = person.code(&account.phone).await;
    assert_eq!(leaves(&person, &page, &[("code", &code)]).await, TO);
    let page = person.open(&way("/account/confirm", "https://evil.example/")).await;
    assert_eq!(page.address, "/account", "an address of no application is none");
}
