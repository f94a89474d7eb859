//! Sign-up, sign-out and sign-in in the pages.

use fantoccini::wd::WindowHandle;

use super::{
    ANSWER,
    chrome::Look,
    page::Page,
    walk,
    words::{CHINESE, ENGLISH, Words},
};
use crate::support::{PASSWORD, phone};

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_newcomer_signs_up_and_comes_back_in_english() {
    walk("sign-up-en", Look::PLAIN, async |page| come_and_come_back(page, &ENGLISH).await).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_newcomer_signs_up_and_comes_back_in_chinese() {
    let look = Look { languages: CHINESE.languages, ..Look::PLAIN };
    walk("sign-up-zh", look, async |page| come_and_come_back(page, &CHINESE).await).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn the_switch_changes_the_language_and_keeps_typed_text() {
    walk("language", Look::PLAIN, async |page| {
        page.go("/sign-up").await;
        page.fill("#mobile", "13800138000").await;
        for words in [&CHINESE, &ENGLISH, &CHINESE] {
            page.press("#language").await;
            page.reads("h1", words.create_account).await;
            page.reads("#language", words.other_language).await;
            page.holds(&format!("document.documentElement.lang === '{}'", words.tag)).await;
        }
        page.holds("document.querySelector('#mobile').value === '13800138000'").await;
        // The choice survives a reload.
        page.go("/sign-in").await;
        page.reads("h1", CHINESE.sign_in).await;
    })
    .await;
}

async fn come_and_come_back(page: &Page, words: &Words) {
    let number = phone();
    arrive(page, words).await;
    request_code(page, words, &number).await;
    register(page, words, &read_code(page, words, &number).await).await;
    see_account(page, words, &number).await;
    sign_out_and_in(page, words, &number).await;
}

async fn arrive(page: &Page, words: &Words) {
    page.go("/").await;
    page.arrives_at("/sign-in").await;
    page.reads("h1", words.sign_in).await;
    page.reads("section .lead", words.sign_in_lead).await;
    page.keep("sign-in").await;
    page.press(".beneath a").await;
    page.arrives_at("/sign-up").await;
    page.reads("h1", words.create_account).await;
    page.holds(&format!("document.documentElement.lang === '{}'", words.tag)).await;
    page.reads("label[for=image-code]", words.picture_label).await;
    page.reads("#password-rules li", words.password_rule).await;
    page.shows_picture("#captcha-image").await;
    page.keep("sign-up").await;
}

/// Requests a code, after one wrong answer.
async fn request_code(page: &Page, words: &Words, number: &str) {
    page.fill("#mobile", number).await;
    page.fill("#image-code", "zzzz9").await;
    let picture = page.shows_picture("#captcha-image").await;
    page.press("#send-code").await;
    page.reads("#image-code-error", words.picture_wrong).await;
    assert_ne!(
        page.shows_picture("#captcha-image").await,
        picture,
        "a wrong answer renews the picture"
    );
    page.has_focus("image-code").await;
    page.holds("document.querySelector('#image-code').getAttribute('aria-invalid') === 'true'")
        .await;
    page.holds("document.querySelector('#image-code').value === ''").await;
    page.keep("wrong-picture").await;

    page.fill("#image-code", ANSWER).await;
    page.press("#send-code").await;
    page.reads("#send-status", &format!("{}{number}{}", words.sent.0, words.sent.1)).await;
    page.counts_down(words.countdown, 50..=60).await;
    page.has_focus("sms-code").await;
    page.keep("code-sent").await;
}

/// Reads the code in the inbox of development.
async fn read_code(page: &Page, words: &Words, number: &str) -> String {
    let sign_up = page.browser.window().await.unwrap();
    page.press("#dev-note a").await;
    let inbox = page
        .wait("the inbox is open", async || {
            let windows = page.browser.windows().await.unwrap();
            let other = windows.into_iter().find(|it| *it != sign_up);
            other.ok_or_else(|| "one window".to_owned())
        })
        .await;
    page.browser.switch_to_window(inbox).await.unwrap();
    page.reads("h1", words.inbox).await;
    page.reads(".message-to", &format!("+86{number}")).await;
    page.reads(".message-purpose", words.inbox_purpose).await;
    let is_code = |text: &str| text.len() == 6 && text.bytes().all(|it| it.is_ascii_digit());
    let code = page.reads_like("#messages > .message .code", "six digits", is_code).await;
    page.keep("inbox").await;
    close_window(page, sign_up).await;
    code
}

async fn close_window(page: &Page, back_to: WindowHandle) {
    page.assert_clean_console().await;
    page.browser.close_window().await.unwrap();
    page.browser.switch_to_window(back_to).await.unwrap();
}

/// Registers, after one refused password, which leaves the code valid.
async fn register(page: &Page, words: &Words, code: &str) {
    page.fill("#sms-code", code).await;
    page.fill("#password", "password1").await;
    page.press("#submit").await;
    page.reads("#password-error", words.password_weak).await;
    page.has_focus("password").await;
    page.keep("weak-password").await;
    page.fill("#password", PASSWORD).await;
    page.press("#submit").await;
}

async fn see_account(page: &Page, words: &Words, number: &str) {
    page.arrives_at("/account").await;
    let masked = format!("{}****{}", &number[..3], &number[7..]);
    page.reads("#account-name", &masked).await;
    page.reads("#account .quiet", words.signed_in_as).await;
    page.reads("#sign-out", words.sign_out).await;
    page.keep("account").await;
}

async fn sign_out_and_in(page: &Page, words: &Words, number: &str) {
    page.press("#sign-out").await;
    page.arrives_at("/sign-in").await;
    page.go("/account").await;
    page.arrives_at("/sign-in").await;

    page.fill("#mobile", number).await;
    page.fill("#password", "not the password").await;
    page.press("#submit").await;
    page.reads("#password-error", words.credentials_wrong).await;
    page.keep("wrong-password").await;
    page.fill("#password", PASSWORD).await;
    page.press("#submit").await;
    see_account(page, words, number).await;
    // A signed-in visitor is led to the account.
    page.go("/").await;
    page.arrives_at("/account").await;
}
