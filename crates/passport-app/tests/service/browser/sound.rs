//! The picture, and the button that plays its sound.

use fantoccini::key::Key;

use super::{
    ANSWER,
    chrome::Look,
    page::Page,
    sign_in::{service, tab_to},
    walk_at,
    words::{ENGLISH, SIMPLIFIED},
};
use crate::support::{Service, phone};

const BUTTON: &str = ".listen";

/// Opens the page, and records the audio elements that it plays.
async fn open(page: &Page) -> String {
    page.go("/sign-in").await;
    let spy = "window.played = [];
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
            window.played.push(this);
            return play.call(this);
        }";
    page.script(spy).await;
    page.finds(BUTTON).await;
    page.shows_picture(".picture img").await
}

/// Waits until the sound plays, shown by the advance of its time.
async fn is_heard(page: &Page) {
    page.holds("played.length > 0 && played[played.length - 1].currentTime > 0").await;
    is_pressed(page, true).await;
}

/// Asserts the state of the button, which shows whether the sound plays. The name of the button does
/// not change, because a screen reader would read a new name over the characters.
async fn is_pressed(page: &Page, pressed: bool) {
    page.holds(&format!("document.querySelector('{BUTTON}').ariaPressed === '{pressed}'")).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn cap_5_the_picture_is_heard_to_its_end_in_the_language_of_the_page() {
    let service = service().await;
    for (words, name) in [(&ENGLISH, "Listen"), (&SIMPLIFIED, "收听")] {
        let look = Look { languages: words.languages, ..Look::PLAIN };
        walk_at(&service.url(), &format!("sound-{}", words.tag), look, async |page| {
            let picture = open(page).await;
            page.reads(BUTTON, name).await;
            is_pressed(page, false).await;
            page.press(BUTTON).await;
            is_heard(page).await;
            page.reads(BUTTON, name).await;
            page.keep("heard").await;
            let sound = picture.replace("/image", &format!("/audio?lang={}", words.tag));
            assert_eq!(page.script("return played[0].src").await, sound);
            page.script("played[0].addEventListener('ended', () => { window.wasHeard = true })")
                .await;
            page.holds("window.wasHeard === true").await;
            is_pressed(page, false).await;
            page.complaints().await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn cap_5_the_keyboard_starts_and_stops_it() {
    let service = service().await;
    walk_at(&service.url(), "sound-keyboard", Look::PLAIN, async |page| {
        open(page).await;
        page.script("document.querySelector('.listen').id = 'listen'").await;
        tab_to(page, "listen").await;
        page.types(" ").await;
        is_heard(page).await;
        page.has_focus("listen").await;
        page.hits(Key::Enter).await;
        is_pressed(page, false).await;
        page.has_focus("listen").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn another_picture_keeps_the_number_and_is_silent() {
    let service = service().await;
    for scripts in [true, false] {
        let name = if scripts { "renewed" } else { "renewed-plain" };
        walk_at(&service.url(), name, Look { scripts, ..Look::PLAIN }, async |page| {
            let number = phone();
            let first = if scripts { open(page).await } else { String::new() };
            if scripts {
                page.press(BUTTON).await;
                is_heard(page).await;
            } else {
                page.go("/sign-in").await;
            }
            page.fill("#mobile", &number).await;
            let former = page.value("[name=challenge]").await;
            page.press("[value=renew]").await;
            page.wait("another picture", async || {
                let now = page.value("[name=challenge]").await;
                if now == former { Err(now) } else { Ok(()) }
            })
            .await;
            assert_eq!(page.value("#mobile").await, number);
            if scripts {
                assert_ne!(page.shows_picture(".picture img").await, first);
                page.has_focus("picture").await;
                is_pressed(page, false).await;
            }
            page.fill("#picture", ANSWER).await;
            page.submits().await;
            page.arrives_below("/sign-in/code?f=").await;
        })
        .await;
    }
}

/// P16: the picture did not load. It is loaded again, and the page says when.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p16_a_picture_that_did_not_load_is_loaded_again() {
    let service = Service::start(&[("captcha.test_answer", ANSWER)]).await;
    walk_at(&service.url(), "picture-lost", Look::PHONE, async |page| {
        super::driver::devtools(&page.browser, "Network.enable", serde_json::json!({})).await;
        let block = async |urls: &[&str]| {
            let blocked = serde_json::json!({ "urls": urls });
            super::driver::devtools(&page.browser, "Network.setBlockedURLs", blocked).await;
        };
        block(&["*/image*"]).await;
        page.go("/sign-in").await;
        page.reads(".challenge .status", "The picture did not load. Next try in 3 s.").await;
        page.assert_accessible("without a picture").await;
        page.keep("lost").await;
        block(&[]).await;
        page.shows_picture(".picture img").await;
        page.reads(".challenge .status", "").await;
        page.complaints().await;
    })
    .await;
}
