//! Pages used by keyboard alone.

use fantoccini::key::Key;

use super::{ANSWER, chrome::Look, page::Page, walk_at};
use crate::support::{PASSWORD, Person, Service, phone};

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn everything_is_done_with_the_keyboard() {
    let service = Service::start(&[("captcha.test_answer", ANSWER)]).await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "keyboard", Look::PLAIN, async |page| {
        let number = phone();
        page.go("/sign-up").await;
        page.shows_picture("#captcha-image").await;
        tab_to(page, "mobile").await;
        page.types(&number).await;
        tab_to(page, "image-code").await;
        page.types(ANSWER).await;
        page.hits(Key::Enter).await;
        page.has_focus("sms-code").await;
        page.keep("code-sent").await;
        page.types(&telephone.codes_of(&number).await[0]).await;
        tab_to(page, "password").await;
        page.types(PASSWORD).await;
        tab_to(page, "password-show").await;
        page.types(" ").await;
        page.holds("document.querySelector('#password').type === 'text'").await;
        page.keep("password-shown").await;
        tab_to(page, "submit").await;
        page.hits(Key::Enter).await;

        page.arrives_at("/account").await;
        page.finds("#sign-out").await;
        tab_to(page, "sign-out").await;
        page.keep("account").await;
        page.hits(Key::Enter).await;

        page.arrives_at("/sign-in").await;
        tab_to(page, "mobile").await;
        page.types(&number).await;
        tab_to(page, "password").await;
        page.types(PASSWORD).await;
        page.hits(Key::Enter).await;
        page.arrives_at("/account").await;
    })
    .await;
}

/// Presses Tab until the element has the focus. Every focus on the way must be visible.
pub(super) async fn tab_to(page: &Page, id: &str) {
    for _ in 0..8 {
        page.hits(Key::Tab).await;
        let outline = page.script("return getComputedStyle(document.activeElement).outlineStyle");
        assert_eq!(outline.await, "solid", "the focus is visible on the way to #{id}");
        if page.script("return document.activeElement.id").await == id {
            return;
        }
    }
    panic!("the tabulator does not reach #{id}");
}
