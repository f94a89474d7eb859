//! Whether a number has an account cannot be told from any page before a code proved the number.

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;

use super::{code_page, service};
use crate::support::{Account, Api, Plain, Service, Shown, TEST_ANSWER, phone, postgres, redis};

/// What a person sees of a page, without what differs each time.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    address: String,
    status: u16,
    headers: BTreeSet<String>,
    html: String,
    cookies: usize,
}

impl Seen {
    fn of(person: &Plain, page: &Shown, number: &str) -> Self {
        let flow = page.address.split_once("?f=").map_or("no flow", |it| it.1).to_owned();
        let masked = format!("{}****{}", &number[..3], &number[7..]);
        let own = ["csrf_token", "attempt", "challenge"].map(|name| page.value(name));
        let own = own.into_iter().flatten().filter(|it| !it.is_empty());
        let own = own.chain([number.to_owned(), masked, flow]);
        let html = own.fold(page.html.clone(), |html, it| html.replace(&it, "…"));
        let html = without_numbers(&html);
        let headers = page.headers.keys().map(ToString::to_string).collect();
        let address = page.address.split('?').next().unwrap().to_owned();
        let cookies = person.cookies().split("; ").count();
        Self { address, status: page.status, headers, html, cookies }
    }
}

/// The page without its numbers, such as the minutes for which a code is valid.
fn without_numbers(html: &str) -> String {
    let mut text = String::new();
    for it in html.chars() {
        match it {
            '0'..='9' if text.ends_with('0') => {}
            '0'..='9' => text.push('0'),
            other => text.push(other),
        }
    }
    text
}

/// Waits until the countdown to the next code has ended, which pages show by seconds.
async fn countdown() {
    tokio::time::sleep(Duration::from_millis(2_100)).await;
}

async fn sequence(service: &Service, path: &str, number: &str) -> Vec<Seen> {
    let person = Plain::new(service);
    let page = code_page(&person, path, number).await;
    countdown().await;
    let page = person.open(&page.address).await;
    let mut seen = vec![Seen::of(&person, &page, number)];
    let wrong = super::wrong_code(&person, number).await;
    let page = person.send(&page, &[("code", wrong)]).await;
    assert_eq!(page.status, 422);
    seen.push(Seen::of(&person, &page, number));
    let page = person.open(&page.address.replace("/code", "")).await;
    seen.push(Seen::of(&person, &page, number));
    let again = [("mobile", number), ("picture", TEST_ANSWER)];
    let page = person.send(&page, &again).await;
    countdown().await;
    let page = person.open(&page.address).await;
    seen.push(Seen::of(&person, &page, number));
    seen
}

async fn all_pages_are_alike(settings: &[(&str, &str)]) {
    let service = service(settings).await;
    let api = Api::new(&service);
    let with = Account::with_password(&api).await.phone;
    let without = Account::without_password(&api).await.phone;
    let former = Account::with_password(&api).await;
    api.done(former.number_change(&api, &phone()).await).await;
    for path in ["/sign-in", "/sign-up", "/forgot", "/undo-number"] {
        let unknown = phone();
        let numbers = [&unknown, &with, &without, &former.phone];
        let seen = join_all(numbers.map(|number| sequence(&service, path, number))).await;
        for (at, known) in seen.iter().enumerate() {
            for (step, (known, unknown)) in known.iter().zip(&seen[0]).enumerate() {
                assert_eq!(known, unknown, "{path}, number {at}, step {step}");
            }
        }
    }
    let mut answers = Vec::new();
    for number in [&with, &without, &former.phone, &phone()] {
        let person = Plain::new(&service);
        let page = person.open("/sign-in/password").await;
        let page = person.send(&page, &[("mobile", number), ("password", "a wrong one")]).await;
        answers.push(Seen::of(&person, &page.is("sign-in-password", 401), number));
    }
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:#?}");
}

#[tokio::test]
async fn enu_1_to_4_pages_are_the_same_for_known_and_unknown_numbers() {
    all_pages_are_alike(&[]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn enu_1_to_4_pages_are_the_same_with_redis_and_postgresql() {
    let (redis, postgres) = (redis(), postgres().await);
    all_pages_are_alike(&[("store.url", &redis), ("database.url", &postgres)]).await;
}
