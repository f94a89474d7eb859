//! Pages whose first request did not succeed for a reason that a second one removes.

use std::collections::BTreeMap;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{ANSWER, chrome::Look, page::Page, walk_at, words::ENGLISH};
use crate::support::{PASSWORD, Person, Service, phone};

async fn service() -> Service {
    Service::start(&[("captcha.test_answer", ANSWER)]).await
}

async fn sign_in(page: &Page, number: &str) {
    page.fill("#mobile", number).await;
    page.fill("#password", PASSWORD).await;
    page.press("#submit").await;
}

/// A script carries the request out and then loses the answer.
#[tokio::test]
#[ignore = "needs chromedriver"]
async fn w3_a_sign_up_whose_answer_was_lost_succeeds_at_the_second_press() {
    let service = service().await;
    let number = phone();
    let code = Person::new(&service).request_code(&number).await;
    walk_at(&service.url(), "lost-answer", Look::PLAIN, async |page| {
        page.go("/sign-up").await;
        page.shows_picture("#captcha-image").await;
        page.script(
            "const fetched = window.fetch;
            window.fetch = async (path, options) => {
                const answer = await fetched(path, options);
                if (path !== '/passport/register' || window.lost) return answer;
                window.lost = true;
                throw new TypeError('Failed to fetch');
            }",
        )
        .await;
        page.fill("#mobile", &number).await;
        page.fill("#sms-code", &code).await;
        page.fill("#password", PASSWORD).await;
        page.press("#submit").await;
        let unreachable = "The server cannot be reached. Check your connection and try again.";
        page.reads("#form-error", unreachable).await;
        page.press("#submit").await;
        page.arrives_at("/account").await;
    })
    .await;
}

/// Another application of this host, which sets a cookie. Browsers share cookies among ports.
async fn neighbour(cookie: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 200 OK\r\nSet-Cookie: {cookie}\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\
         Connection: close\r\n\r\nok"
    );
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            // A browser may open a connection that it does not use.
            let _ = client.read(&mut [0; 8_192]).await;
            let _ = client.write_all(answer.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn w7_a_planted_token_does_not_keep_people_out() {
    let service = service().await;
    let number = phone();
    Person::new(&service).sign_up(&number, PASSWORD).await;
    for (name, attributes) in [
        ("hidden", "Path=/; HttpOnly"),
        ("seen", "Path=/"),
        ("of-the-api", "Path=/passport; HttpOnly"),
        ("of-the-page", "Path=/sign-in"),
        ("of-both", "Path=/passport"),
    ] {
        let neighbour = neighbour(&format!("csrf_token=abc123; {attributes}")).await;
        walk_at(&service.url(), &format!("planted-{name}"), Look::PLAIN, async |page| {
            page.browser.goto(&neighbour).await.unwrap();
            page.go("/sign-in").await;
            sign_in(page, &number).await;
            page.arrives_at("/account").await;
            page.finds("#account").await;
            page.browser.goto(&neighbour).await.unwrap();
            page.go("/account").await;
            page.press("#sign-out").await;
            page.arrives_at("/sign-in").await;
            sign_in(page, &number).await;
            page.arrives_at("/account").await;
            // The neighbour has no icon, which the console reports.
            page.complaints().await;
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs chromedriver"]
async fn o3_a_page_at_another_origin_says_what_to_set() {
    let service = Service::start(&[("http.public_url", "http://passport.test:8080")]).await;
    let url = service.url();
    let said = BTreeMap::from([
        (
            ENGLISH.tag,
            format!(
                "This page was opened at {url}, but the service expects http://passport.test:8080. \
                 Open it there, or set http.public_url to {url}."
            ),
        ),
        (
            "zh-Hans",
            format!(
                "此页面的地址为 {url}，而服务的地址为 http://passport.test:8080。请改用该地址打开，或将 \
                 http.public_url 设为 {url}。"
            ),
        ),
    ]);
    walk_at(&url, "origin", Look::PLAIN, async |page| {
        page.go("/sign-in").await;
        sign_in(page, &phone()).await;
        page.reads("#form-error", &said[ENGLISH.tag]).await;
        page.press("#language").await;
        page.reads("#form-error", &said["zh-Hans"]).await;
        page.keep("refused").await;
    })
    .await;
}
