//! Sign-in by code and by password.

use fantoccini::key::Key;

use super::{
    ANSWER,
    chrome::Look,
    page::Page,
    walk_at,
    words::{ALL, ENGLISH, SIMPLIFIED, Words},
};
use crate::support::{PASSWORD, Person, Service, phone};

pub(super) async fn service() -> Service {
    Service::start(&[("captcha.test_answer", ANSWER)]).await
}

impl Page {
    /// Arrives at the offer of a password, which a new account gets, and goes on without one.
    pub(super) async fn skips_the_password(&self) {
        self.arrives_at("/sign-up/password").await;
        self.press(".other-way a[href='/account']").await;
        self.arrives_at("/account").await;
    }
}

/// Signs in with a code, after a wrong answer to the picture and a wrong code.
async fn by_code(page: &Page, service: &Service, words: &Words) {
    let (number, telephone) = (phone(), Person::new(service));
    page.go("/sign-in").await;
    page.reads("h1", words.sign_in).await;
    page.keep("number").await;
    page.sends_number(&number, "zzzz2").await;
    page.reads("#picture-error", words.picture_wrong).await;
    assert_eq!(page.value("#mobile").await, number, "the number is kept");
    assert_eq!(page.value("#picture").await, "", "the new picture has another answer");
    page.keep("picture-wrong").await;
    page.fill("#picture", ANSWER).await;
    page.submits().await;

    page.arrives_below("/sign-in/code?f=").await;
    page.keep("code").await;
    let code = telephone.codes_of(&number).await.remove(0);
    page.fill("#code", if code == "000000" { "000001" } else { "000000" }).await;
    page.submits().await;
    page.finds("#code-error").await;
    page.keep("code-wrong").await;
    page.fill("#code", &code).await;
    page.submits().await;
    page.skips_the_password().await;
    let inbox = telephone.inbox().await;
    let text = inbox[0]["text"].as_str().unwrap();
    assert!(text.contains(words.message), "P2: the message is in the language of the page: {text}");
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p14_a_visitor_signs_in_by_code_in_each_language_with_and_without_scripts() {
    let service = service().await;
    for words in ALL {
        for scripts in [true, false] {
            let name = format!("sign-in-{}{}", words.tag, if scripts { "" } else { "-plain" });
            let look = Look { languages: words.languages, scripts, ..Look::PHONE };
            walk_at(&service.url(), &name, look, async |page| {
                by_code(page, &service, words).await;
                // The browser reports refusals as well.
                page.complaints().await;
            })
            .await;
        }
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p14_a_visitor_signs_in_by_password_with_and_without_scripts() {
    let (service, number) = (service().await, phone());
    Person::new(&service).sign_up(&number, PASSWORD).await;
    for scripts in [true, false] {
        let name = if scripts { "password" } else { "password-plain" };
        walk_at(&service.url(), name, Look { scripts, ..Look::PLAIN }, async |page| {
            page.go("/sign-in").await;
            page.press("a[href='/sign-in/password']").await;
            page.arrives_at("/sign-in/password").await;
            page.fill("#mobile", &number).await;
            page.fill("#password", "not the password").await;
            page.submits().await;
            page.finds(".error:not(:empty)").await;
            assert_eq!(page.value("#mobile").await, number);
            assert_eq!(page.value("#password").await, "", "a password is not sent back");
            page.keep("wrong").await;
            page.complaints().await;
            page.fill("#password", PASSWORD).await;
            page.submits().await;
            page.arrives_at("/account").await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p10_everything_is_done_with_the_keyboard() {
    let service = service().await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "keyboard", Look::PLAIN, async |page| {
        let number = phone();
        page.go("/sign-in").await;
        page.has_focus("mobile").await;
        // Enter does what the visible button says, and nothing else.
        page.types("1").await;
        page.hits(Key::Enter).await;
        page.reads(
            "#mobile-error",
            "This is not a mobile number that we can use. Check the digits.",
        )
        .await;
        page.has_focus("mobile").await;
        let picture = page.shows_picture(".picture img").await;
        page.types(&number[1..]).await;
        assert_eq!(page.text_of("#mobile-error").await, "", "the fault is gone with its cause");
        tab_to(page, "picture").await;
        page.types(ANSWER).await;
        assert_eq!(page.shows_picture(".picture img").await, picture, "the picture is not spent");
        page.complaints().await;
        page.hits(Key::Enter).await;

        page.arrives_below("/sign-in/code?f=").await;
        page.has_focus("code").await;
        page.types(&telephone.codes_of(&number).await[0]).await;
        page.hits(Key::Enter).await;
        page.skips_the_password().await;
    })
    .await;
}

/// Presses Tab until the element has the focus. Every focus on the way must be visible.
pub(super) async fn tab_to(page: &Page, id: &str) {
    for _ in 0..12 {
        page.hits(Key::Tab).await;
        let outline = page.script("return getComputedStyle(document.activeElement).outlineStyle");
        assert_eq!(outline.await, "solid", "the focus is visible on the way to #{id}");
        if page.script("return document.activeElement.id").await == id {
            return;
        }
    }
    panic!("the tabulator does not reach #{id}");
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p6_p16_a_step_survives_reload_and_back_and_the_number_can_be_corrected() {
    let service = service().await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "reload", Look::PLAIN, async |page| {
        let (wrong, right) = (phone(), phone());
        page.go("/sign-in").await;
        page.sends_number(&wrong, ANSWER).await;
        let step = page.arrives_below("/sign-in/code?f=").await;
        page.finds("[data-countdown]").await;
        page.browser.refresh().await.unwrap();
        page.arrives_at(&step).await;
        page.finds("[data-countdown]").await;
        page.has_focus("code").await;

        page.browser.back().await.unwrap();
        page.arrives_at("/sign-in").await;
        page.sends_number(&right, ANSWER).await;
        let other = page.arrives_below("/sign-in/code?f=").await;
        assert_ne!(other, step, "each flow has an address of its own");
        page.fill("#code", &telephone.codes_of(&right).await[0]).await;
        page.submits().await;
        page.skips_the_password().await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn two_tabs_are_two_flows() {
    let service = service().await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "tabs", Look::PLAIN, async |page| {
        let numbers = [phone(), phone()];
        let first = page.browser.window().await.unwrap();
        page.go("/sign-in").await;
        page.sends_number(&numbers[0], ANSWER).await;
        page.arrives_below("/sign-in/code?f=").await;
        let second = page.browser.new_window(true).await.unwrap().handle;
        page.browser.switch_to_window(second).await.unwrap();
        page.go("/sign-in").await;
        page.sends_number(&numbers[1], ANSWER).await;
        page.arrives_below("/sign-in/code?f=").await;

        page.browser.switch_to_window(first).await.unwrap();
        page.fill("#code", &telephone.codes_of(&numbers[0]).await[0]).await;
        page.submits().await;
        page.skips_the_password().await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_change_of_the_language_keeps_what_was_typed() {
    let service = service().await;
    for scripts in [true, false] {
        let name = if scripts { "language" } else { "language-plain" };
        walk_at(&service.url(), name, Look { scripts, ..Look::PLAIN }, async |page| {
            page.go("/sign-in").await;
            page.fill("#mobile", "13800138000").await;
            page.press("input[name=remember]").await;
            page.press("a[hreflang=zh-Hans]").await;
            page.reads("h1", SIMPLIFIED.sign_in).await;
            page.arrives_at("/sign-in").await;
            if scripts {
                assert_eq!(page.value("#mobile").await, "13800138000");
                page.holds("document.querySelector('[name=remember]').checked").await;
                page.holds("document.documentElement.lang === 'zh-Hans'").await;
            }
            // The choice lasts.
            page.go("/sign-in/password").await;
            page.reads("h1", SIMPLIFIED.sign_in).await;
            page.press("a[hreflang=en]").await;
            page.reads("h1", ENGLISH.sign_in).await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p13_a_browser_that_refuses_cookies_is_told_so() {
    let service = service().await;
    for scripts in [true, false] {
        let name = if scripts { "cookies" } else { "cookies-plain" };
        let look = Look { cookies: false, scripts, ..Look::PLAIN };
        walk_at(&service.url(), name, look, async |page| {
            page.go("/sign-in").await;
            page.sends_number(&phone(), ANSWER).await;
            page.reads(
                ".error-form",
                "Your browser refuses cookies. Allow them for this site, then try again.",
            )
            .await;
            page.keep("told").await;
            page.complaints().await;
        })
        .await;
    }
}
