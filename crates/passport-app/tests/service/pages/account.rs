//! The account, in a browser without JavaScript.

mod confirm;
mod data;
mod delete;
mod devices;
mod foreign;
mod history;
mod name;
mod number;
mod outages;
mod overview;
mod password;
mod repeats;
mod sign_out;
mod windows;

use crate::support::{Account, Api, PASSWORD, Plain, ROOMY, Service, Shown, TEST_ANSWER};

/// Every page of the account.
const PAGES: [&str; 11] = [
    "/account",
    "/account/name",
    "/account/password",
    "/account/number",
    "/account/number/code",
    "/account/devices",
    "/account/history",
    "/account/data",
    "/account/delete",
    "/account/confirm",
    "/sign-out",
];

/// A service under whose limits nothing is refused.
async fn service(settings: &[(&str, &str)]) -> Service {
    Service::start(&[&ROOMY[..], settings].concat()).await
}

/// A service whose sessions need a confirmation after a second.
async fn strict() -> Service {
    service(&[("account.fresh_for", "1s")]).await
}

/// A browser in which `account` is signed in.
fn browser(service: &Service, account: &Account) -> Plain {
    let person = Plain::new(service);
    person.set_cookie("passport_session", &account.token);
    person
}

/// A person who signed in with [`PASSWORD`].
async fn with_password(service: &Service) -> (Plain, Account) {
    let account = Account::with_password(&Api::new(service)).await;
    (browser(service, &account), account)
}

/// A person who signed up without a password.
async fn without_password(service: &Service) -> (Plain, Account) {
    let account = Account::without_password(&Api::new(service)).await;
    (browser(service, &account), account)
}

/// Waits until a session of [`strict`] is not fresh any more.
async fn grow_stale() {
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
}

/// Types the password on the page that asks for it; the next page.
async fn confirm(person: &Plain, page: &Shown) -> Shown {
    person.send(page, &[("password", PASSWORD)]).await
}

/// Sends the form for a new number, as soon as a code can be sent; the next page.
async fn send_number(person: &Plain, phone: &str) -> Shown {
    loop {
        let page = person.open("/account/number").await.is("account-number", 200);
        let page = person.send(&page, &[("mobile", phone), ("picture", TEST_ANSWER)]).await;
        let said = page.errors();
        if said.first().is_none_or(|(_, text)| !text.starts_with("A code was just sent")) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// The name of the user, as the API has it.
async fn name_of(person: &Plain) -> String {
    let user = person.who_am_i().await.expect("the person is signed in");
    user["nick_name"].as_str().unwrap().to_owned()
}
