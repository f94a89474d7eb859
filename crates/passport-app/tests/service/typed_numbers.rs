//! Numbers as people type them into the pages.

use reqwest::Method;
use url::form_urlencoded;

use crate::support::{Person, Service};

/// Answer that every challenge accepts.
const RIGHT: &str = "abcd2";

/// The value of the hidden field `name`.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) =
        page.split_once(&format!("name=\"{name}\" value=\"")).expect("there is the field");
    rest.split_once('"').unwrap().0.to_owned()
}

/// Sends the first form of the sign-in; returns the number that got a message.
async fn sent_to(person: &Person, mobile: &str, country: &str) -> Option<String> {
    let page = person.get("/sign-in").await.text();
    let fields = [
        ("csrf_token", hidden(&page, "csrf_token")),
        ("attempt", hidden(&page, "attempt")),
        ("challenge", hidden(&page, "challenge")),
        ("picture", RIGHT.to_owned()),
        ("mobile", mobile.to_owned()),
        ("country", country.to_owned()),
    ];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = person.request(Method::POST, "/sign-in").body(body);
    let before = person.inbox().await.as_array().unwrap().len();
    person.send(request.header("Content-Type", "application/x-www-form-urlencoded")).await;
    let inbox = person.inbox().await;
    let is_sent = inbox.as_array().unwrap().len() > before;
    is_sent.then(|| inbox[0]["to"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn p3_a_number_may_be_typed_as_address_books_have_it() {
    let service = Service::start(&[]).await;
    for (typed, number) in [
        ("8613800138001", "+8613800138001"),
        ("+86 138 0013 8002", "+8613800138002"),
        ("１３８００１３８００３", "+8613800138003"),
        (" 138-0013-8004 ", "+8613800138004"),
    ] {
        let person = Person::new(&service);
        assert_eq!(sent_to(&person, typed, "").await.as_deref(), Some(number), "{typed}");
    }
    let person = Person::new(&service);
    assert_eq!(sent_to(&person, "12800138000", "").await, None);
}

#[tokio::test]
async fn p4_the_form_follows_the_countries_of_the_settings() {
    let service = Service::start(&[("phone.countries", "HK")]).await;
    let person = Person::new(&service);
    let page = person.get("/sign-in").await.text();
    assert!(page.contains("5123 4567") && page.contains("852"), "{page}");
    assert!(!page.contains("<select"), "one country leaves no choice: {page}");
    assert_eq!(sent_to(&person, "5123 4567", "").await.as_deref(), Some("+85251234567"));

    let service = Service::start(&[("phone.countries", "US,GB")]).await;
    for (language, name) in [("en", "United Kingdom"), ("zh-CN", "英国"), ("zh-HK", "英國")] {
        let person = Person::new(&service);
        let request = person.request(Method::GET, "/sign-in").header("Accept-Language", language);
        let page = person.send(request).await.text();
        assert!(page.contains(&format!("{name} +44</option>")), "{language}: {page}");
        assert!(page.contains("(201) 555-0123"), "the first is the default: {page}");
    }
    for (typed, country, number) in [
        ("(201) 555-0123", "", "+12015550123"),
        ("07400 123456", "GB", "+447400123456"),
        ("+44 7400 123457", "US", "+447400123457"),
    ] {
        let person = Person::new(&service);
        assert_eq!(sent_to(&person, typed, country).await.as_deref(), Some(number), "{typed}");
    }
}
