//! The account page of a signed-in visitor.

use super::{
    chrome::Look,
    page::Page,
    walk_at,
    words::{CHINESE, ENGLISH},
};
use crate::support::{PASSWORD, Person, Service, phone};

impl Page {
    /// Signs in with [`PASSWORD`].
    async fn signs_in(&self, number: &str) {
        self.go("/sign-in").await;
        self.fill("#mobile", number).await;
        self.fill("#password", PASSWORD).await;
        self.press("#submit").await;
        self.arrives_at("/account").await;
        self.finds("#account").await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_signed_in_visitor_is_led_from_the_forms_to_the_account() {
    let service = Service::start(&[]).await;
    let number = phone();
    Person::new(&service).sign_up(&number, PASSWORD).await;
    let masked = format!("{}****{}", &number[..3], &number[7..]);
    walk_at(&service.url(), "signed-in", Look::PLAIN, async |page| {
        page.signs_in(&number).await;
        for path in ["/sign-in", "/sign-up"] {
            page.go(path).await;
            let english = format!("You are signed in as {masked}. To your account");
            page.reads("#signed-in", &english).await;
            page.keep(&path[1..]).await;
            page.press("#language").await;
            page.reads("#signed-in", &format!("您已登录：{masked}。 前往我的账号")).await;
            page.press("#language").await;
            page.press("#signed-in a").await;
            page.arrives_at("/account").await;
        }
        page.press("#sign-out").await;
        page.arrives_at("/sign-in").await;
        page.holds("document.querySelector('#signed-in').hidden").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_sign_in_on_another_device_is_seen() {
    let service = Service::start(&[]).await;
    let (number, elsewhere) = (phone(), Person::new(&service));
    elsewhere.sign_up(&number, PASSWORD).await;
    walk_at(&service.url(), "account", Look::PLAIN, async |page| {
        let [here, latest] =
            ["here", "latest"].map(|it| format!("document.querySelector('#account-{it}')"));
        page.signs_in(&number).await;
        page.holds(&format!("{here}.dateTime !== '' && {here}.dateTime === {latest}.dateTime"))
            .await;
        elsewhere.sign_in(&number, PASSWORD).await;
        page.browser.refresh().await.unwrap();
        page.finds("#account").await;
        page.holds(&format!("{here}.dateTime < {latest}.dateTime")).await;
        page.keep("elsewhere").await;
        for (label, other) in [
            ("Latest sign-in on any device", ENGLISH.other_language),
            ("最近登录（所有设备）", CHINESE.other_language),
        ] {
            page.reads("#account div:has(#account-latest) dt", label).await;
            page.reads("#language", other).await;
            page.press("#language").await;
        }
    })
    .await;
}
