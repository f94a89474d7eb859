//! Pages whose request or answer is lost, or whose scripts fail.

use serde_json::json;

use super::{ANSWER, chrome::Look, driver::devtools, page::Page, sign_in::service, walk_at};
use crate::support::{PASSWORD, Person, Service, phone};

const UNREACHABLE: &str = "The server cannot be reached. Check your connection and try again.";

/// A script carries the request out and then loses the answer, `window.losses` times.
const LOSE: &str = "const fetched = window.fetch;
    window.losses = 1;
    window.sent = [];
    window.fetch = async (...call) => {
        window.sent.push(String(call[1].body));
        const answer = await fetched(...call);
        if (window.losses === 0) return answer;
        window.losses -= 1;
        throw new TypeError('Failed to fetch');
    }";

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn p16_a_code_whose_answer_was_lost_is_not_sent_twice() {
    let service = service().await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "lost-answer", Look::PLAIN, async |page| {
        let number = phone();
        page.go("/sign-in").await;
        page.shows_picture(".picture img").await;
        page.script(LOSE).await;
        page.sends_number(&number, ANSWER).await;
        page.reads("[data-form-error]", UNREACHABLE).await;
        assert_eq!(page.value("#mobile").await, number, "what was typed stays");
        assert_eq!(page.value("#picture").await, ANSWER);
        page.keep("lost").await;
        page.submits().await;
        page.arrives_below("/sign-in/code?f=").await;
        page.holds("sent.length === 2 && sent[0] === sent[1] && sent[0].includes('attempt=')")
            .await;
        let codes = telephone.codes_of(&number).await;
        assert_eq!(codes.len(), 1, "one message");
        page.fill("#code", &codes[0]).await;
        page.submits().await;
        page.skips_the_password().await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_browser_without_a_network_is_told_so_and_can_try_again() {
    let service = service().await;
    let number = phone();
    Person::new(&service).sign_up(&number, PASSWORD).await;
    walk_at(&service.url(), "offline", Look::PHONE, async |page| {
        page.go("/sign-in/password").await;
        page.fill("#mobile", &number).await;
        page.fill("#password", PASSWORD).await;
        set_network(page, true, 0).await;
        page.submits().await;
        page.reads("[data-form-error]", UNREACHABLE).await;
        page.reads(".button-main", "Sign in").await;
        page.assert_accessible("offline").await;
        page.keep("offline").await;
        let complaints = page.complaints().await;
        assert!(!complaints.is_empty(), "the browser reports the failure as well");
        set_network(page, false, 0).await;
        page.submits().await;
        page.arrives_at("/account").await;
    })
    .await;
}

pub(super) async fn set_network(page: &Page, offline: bool, latency_ms: u32) {
    devtools(&page.browser, "Network.enable", json!({})).await;
    let conditions = json!({
        "offline": offline, "latency": latency_ms, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    devtools(&page.browser, "Network.emulateNetworkConditions", conditions).await;
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_service_that_restarts_is_told_as_away() {
    let mut service = service().await;
    let number = phone();
    Person::new(&service).sign_up(&number, PASSWORD).await;
    let (url, folder) = (service.url(), service.folder().clone());
    let listen = url.trim_start_matches("http://").to_owned();
    walk_at(&url, "away", Look::PLAIN, async move |page| {
        page.go("/sign-in/password").await;
        page.fill("#mobile", &number).await;
        page.fill("#password", PASSWORD).await;
        service.kill();
        page.submits().await;
        page.reads("[data-form-error]", UNREACHABLE).await;
        page.complaints().await;
        let _again = Service::start_in(&folder, &[("http.listen", &listen)]).await;
        page.submits().await;
        page.arrives_at("/account").await;
    })
    .await;
}

/// Something between the browser and the service answers instead, such as a proxy.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn an_answer_that_is_no_page_of_this_service_is_told_as_a_fault_of_the_server() {
    let service = service().await;
    walk_at(&service.url(), "proxy", Look::PLAIN, async |page| {
        page.go("/sign-in").await;
        page.shows_picture(".picture img").await;
        page.script(
            "window.fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502 })",
        )
        .await;
        page.sends_number(&phone(), ANSWER).await;
        page.reads("[data-form-error]", "Something went wrong on our side. Try again in a moment.")
            .await;
    })
    .await;
}

/// A press while the form is under way is ignored.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn a_second_press_sends_nothing() {
    let service = service().await;
    let telephone = Person::new(&service);
    walk_at(&service.url(), "twice", Look::PLAIN, async |page| {
        let number = phone();
        page.go("/sign-in").await;
        page.shows_picture(".picture img").await;
        set_network(page, false, 700).await;
        page.sends_number(&number, ANSWER).await;
        page.reads(".button-main", "Sending…").await;
        page.holds(
            "document.querySelector('.button-main').getAttribute('aria-disabled') === 'true'",
        )
        .await;
        page.keep("busy").await;
        page.submits().await;
        page.arrives_below("/sign-in/code?f=").await;
        assert_eq!(telephone.codes_of(&number).await.len(), 1);
    })
    .await;
}
