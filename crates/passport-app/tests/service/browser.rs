//! The pages as people use them: in a real Chromium, which chromedriver drives.
//!
//! Each walk has a service and a browser of its own, and keeps a screenshot of each station in
//! `PASSPORT_TEST_ARTEFACTS`. At its end the console must be clean: no error, no breach of the
//! content security policy.

mod account;
mod appearance;
mod chrome;
mod driver;
mod keyboard;
mod original;
mod page;
mod picture;
mod proxy;
mod refusals;
mod settings;
mod sign_up;
mod sound;
mod words;

use std::{env, panic::AssertUnwindSafe};

use futures::FutureExt;

use crate::support::Service;
use chrome::{Look, open};
use page::Page;

/// What every picture takes beside its own answer.
const ANSWER: &str = "abcd2";

/// A watch that never barks proves nothing.
#[tokio::test]
async fn a_breach_of_the_content_security_policy_is_noticed() {
    walk("breach", Look::PLAIN, async |page| {
        page.go("/sign-in").await;
        page.reads("h1", words::ENGLISH.sign_in).await;
        page.assert_clean_console().await;
        let inline = "const script = document.createElement('script');
            script.textContent = 'window.breached = true';
            document.body.append(script);
            return window.breached === undefined";
        assert_eq!(page.script(inline).await, true, "it is blocked");
        let complaints = page.complaints().await;
        let said = format!("{complaints:?}");
        assert!(complaints.len() == 1 && said.contains("Content Security Policy"), "{said}");
    })
    .await;
}

/// Walks the pages of a service of its own.
async fn walk(name: &str, look: Look, steps: impl AsyncFnOnce(&Page)) {
    if webdriver().is_none() {
        return;
    }
    let service = Service::start(&[("captcha.test_answer", ANSWER)]).await;
    walk_at(&service.url(), name, look, steps).await;
}

/// Walks the pages at `origin`. The browser is closed also when a step fails.
async fn walk_at(origin: &str, name: &str, look: Look, steps: impl AsyncFnOnce(&Page)) {
    let Some(webdriver) = webdriver() else { return };
    let (browser, profile) = open(&webdriver, look).await;
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

/// Where chromedriver listens, or the news that there is none.
fn webdriver() -> Option<String> {
    const VARIABLE: &str = "PASSPORT_TEST_WEBDRIVER_URL";
    if let Some(url) = env::var(VARIABLE).ok().filter(|url| !url.is_empty()) {
        return Some(url);
    }
    assert_ne!(env::var("PASSPORT_TEST_REQUIRED").as_deref(), Ok("1"), "{VARIABLE} is not set");
    eprintln!("skipped: {VARIABLE} is not set");
    None
}
