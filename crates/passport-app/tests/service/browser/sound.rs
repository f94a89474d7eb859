//! The button that plays the sound of a challenge.

use fantoccini::key::Key;

use super::{
    ANSWER,
    chrome::Look,
    keyboard::tab_to,
    page::Page,
    walk, walk_at,
    words::{CHINESE, ENGLISH, Words},
};
use crate::support::{Service, phone};

const BUTTON: &str = "#captcha-listen";

/// Opens the page, and records the audio elements that it plays.
async fn open(page: &Page) -> String {
    page.go("/sign-up").await;
    let spy = "window.played = [];
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
            window.played.push(this);
            return play.call(this);
        }";
    page.script(spy).await;
    page.shows_picture("#captcha-image").await
}

/// Waits until the sound plays, shown by the advance of its time.
async fn is_heard(page: &Page, words: &Words) {
    page.holds("played.at(-1)?.currentTime > 0 && !played.at(-1).paused").await;
    is_pressed(page, words, true).await;
}

async fn is_idle(page: &Page, words: &Words) {
    page.holds("played.at(-1)?.paused !== false").await;
    is_pressed(page, words, false).await;
}

/// Asserts the state of the button, which shows whether the sound plays. The name of the button does
/// not change, because a screen reader would read a new name over the characters.
async fn is_pressed(page: &Page, words: &Words, pressed: bool) {
    let (label, text) = (words.listen_label, words.listen);
    let button = format!("document.querySelector('{BUTTON}')");
    page.holds(&format!("{button}.ariaPressed === '{pressed}'")).await;
    page.reads(BUTTON, text).await;
    assert_eq!(page.script(&format!("return {button}.ariaLabel")).await, label);
}

async fn hear_to_the_end(page: &Page, words: &Words) {
    let picture = open(page).await;
    page.reads("#image-code-hint", words.picture_hint).await;
    is_idle(page, words).await;
    page.press(BUTTON).await;
    is_heard(page, words).await;
    page.keep("heard").await;
    let source = page.script("return played[0].src").await;
    let id = picture.split("cur_id=").nth(1).unwrap().split('&').next().unwrap();
    let asked = format!("/passport/audio_code?cur_id={id}&lang={}", words.tag);
    assert!(source.as_str().unwrap().ends_with(&asked), "{source} is not {asked}");
    assert_eq!(page.script("return played[0].duration > 5 * 0.4").await, true);
    page.script("played[0].addEventListener('ended', () => { window.wasHeard = true })").await;
    page.holds("window.wasHeard === true").await;
    is_idle(page, words).await;
    assert_eq!(page.script("return document.querySelector('#captcha-image').src").await, picture);
    page.keep("after").await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn cap_5_the_picture_is_heard_to_its_end_in_english() {
    walk("sound-en", Look::PLAIN, async |page| hear_to_the_end(page, &ENGLISH).await).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn cap_5_the_picture_is_heard_to_its_end_in_chinese() {
    let look = Look { languages: CHINESE.languages, ..Look::PLAIN };
    walk("sound-zh", look, async |page| hear_to_the_end(page, &CHINESE).await).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn cap_5_the_keyboard_starts_and_stops_it() {
    walk("sound-keyboard", Look::PLAIN, async |page| {
        open(page).await;
        tab_to(page, "captcha-listen").await;
        page.types(" ").await;
        is_heard(page, &ENGLISH).await;
        page.has_focus("captcha-listen").await;
        page.hits(Key::Enter).await;
        is_idle(page, &ENGLISH).await;
        page.has_focus("captcha-listen").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn another_picture_and_a_spent_one_are_silent() {
    walk("sound-renewed", Look::PLAIN, async |page| {
        let first = open(page).await;
        page.press(BUTTON).await;
        is_heard(page, &ENGLISH).await;
        page.press("#captcha").await;
        is_idle(page, &ENGLISH).await;
        page.holds(&format!("document.querySelector('#captcha-image').src !== '{first}'")).await;
        page.shows_picture("#captcha-image").await;
        page.press(BUTTON).await;
        is_heard(page, &ENGLISH).await;

        page.fill("#mobile", &phone()).await;
        page.fill("#image-code", ANSWER).await;
        page.press("#send-code").await;
        page.counts_down(ENGLISH.countdown, 50..=60).await;
        is_idle(page, &ENGLISH).await;
        page.holds(&format!("document.querySelector('{BUTTON}').ariaDisabled === 'true'")).await;
        page.press(BUTTON).await;
        assert_eq!(page.script("return played.length").await, 2, "no further sound is played");
        page.keep("spent").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn without_a_picture_there_is_nothing_to_press() {
    let service = Service::start(&[("limits.challenges_per_ip_minute", "1")]).await;
    walk_at(&service.url(), "sound-none", Look::PLAIN, async |page| {
        let source = "fetch('/sign-up').then((it) => it.text()).then((text) => arguments[0](
            new DOMParser().parseFromString(text, 'text/html').querySelector('#captcha-listen')
                .ariaDisabled))";
        page.go("/sign-up").await;
        let before = page.browser.execute_async(source, Vec::new()).await.unwrap();
        assert_eq!(before, "true", "until the picture has loaded");
        page.shows_picture("#captcha-image").await;
        page.holds(&format!("document.querySelector('{BUTTON}').ariaDisabled === null")).await;
        // The next request is refused.
        page.press("#captcha").await;
        page.reads(
            "#captcha-error",
            "The picture did not load. Wait a moment, then press it to try again.",
        )
        .await;
        page.holds(&format!("document.querySelector('{BUTTON}').ariaDisabled === 'true'")).await;
        page.press(BUTTON).await;
        is_pressed(page, &ENGLISH, false).await;
        page.keep("failed").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_picture_that_another_tab_replaced_is_renewed() {
    let look = Look { languages: CHINESE.languages, ..Look::PLAIN };
    for (look, words) in [(Look::PLAIN, &ENGLISH), (look, &CHINESE)] {
        walk("sound-gone", look, async |page| {
            let first = open(page).await;
            let tab = "fetch('/passport/image_code?cur_id=' + crypto.randomUUID())
                .then((response) => arguments[0](response.headers.get('content-type')))";
            let seen = page.browser.execute_async(tab, Vec::new()).await.unwrap();
            assert_eq!(seen, "image/png");
            page.press(BUTTON).await;
            page.reads("#sound-error", words.sound_gone).await;
            is_idle(page, words).await;
            page.holds(&format!("document.querySelector('#captcha-image').src !== '{first}'"))
                .await;
            page.shows_picture("#captcha-image").await;
            page.keep("renewed").await;
            page.press(BUTTON).await;
            is_heard(page, words).await;
            page.reads("#sound-error", "").await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn cap_7_a_reached_limit_of_sounds_shows_how_long_to_wait() {
    let service = Service::start(&[("limits.challenges_per_ip_minute", "2")]).await;
    walk_at(&service.url(), "sound-limit", Look::PLAIN, async |page| {
        let picture = open(page).await;
        // Requested by script, because a browser may replay a sound without a request.
        let sound = picture.replace("image_code", "audio_code");
        let fetch = format!(
            "fetch('{sound}').then((response) => arguments[0](response.headers.get('content-type')))"
        );
        for _ in 0..2 {
            let fetched = page.browser.execute_async(&fetch, Vec::new()).await.unwrap();
            assert_eq!(fetched, "audio/wav");
        }
        page.press(BUTTON).await;
        page.says_to_wait("#sound-error", "Too many pictures and sounds. Listen again in ").await;
        is_idle(page, &ENGLISH).await;
        page.keep("limit").await;
    })
    .await;
}
