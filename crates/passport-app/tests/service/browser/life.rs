//! The whole life of an account, on every page with a form.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    ANSWER,
    chrome::Look,
    page::Page,
    walk_at,
    words::{ALL, Words},
};
use crate::support::{PASSWORD, Person, ROOMY, Service, phone};

const OTHER_PASSWORD: &str = "another horse battery";
/// Setting of [`ROOMY`], and a little more.
const BETWEEN_CODES: Duration = Duration::from_millis(1_200);

/// A visitor with a telephone that has two numbers.
struct Life<'a> {
    page: &'a Page,
    telephone: Person,
    tag: &'static str,
}

impl Life<'_> {
    /// Sends a code to the `number`, and types it.
    async fn proves(&self, step: &str, number: &str) {
        sleep(BETWEEN_CODES).await;
        self.page.go(step).await;
        self.confirms().await;
        self.speaks(step).await;
        self.page.sends_number(number, ANSWER).await;
        self.page.arrives_below(&format!("{step}/code?f=")).await;
        self.speaks(step).await;
        let code = self.telephone.codes_of(number).await.remove(0);
        self.page.fill("#code", &code).await;
        self.page.submits().await;
    }

    /// Gives the password, if the page asks for a confirmation.
    async fn confirms(&self) {
        let url = self.page.browser.current_url().await.unwrap();
        if url.path() == "/account/confirm" {
            self.page.fill("#password", PASSWORD).await;
            self.page.submits().await;
            self.page.finds("#mobile").await;
        }
    }

    /// The page is in the language of the visitor; a picture of it is kept.
    async fn speaks(&self, step: &str) {
        self.page.finds(&format!("html[lang='{}'] h1", self.tag)).await;
        self.page.keep(&step.replace('/', "-")[1..]).await;
    }

    async fn begins(&self, number: &str) {
        self.proves("/sign-up", number).await;
        self.page.arrives_at("/sign-up/password").await;
        self.page.fill("#password", PASSWORD).await;
        self.page.submits().await;
        self.page.arrives_at("/account").await;
        self.speaks("/account").await;
    }

    async fn changes_its_number(&self, number: &str) {
        self.proves("/account/number", number).await;
        self.page.arrives_at("/account").await;
        self.page.finds(".note-good").await;
        for section in ["devices", "history", "data", "password"] {
            let path = format!("/account/{section}");
            self.page.go(&path).await;
            self.speaks(&path).await;
        }
        self.page.go("/account").await;
        self.page.submits().await;
        self.page.arrives_at("/sign-in").await;
    }

    async fn forgets_its_password(&self, number: &str) {
        self.proves("/forgot", number).await;
        self.page.arrives_below("/forgot/password?f=").await;
        self.speaks("/forgot/password").await;
        self.page.fill("#password", OTHER_PASSWORD).await;
        self.page.submits().await;
        self.page.finds(".note-good").await;
        self.page.go("/sign-in/password").await;
        self.page.fill("#mobile", number).await;
        self.page.fill("#password", OTHER_PASSWORD).await;
        self.page.submits().await;
        self.page.arrives_at("/account").await;
    }

    /// Gets the former number back, and signs in with it.
    async fn undoes_the_change(&self, number: &str) {
        self.proves("/undo-number", number).await;
        self.page.arrives_below("/forgot").await;
        self.page.finds(".note-good").await;
        self.proves("/sign-in", number).await;
        self.page.arrives_at("/account").await;
    }

    async fn is_deleted_and_restored(&self, number: &str) {
        self.page.go("/account/delete").await;
        self.speaks("/account/delete").await;
        self.page.submits().await;
        self.page.arrives_at("/sign-in").await;
        self.proves("/sign-in", number).await;
        self.page.arrives_below("/sign-in/restore?f=").await;
        self.speaks("/sign-in/restore").await;
        self.page.submits().await;
        self.page.arrives_at("/account").await;
    }
}

async fn live(words: &'static Words, scripts: bool) {
    let settings: Vec<_> = ROOMY.into_iter().chain([("captcha.test_answer", ANSWER)]).collect();
    let service = Service::start(&settings).await;
    let name = format!("life-{}{}", words.tag, if scripts { "" } else { "-plain" });
    let look = Look { languages: words.languages, scripts, ..Look::PHONE };
    walk_at(&service.url(), &name, look, async |page| {
        let life = Life { page, telephone: Person::new(&service), tag: words.tag };
        let [first, second] = [phone(), phone()];
        life.begins(&first).await;
        life.changes_its_number(&second).await;
        life.forgets_its_password(&second).await;
        life.undoes_the_change(&first).await;
        life.is_deleted_and_restored(&first).await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p14_an_account_is_lived_in_each_language_with_scripts() {
    for words in ALL {
        live(words, true).await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p14_an_account_is_lived_in_each_language_without_scripts() {
    for words in ALL {
        live(words, false).await;
    }
}
