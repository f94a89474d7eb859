//! The pages on the way into an account, in a browser without JavaScript.

mod back;
mod enumeration;
mod faults;
mod foreign;
mod forgot;
mod languages;
mod limits;
mod repeats;
mod restore;
mod sign_in;
mod sign_in_password;
mod sign_up;
mod undo_number;

use crate::support::{Plain, ROOMY, Service, Shown, TEST_ANSWER, phone};

/// A service under whose limits nothing is refused.
pub(super) async fn service(settings: &[(&str, &str)]) -> Service {
    Service::start(&[&ROOMY[..], settings].concat()).await
}

/// Opens the first page of a flow, and sends a number; the next page.
pub(super) async fn send_number(person: &Plain, path: &str, phone: &str) -> Shown {
    loop {
        let page = person.open(path).await;
        let page = person.send(&page, &[("mobile", phone), ("picture", TEST_ANSWER)]).await;
        let said = page.errors();
        // Such as the code by which the account was made.
        if said.first().is_none_or(|(_, text)| !text.starts_with("A code was just sent")) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// The page for the code of a flow that begins at `path`.
pub(super) async fn code_page(person: &Plain, path: &str, phone: &str) -> Shown {
    let page = send_number(person, path, phone).await;
    let expected = format!("{}/code?f=", path.split('?').next().unwrap());
    assert!(page.address.starts_with(&expected), "{}: {:?}", page.address, page.errors());
    page
}

/// Types the code that was sent; the next page.
pub(super) async fn type_code(person: &Plain, page: &Shown, phone: &str) -> Shown {
    let code = person.code(phone).await;
    person.send(page, &[("code", &code)]).await
}

/// Another code than the one that was sent.
async fn wrong_code(person: &Plain, phone: &str) -> &'static str {
    if person.code(phone).await == "000000" { "000001" } else { "000000" }
}

/// A person with a new account, who is signed in.
pub(super) async fn with_account(service: &Service) -> (Plain, String) {
    let (person, phone) = (Plain::new(service), phone());
    let page = code_page(&person, "/sign-in", &phone).await;
    let page = type_code(&person, &page, &phone).await;
    assert_eq!(page.address, "/sign-up/password", "{:?}", page.errors());
    (person, phone)
}

/// The id of a flow in the address of one of its pages.
fn flow_of(page: &Shown) -> &str {
    page.address.split_once("?f=").expect("the page belongs to a flow").1
}
