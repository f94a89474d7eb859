use super::{service, with_password, without_password};
use crate::support::{Api, PASSWORD, sign_in};

const PATH: &str = "/account/history";

/// Number of events on a page.
fn rows(page: &crate::support::Shown) -> usize {
    let rows = page.tags().iter().filter(|tag| tag.name == "tr");
    rows.count().saturating_sub(1)
}

#[tokio::test]
async fn the_history_is_told_in_words() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let page = person.open("/account/name").await;
    person.send(&page, &[("nick_name", "Ada")]).await.is("account", 200);
    let page = person.open("/account/password").await;
    let fields = [("current", "wrong password"), ("password", "another good password")];
    person.send(&page, &fields).await.is("account-password", 422);
    let page = person.open(PATH).await.is("account-history", 200);
    for expected in ["Name changed", "Signed in", "Account created", "Password not changed", "You"]
    {
        assert!(page.html.contains(expected), "{expected}: {}", page.html);
    }
    assert!(page.html.contains("on this device"));
    assert!(!page.html.contains(&account.phone));
    let place = |text: &str| page.html.find(text).unwrap();
    assert!(place("Name changed") < place("Account created"), "the latest comes first");
}

#[tokio::test]
async fn older_events_are_on_further_pages() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, account) = with_password(&service).await;
    for _ in 0..55 {
        assert_eq!(sign_in(&api, &account.phone, PASSWORD).await.status, 201);
    }
    let first = person.open(PATH).await.is("account-history", 200);
    assert_eq!(rows(&first), 50);
    let older = first.links().into_iter().find(|it| it.contains("?after=")).unwrap().to_owned();
    let second = person.open(&older).await.is("account-history", 200);
    assert!((5..50).contains(&rows(&second)), "{}", rows(&second));
    assert!(second.html.contains("Account created"));
    assert!(second.links().contains(&PATH), "it leads to the latest");
    assert!(!second.links().iter().any(|it| it.contains("?after=")));
    for id in ["x", "", "%00"] {
        person.open(&format!("{PATH}?after={id}")).await.is("missing", 404);
    }
}

#[tokio::test]
async fn the_history_of_others_is_not_shown() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, account) = with_password(&service).await;
    for _ in 0..55 {
        sign_in(&api, &account.phone, PASSWORD).await;
    }
    let first = person.open(PATH).await;
    let older = first.links().into_iter().find(|it| it.contains("?after=")).unwrap().to_owned();
    let (other, _) = without_password(&service).await;
    let page = other.open(&older).await.is("account-history", 200);
    assert_eq!(rows(&page), 0);
}

#[tokio::test]
async fn reading_is_limited() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    for _ in 0..60 {
        person.open(PATH).await.is("account-history", 200);
    }
    let page = person.open(PATH).await.is("trouble", 429);
    assert!(page.html.contains("Too many requests. Try again in"), "{}", page.html);
    assert!(!page.header("retry-after").is_empty());
    assert!(page.links().contains(&PATH));
}
