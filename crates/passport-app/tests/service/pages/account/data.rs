use super::{confirm, grow_stale, service, strict, with_password};

const PATH: &str = "/account/data";

#[tokio::test]
async fn the_own_data_is_a_file() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let page = person.open(PATH).await.is("account-data", 200);
    let form = page.fill_nth(0, &[]);
    assert!(page.tags().iter().any(|tag| tag.attribute("data-plain").is_some()));
    let reply = person.answer(person.post(&form)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    let disposition = reply.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"account-20"), "{disposition}");
    let data = reply.json();
    assert_eq!(data["user"]["mobile"], format!("+86{}", account.phone));
    assert!(!data["sessions"].as_array().unwrap().is_empty());
    assert!(!data["events"].as_array().unwrap().is_empty());
    for secret in ["password_hash", &account.token] {
        assert!(!reply.text().contains(secret), "{secret}");
    }
    // The same form again: a file is made anew, not kept.
    let again = person.answer(person.post(&form)).await;
    assert_eq!(again.status, 200);
    assert_ne!(again.json()["events"], data["events"], "the first download is an event");
}

#[tokio::test]
async fn the_own_data_needs_a_fresh_session() {
    let service = strict().await;
    let (person, _) = with_password(&service).await;
    grow_stale().await;
    let page = person.open(PATH).await.is("account-data", 200);
    let page = person.submit(&page.fill_nth(0, &[])).await.is("account-confirm", 200);
    let page = confirm(&person, &page).await.is("account-data", 200);
    let reply = person.answer(person.post(&page.fill_nth(0, &[]))).await;
    assert_eq!(reply.header("content-type"), "application/json");
}

#[tokio::test]
async fn downloads_are_limited() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    for _ in 0..3 {
        let page = person.open(PATH).await;
        let reply = person.answer(person.post(&page.fill_nth(0, &[]))).await;
        assert_eq!(reply.status, 200);
    }
    let page = person.open(PATH).await;
    let page = person.submit(&page.fill_nth(0, &[])).await.is("account-data", 429);
    assert!(page.errors()[0].1.starts_with("Too many requests. Try again in"));
}
