use reqwest::Method;

use super::{code_page, service, type_code};
use crate::support::{Account, Api, Call, PASSWORD, Plain, Service, Shown};

/// An account whose deletion was asked for.
async fn leaving(service: &Service) -> Account {
    let api = Api::new(service);
    let account = Account::with_password(&api).await;
    api.done(Call::new(Method::DELETE, "/me").by(&account.token)).await;
    account
}

async fn by_password(service: &Service, account: &Account, remember: &str) -> (Plain, Shown) {
    let person = Plain::new(service);
    let page = person.open("/sign-in/password").await;
    let typed = [("mobile", &*account.phone), ("password", PASSWORD), ("remember", remember)];
    let page = person.send(&page, &typed).await;
    (person, page)
}

#[tokio::test]
async fn del_2_a_password_leads_to_the_page_that_withdraws_the_deletion() {
    let service = service(&[]).await;
    let account = leaving(&service).await;
    let (person, page) = by_password(&service, &account, "yes").await;
    let page = page.is("restore", 200);
    assert!(page.address.starts_with("/sign-in/restore?f="));
    assert_eq!(page.heading(), "Your account is about to be deleted");
    let day = page.tags().iter().find(|tag| tag.name == "time").unwrap();
    assert!(day.attribute("datetime").unwrap().ends_with('Z'), "{day:?}");
    assert!(person.who_am_i().await.is_none());
    let page = person.open(&page.address).await.is("restore", 200);
    let reply = person.answer(person.post(&page.fill(&[]))).await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/account"));
    assert!(reply.cookie("passport_session").unwrap().contains("Max-Age="), "remembered");
    assert_eq!(person.who_am_i().await.unwrap()["id"], *account.id);
}

#[tokio::test]
async fn del_2_a_code_leads_there_too() {
    let service = service(&[]).await;
    let account = leaving(&service).await;
    let person = Plain::new(&service);
    let code = code_page(&person, "/sign-in", &account.phone).await;
    let page = type_code(&person, &code, &account.phone).await.is("restore", 200);
    // The way back leads here again.
    person.open(&code.address).await.is("restore", 200);
    let page = person.send(&page, &[]).await;
    assert_eq!(page.redirects, ["/account"]);
    assert_eq!(person.who_am_i().await.unwrap()["id"], *account.id);
}

#[tokio::test]
async fn del_2_a_deletion_is_withdrawn_once() {
    let service = service(&[]).await;
    let account = leaving(&service).await;
    let (one, first) = by_password(&service, &account, "").await;
    let (other, second) = by_password(&service, &account, "").await;
    assert_eq!(one.send(&first, &[]).await.redirects, ["/account"]);
    let page = other.send(&second, &[]).await.is("sign-in", 200);
    assert_eq!(page.note().unwrap(), "That took too long. Sign in again to keep your account.");
    assert_eq!(page.value("mobile").as_ref(), Some(&account.phone));
    assert!(other.who_am_i().await.is_none());
    // Nor can the page be shown without its flow.
    let page = Plain::new(&service).open(&first.address).await.is("sign-in", 200);
    assert_eq!(page.note().unwrap(), "That page has expired. Please start again.");
}
