//! Stores that do not answer, and pages on several nodes.

use super::{PAGES, browser, name_of, send_number, with_password};
use crate::support::{Account, Api, Gate, PASSWORD, ROOMY, Service, phone, postgres, redis, until};

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn rl_3_without_the_database_each_page_says_so() {
    let (store, database) = (Gate::before(&redis()), Gate::before(&postgres().await));
    let urls = [("store.url", store.url()), ("database.url", database.url())];
    let service = Service::start(&[&ROOMY[..], &urls].concat()).await;
    let (person, _) = with_password(&service).await;
    let name = person.open("/account/name").await.is("account-name", 200);
    let account = person.open("/account").await.is("account", 200);
    let before = name_of(&person).await;
    database.shut();
    for path in PAGES {
        let page = person.open(path).await.is("trouble", 503);
        assert!(page.html.contains("The service does not answer at the moment."), "{path}");
        assert!(page.links().contains(&path), "{path} can be tried again");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    person.send(&name, &[("nick_name", "Ada")]).await.is("trouble", 503);
    let page = person.send(&account, &[]).await;
    assert_eq!(page.status, 503, "{}", page.html);
    assert!(person.cookie("passport_session").is_some(), "the session may be live");
    database.open();
    let ready = crate::support::Person::new(&service);
    until("ready", async || ready.get("/readyz").await.status == 200).await;
    assert_eq!(name_of(&person).await, before);
    person.send(&name, &[("nick_name", "Ada")]).await.is("account", 200);
    person.send(&account, &[]).await.is("sign-in", 200);
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn rl_3_without_the_store_forms_are_refused_and_can_be_sent_again() {
    let (store, database) = (Gate::before(&redis()), postgres().await);
    let urls = [("store.url", store.url()), ("database.url", &*database)];
    let settings = [("session.store", "database")];
    let service = Service::start(&[&ROOMY[..], &urls, &settings].concat()).await;
    let (person, _) = with_password(&service).await;
    let name = person.open("/account/name").await.is("account-name", 200);
    let password = person.open("/account/password").await.is("account-password", 200);
    store.shut();
    let page = person.send(&name, &[("nick_name", "Ada")]).await.is("account-name", 503);
    let said = "The service does not answer at the moment. Try again later.";
    let page = page.says("", said);
    assert_eq!(page.value("nick_name").as_deref(), Some("Ada"));
    let fields = [("current", PASSWORD), ("password", "another good password")];
    person.send(&password, &fields).await.is("account-password", 503).says("", said);
    person.open("/account/history").await.is("trouble", 503);
    person.open("/account/devices").await.is("account-devices", 200);
    store.open();
    let ready = crate::support::Person::new(&service);
    until("ready", async || ready.get("/readyz").await.status == 200).await;
    person.send(&page, &[]).await.is("account", 200);
    person.send(&password, &fields).await.is("account", 200);
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn a_change_of_number_can_cross_nodes() {
    let (store, database) = (redis(), postgres().await);
    let urls = [
        ("store.url", &*store),
        ("database.url", &*database),
        ("session.store", "store"),
        ("secret", "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"),
    ];
    let nodes = [
        Service::start(&[&ROOMY[..], &urls].concat()).await,
        Service::start(&[&ROOMY[..], &urls].concat()).await,
    ];
    let account = Account::with_password(&Api::new(&nodes[0])).await;
    let person = browser(&nodes[0], &account);
    let new = phone();
    let page = send_number(&person, &new).await.is("account-number-code", 200);
    let code = person.code(&new).await;
    person.go_to(&nodes[1]);
    let page = person.send(&page, &[("code", &code)]).await.is("account", 200);
    assert!(page.note().unwrap().starts_with("Your number was changed."));
    person.go_to(&nodes[0]);
    person.open("/account").await.is("account", 200);
}
