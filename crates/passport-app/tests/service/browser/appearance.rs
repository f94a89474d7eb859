//! Pages on a telephone, and in the dark theme.

use super::{
    ANSWER,
    chrome::Look,
    page::Page,
    walk,
    words::{CHINESE, ENGLISH, Words},
};
use crate::support::{PASSWORD, phone};

/// Screen of the narrowest telephones on sale.
const SMALL: (u32, u32) = (320, 640);

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_small_telephone_shows_everything_in_english() {
    let look = Look { phone: Some(SMALL), ..Look::PLAIN };
    walk("phone-en", look, async |page| see_all_pages(page, &ENGLISH, assert_fits).await).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_telephone_at_night_shows_everything_in_chinese() {
    let look = Look { languages: CHINESE.languages, phone: Some((390, 844)), dark: true };
    walk("phone-night-zh", look, async |page| {
        see_all_pages(page, &CHINESE, async |page, what| {
            assert_fits(page, what).await;
            assert_dark(page).await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_desktop_at_night_is_dark() {
    let look = Look { dark: true, ..Look::PLAIN };
    walk("night-en", look, async |page| {
        see_all_pages(page, &ENGLISH, async |page, _| assert_dark(page).await).await;
    })
    .await;
}

async fn see_all_pages(page: &Page, words: &Words, check: impl AsyncFn(&Page, &str)) {
    let number = phone();
    page.go("/nothing").await;
    page.reads("h1", words.not_found).await;
    see(page, "not-found", &check).await;
    // The browser reports the 404 as well.
    page.complaints().await;

    page.go("/sign-in").await;
    page.press("#submit").await;
    page.finds("#password-error").await;
    see(page, "sign-in", &check).await;

    page.go("/sign-up").await;
    page.shows_picture("#captcha-image").await;
    see(page, "sign-up", &check).await;
    page.fill("#mobile", &number).await;
    page.fill("#image-code", ANSWER).await;
    page.press("#send-code").await;
    page.counts_down(words.countdown, 50..=60).await;
    page.fill("#sms-code", "0").await;
    page.fill("#password", "password1").await;
    page.press("#submit").await;
    page.reads("#password-error", words.password_weak).await;
    see(page, "sign-up-refused", &check).await;

    page.go("/dev/inbox").await;
    let code = page.reads_like(".code", "a code", |text| text.len() == 6).await;
    see(page, "inbox", &check).await;

    page.go("/sign-up").await;
    page.fill("#mobile", &number).await;
    page.fill("#sms-code", &code).await;
    page.fill("#password", PASSWORD).await;
    page.press("#submit").await;
    page.arrives_at("/account").await;
    page.reads("#sign-out", words.sign_out).await;
    see(page, "account", &check).await;
}

async fn see(page: &Page, station: &str, check: &impl AsyncFn(&Page, &str)) {
    page.keep(station).await;
    check(page, station).await;
    let at = page.script("scrollTo(0, document.body.scrollHeight); return scrollY").await;
    if at != 0 {
        page.keep(&format!("{station}-below")).await;
    }
}

/// Asserts that nothing overflows sideways, and that every control is large enough for a thumb.
async fn assert_fits(page: &Page, station: &str) {
    let overflow = "return document.documentElement.scrollWidth - innerWidth";
    assert!(page.script(overflow).await.as_i64() <= Some(0), "{station} is too wide");
    let small = page
        .script(
            "return [...document.querySelectorAll('button, input')]
                .filter((it) => it.checkVisibility())
                .map((it) => [it.id, it.getBoundingClientRect()])
                .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
                .map(([id, box]) => `${id} ${box.width}x${box.height}`)",
        )
        .await;
    assert_eq!(small.as_array().map(Vec::len), Some(0), "{station}: too small: {small}");
}

async fn assert_dark(page: &Page) {
    let ground = "getComputedStyle(document.documentElement).backgroundColor";
    page.holds(&format!("{ground}.match(/\\d+/g).every((part) => Number(part) < 60)")).await;
}
