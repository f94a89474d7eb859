//! The image challenge of the sign-up page, and the button that it enables.

use std::ops::RangeInclusive;

use super::{ANSWER, chrome::Look, page::Page, walk, words::ENGLISH};
use crate::support::phone;

impl Page {
    /// Waits until the send button shows one of these seconds, and returns it.
    pub(super) async fn counts_down(
        &self,
        (before, behind): (&str, &str),
        seconds: RangeInclusive<u32>,
    ) -> u32 {
        let shown = |text: &str| -> Option<u32> {
            text.strip_prefix(before)?.strip_suffix(behind)?.parse().ok()
        };
        let what = format!("{before}{seconds:?}{behind}");
        let is_right = |text: &str| shown(text).is_some_and(|it| seconds.contains(&it));
        shown(&self.reads_like("#send-code", &what, is_right).await).unwrap()
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_click_renews_the_picture() {
    walk("picture", Look::PLAIN, async |page| {
        page.go("/sign-up").await;
        let mut seen = vec![page.shows_picture("#captcha-image").await];
        assert!(seen[0].contains("cur_id="), "{seen:?}");
        for _ in 0..3 {
            page.fill("#image-code", "abc").await;
            page.press("#captcha").await;
            let former = seen.last().unwrap().clone();
            page.holds(&format!("document.querySelector('#captcha-image').src !== '{former}'"))
                .await;
            let picture = page.shows_picture("#captcha-image").await;
            assert!(!seen.contains(&picture), "{picture} was there before");
            // The server may drop the former challenge.
            let id = former.split("cur_id=").nth(1).unwrap().split('&').next().unwrap();
            assert!(picture.contains(&format!("pre_id={id}")), "{picture} after {former}");
            page.has_focus("image-code").await;
            page.holds("document.querySelector('#image-code').value === ''").await;
            seen.push(picture);
        }
        let size = "const { naturalWidth: w, naturalHeight: h } =
            document.querySelector('#captcha-image'); return w + 'x' + h";
        assert_eq!(page.script(size).await, "352x112", "twice the size of the page");
        page.keep("renewed").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn the_send_button_waits_for_a_minute() {
    walk("countdown", Look::PLAIN, async |page| {
        page.go("/sign-up").await;
        page.shows_picture("#captcha-image").await;
        page.fill("#mobile", &phone()).await;
        page.fill("#image-code", ANSWER).await;
        page.press("#send-code").await;
        let first = page.counts_down(ENGLISH.countdown, 50..=60).await;
        page.holds("document.querySelector('#send-code').ariaDisabled === 'true'").await;
        page.holds("document.querySelector('#image-code').disabled").await;
        page.counts_down(ENGLISH.countdown, 40..=first - 1).await;
        // A reload does not shorten the countdown.
        page.browser.refresh().await.unwrap();
        page.counts_down(ENGLISH.countdown, 30..=first - 1).await;
        page.keep("after-reload").await;
        // The stored end is moved, so that the test does not wait a minute.
        page.script("sessionStorage.setItem('passport.resend-at', String(Date.now() + 1500))")
            .await;
        page.browser.refresh().await.unwrap();
        page.counts_down(ENGLISH.countdown, 1..=2).await;
        page.reads("#send-code", ENGLISH.send).await;
        page.holds("document.querySelector('#send-code').ariaDisabled === null").await;
        page.keep("over").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_missing_value_is_reported_beside_its_field() {
    walk("missing", Look::PLAIN, async |page| {
        page.go("/sign-up").await;
        page.shows_picture("#captcha-image").await;
        page.press("#send-code").await;
        page.reads("#mobile-error", "Enter your mobile number.").await;
        page.reads("#image-code-error", "Type the characters in the picture.").await;
        page.has_focus("mobile").await;
        page.press("#submit").await;
        page.reads("#sms-code-error", "Press “Send code” first, then enter the code that arrives.")
            .await;
        page.reads("#password-error", "Enter a password.").await;
        page.keep("fields").await;
        // An error disappears when its field changes.
        page.fill("#mobile", "1").await;
        page.reads("#mobile-error", "").await;
        page.fill("#image-code", ANSWER).await;
        page.press("#send-code").await;
        page.reads_like("#mobile-error", "Check the digits", |it| {
            it.ends_with("Check the digits.")
        })
        .await;
    })
    .await;
}
