//! What the first view of the sign-in page costs.

use std::time::Instant;

use serde_json::json;

use super::{
    ANSWER,
    chrome::Look,
    driver::{devtools, network},
    failures::set_network,
    page::Page,
    sign_in::service,
    walk_at,
};
use crate::support::phone;

/// Addresses and sizes of what was loaded since the last call, with heads, as they were on the wire.
async fn loaded(page: &Page) -> Vec<(String, u64)> {
    let events = network(&page.browser).await;
    let is = |event: &&serde_json::Value, method: &str| event["method"] == method;
    let responses = events.iter().filter(|it| is(it, "Network.responseReceived"));
    responses
        .map(|response| {
            let parameters = &response["params"];
            let end = events.iter().find(|it| {
                is(it, "Network.loadingFinished")
                    && it["params"]["requestId"] == parameters["requestId"]
            });
            let size = end.and_then(|it| it["params"]["encodedDataLength"].as_f64()).unwrap_or(0.0);
            let url = parameters["response"]["url"].as_str().unwrap().to_owned();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "sizes are small and positive"
            )]
            (url, size as u64)
        })
        // The browser's own images, and what it had already.
        .filter(|(url, size)| !url.starts_with("data:") && *size > 0)
        .collect()
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p7_the_first_view_of_the_sign_in_page_is_small() {
    let service = service().await;
    walk_at(&service.url(), "budget", Look::PHONE, async |page| {
        devtools(&page.browser, "Network.enable", json!({})).await;
        loaded(page).await;
        page.go("/sign-in").await;
        page.shows_picture(".picture img").await;
        page.holds("document.querySelector('.listen') !== null").await;
        let first = loaded(page).await;
        let bytes: u64 = first.iter().map(|(_, size)| size).sum();
        println!("first view: {} requests, {bytes} bytes: {first:#?}", first.len());
        assert!(first.len() <= 10, "{first:#?}");
        assert!(bytes <= 40_000, "{bytes}: {first:#?}");

        // Only the page and its picture are loaded again.
        page.go("/sign-in/password").await;
        page.go("/sign-in").await;
        page.shows_picture(".picture img").await;
        let again = loaded(page).await;
        let fetched = again.iter().filter(|(url, _)| url.contains("/static/"));
        let fetched: Vec<_> = fetched.filter(|(url, _)| !url.ends_with("password.js")).collect();
        assert!(fetched.is_empty(), "{fetched:#?}");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p7_with_a_latency_of_a_second_and_a_half_the_picture_is_there_within_four_seconds() {
    let service = service().await;
    walk_at(&service.url(), "latency", Look::PHONE, async |page| {
        set_network(page, false, 1_500).await;
        let since = Instant::now();
        page.go("/sign-in").await;
        page.shows_picture(".picture img").await;
        let picture = since.elapsed();
        page.holds("document.querySelector('.listen') !== null").await;
        println!("picture after {picture:?}, scripts after {:?}", since.elapsed());
        assert!(picture.as_millis() < 4_000, "{picture:?}");

        page.fill("#mobile", &phone()).await;
        page.fill("#picture", ANSWER).await;
        let since = Instant::now();
        page.submits().await;
        page.finds("#code").await;
        let code = since.elapsed();
        println!("code field after {code:?}");
        assert!(code.as_millis() < 4_000, "{code:?}");
    })
    .await;
}
