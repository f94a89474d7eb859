//! Tests of the pages in a real Chromium, driven through chromedriver at
//! `PASSPORT_TEST_WEBDRIVER_URL`.
//!
//! Each test has a service and a browser of its own, and saves screenshots in
//! `PASSPORT_TEST_ARTEFACTS`. At the end of a test the console must be clean: no error, no breach
//! of the content security policy.

mod account;
mod axe;
mod budget;
mod chrome;
mod docs;
mod driver;
mod failures;
mod gallery;
mod life;
mod old_browsers;
mod original;
mod page;
mod proxy;
mod returning;
mod sign_in;
mod sound;
mod words;

use std::{env, panic::AssertUnwindSafe};

use futures::FutureExt;

use crate::support::Service;
use chrome::{Look, open};
use page::Page;

/// Answer that every picture accepts besides its own.
const ANSWER: &str = "abcd2";

/// Shows that the assertion on the console can fail.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_breach_of_the_content_security_policy_is_noticed() {
    walk("breach", Look::PLAIN, async |page| {
        page.go("/sign-in").await;
        page.reads("h1", words::ENGLISH.sign_in).await;
        page.assert_clean_console().await;
        let inline = "const script = document.createElement('script');
            script.textContent = 'window.breached = true';
            document.body.append(script);
            return window.breached === undefined";
        assert_eq!(page.script(inline).await, true, "the script is blocked");
        let complaints = page.complaints().await;
        let said = format!("{complaints:?}");
        assert!(complaints.len() == 1 && said.contains("Content Security Policy"), "{said}");
    })
    .await;
}

/// Walks the pages of a service of its own.
async fn walk(name: &str, look: Look, steps: impl AsyncFnOnce(&Page)) {
    let service = Service::start(&[("captcha.test_answer", ANSWER)]).await;
    walk_at(&service.url(), name, look, steps).await;
}

/// Walks the pages at `origin`. The browser is closed also when a step fails.
async fn walk_at(origin: &str, name: &str, look: Look, steps: impl AsyncFnOnce(&Page)) {
    let (browser, profile) = open(&webdriver(), look).await;
    let page = Page::new(browser, origin, name);
    let walked = AssertUnwindSafe(async {
        steps(&page).await;
        page.assert_clean_console().await;
    });
    let outcome = walked.catch_unwind().await;
    if outcome.is_err() {
        page.try_keep("failed").await;
    }
    page.close().await;
    drop(profile);
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// URL of chromedriver. Tests that call this are ignored by default.
fn webdriver() -> String {
    let url = env::var("PASSPORT_TEST_WEBDRIVER_URL").ok().filter(|url| !url.is_empty());
    url.expect(
        "PASSPORT_TEST_WEBDRIVER_URL is not set: start chromedriver and set it to its URL, such as \
         http://127.0.0.1:9515, or run ./check, which starts one",
    )
}
