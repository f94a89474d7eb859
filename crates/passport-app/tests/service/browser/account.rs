//! Pages of the account, and the inbox of development.

use super::{chrome::Look, page::Page, sign_in::service, walk_at};
use crate::support::{PASSWORD, Person, Service, phone};

/// Signs in with a password, as an account that has one.
async fn signs_in(page: &Page, service: &Service) {
    let number = phone();
    Person::new(service).sign_up(&number, PASSWORD).await;
    page.go("/sign-in/password").await;
    page.fill("#mobile", &number).await;
    page.fill("#password", PASSWORD).await;
    page.submits().await;
    page.arrives_at("/account").await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn every_page_of_an_account_is_accessible_and_has_a_clean_console() {
    let service = service().await;
    walk_at(&service.url(), "account", Look::PHONE, async |page| {
        signs_in(page, &service).await;
        for path in
            ["", "/name", "/number", "/password", "/devices", "/history", "/data", "/delete"]
        {
            let path = format!("/account{path}");
            page.go(&path).await;
            page.finds("h1").await;
            page.assert_accessible(&path).await;
            page.keep(&path.replace('/', "-")[1..]).await;
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p14_a_name_is_changed_and_told_with_and_without_scripts() {
    let service = service().await;
    for scripts in [true, false] {
        let name = if scripts { "name" } else { "name-plain" };
        walk_at(&service.url(), name, Look { scripts, ..Look::PLAIN }, async |page| {
            signs_in(page, &service).await;
            page.press("a[href='/account/name']").await;
            page.fill("#nick_name", "小红").await;
            page.submits().await;
            page.arrives_at("/account").await;
            page.reads(".note-good", "Your name was changed.").await;
            page.reads("h1", "小红").await;
            page.keep("told").await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn after_a_sign_out_the_way_back_shows_nothing_of_the_account() {
    let service = service().await;
    for scripts in [true, false] {
        let name = if scripts { "back" } else { "back-plain" };
        walk_at(&service.url(), name, Look { scripts, ..Look::PLAIN }, async |page| {
            signs_in(page, &service).await;
            page.submits().await;
            page.arrives_at("/sign-in").await;
            page.reads(".note-good", "You are signed out.").await;
            page.browser.back().await.unwrap();
            page.reads_like("h1", "a page without the account", |text| text == "Sign in").await;
            assert_eq!(page.text_of(".who").await, "");
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn the_inbox_renews_itself_and_copies_a_code() {
    let service = service().await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "inbox", Look::PHONE, async |page| {
        page.go("/dev/inbox").await;
        page.finds("[data-empty]").await;
        let number = phone();
        let code = telephone.request_code(&number).await;
        page.reads(".code", &code).await;
        page.holds("document.querySelector('[data-empty]').hidden").await;
        page.assert_accessible("inbox").await;
        page.press("[data-copies]").await;
        page.holds(
            "document.querySelector('[data-copies]').textContent === 'Copied' ||
            getSelection().toString() === document.querySelector('.code').textContent",
        )
        .await;
        // A message that stays is not replaced, so that the focus stays, too.
        page.script("document.querySelector('.message').dataset.seen = 'yes'").await;
        let second = telephone.request_code(&phone()).await;
        page.reads(".code", &second).await;
        page.holds("document.querySelectorAll('.message').length === 2").await;
        page.holds("document.querySelector('.message:last-child').dataset.seen === 'yes'").await;
        page.keep("two").await;
        page.press("a[hreflang=zh-Hans]").await;
        page.holds("document.documentElement.lang === 'zh-Hans'").await;
    })
    .await;
}
