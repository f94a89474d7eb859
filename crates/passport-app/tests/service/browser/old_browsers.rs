//! Browsers without some APIs, and pages without some modules. The oldest browsers in which the scripts work are
//! Safari 15, Chrome 87 and Firefox 85 and the web views of their time; older ones get the plain forms.

use serde_json::json;

use super::{
    ANSWER,
    chrome::Look,
    driver::{devtools, network},
    page::Page,
    sign_in::service,
    walk_at,
};
use crate::support::{PASSWORD, Person, Service, phone};

/// APIs that are newer than the oldest browsers, or that the scripts use.
const APIS: [&str; 19] = [
    "AbortController",
    "AbortSignal.timeout",
    "Array.prototype.at",
    "DOMParser",
    "Document.prototype.adoptNode",
    "Element.prototype.replaceWith",
    "FormData",
    "HTMLFormElement.prototype.requestSubmit",
    "History.prototype.pushState",
    "IntersectionObserver",
    "Promise.allSettled",
    "Promise.race",
    "Response",
    "String.prototype.replaceAll",
    "SubmitEvent.prototype.submitter",
    "URL",
    "URLSearchParams",
    "fetch",
    "structuredClone",
];

async fn signs_in(page: &Page, number: &str, check: impl AsyncFnOnce()) {
    page.go("/sign-in/password").await;
    check().await;
    page.fill("#mobile", number).await;
    page.fill("#password", PASSWORD).await;
    page.submits().await;
    page.arrives_at("/account").await;
}

async fn member(service: &Service) -> String {
    let number = phone();
    Person::new(service).sign_up(&number, PASSWORD).await;
    number
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p1_without_an_api_the_forms_work_all_the_same() {
    let service = service().await;
    let number = member(&service).await;
    walk_at(&service.url(), "old-browser", Look::PLAIN, async |page| {
        for api in APIS {
            let remove = format!(
                "const parts = '{api}'.split('.');
                const name = parts.pop();
                const owner = parts.reduce((owner, part) => owner[part], window);
                window.hadApi = name in owner;
                delete owner[name];"
            );
            let added = devtools(
                &page.browser,
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": remove }),
            )
            .await;
            signs_in(page, &number, async || {
                assert_eq!(page.script("return window.hadApi").await, true, "{api} exists");
            })
            .await;
            devtools(&page.browser, "Page.removeScriptToEvaluateOnNewDocument", added).await;
            page.browser.delete_all_cookies().await.unwrap();
        }
        page.complaints().await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p14_without_a_module_the_forms_work_all_the_same() {
    let service = service().await;
    let number = member(&service).await;
    walk_at(&service.url(), "no-module", Look::PLAIN, async |page| {
        devtools(&page.browser, "Network.enable", json!({})).await;
        for module in ["page", "visit", "forms", "password"] {
            let blocked = json!({ "urls": [format!("*/js/{module}.js")] });
            devtools(&page.browser, "Network.setBlockedURLs", blocked).await;
            // A module that was loaded before would come from the cache.
            devtools(&page.browser, "Network.setCacheDisabled", json!({ "cacheDisabled": true }))
                .await;
            network(&page.browser).await;
            signs_in(page, &number, async || ()).await;
            let events = network(&page.browser).await;
            let is_blocked = events.iter().any(|it| it["params"]["blockedReason"] == "inspector");
            assert!(is_blocked, "{module} was not loaded");
            page.complaints().await;
            page.browser.delete_all_cookies().await.unwrap();
        }
    })
    .await;
}

/// A fault of a script is not told as one of the network: the form is sent as it would be without scripts.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p1_a_fault_of_a_script_is_not_told_as_one_of_the_network() {
    let service = service().await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "fault", Look::PLAIN, async |page| {
        for fault in [
            "window.fetch = () => { throw new TypeError('fetch is not what it was') }",
            "window.URLSearchParams = undefined",
            // After the answer, with which the attempt is done already.
            "DOMParser.prototype.parseFromString = () => { throw new TypeError('no parser') }",
            "Document.prototype.adoptNode = undefined",
        ] {
            let number = phone();
            page.go("/sign-in").await;
            page.shows_picture(".picture img").await;
            page.script(fault).await;
            page.sends_number(&number, ANSWER).await;
            page.arrives_below("/sign-in/code?f=").await;
            assert_eq!(telephone.codes_of(&number).await.len(), 1, "{fault}");
        }
        page.complaints().await;
    })
    .await;
}
