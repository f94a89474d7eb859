use super::{confirm, grow_stale, service, strict, with_password};
use crate::support::{PASSWORD, Plain};

const PATH: &str = "/account/delete";

#[tokio::test]
async fn an_account_is_deleted_unless_its_owner_returns() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let page = person.open(PATH).await.is("account-delete", 200);
    let masked = format!("{}****{}", &account.phone[..3], &account.phone[7..]);
    assert!(page.html.contains(&masked), "the page says whose account it is");
    assert!(page.html.contains("Until <time"), "{}", page.html);
    let page = person.send(&page, &[]).await.is("sign-in", 200);
    let note = page.note().unwrap();
    assert!(note.starts_with("Your account will be deleted after "), "{note}");
    assert_eq!(person.cookie("passport_session"), None);
    person.open("/account").await.is("sign-in", 200);

    let back = Plain::new(&service);
    let page = back.open("/sign-in/password").await;
    let fields = [("mobile", &*account.phone), ("password", PASSWORD)];
    let page = back.send(&page, &fields).await.is("restore", 200);
    back.send(&page, &[]).await.is("account", 200);
}

#[tokio::test]
async fn a_deletion_needs_a_fresh_session() {
    let service = strict().await;
    let (person, _) = with_password(&service).await;
    grow_stale().await;
    let page = person.open(PATH).await.is("account-delete", 200);
    let page = person.send(&page, &[]).await.is("account-confirm", 200);
    assert!(person.who_am_i().await.is_some());
    let page = confirm(&person, &page).await.is("account-delete", 200);
    person.send(&page, &[]).await.is("sign-in", 200);
    assert!(person.who_am_i().await.is_none());
}

#[tokio::test]
async fn without_a_grace_period_the_page_says_that_there_is_no_way_back() {
    let service = service(&[("account.deletion_grace", "0s")]).await;
    let (person, _) = with_password(&service).await;
    let page = person.open(PATH).await.is("account-delete", 200);
    assert!(page.html.contains("You cannot change your mind."));
    let page = person.send(&page, &[]).await.is("sign-in", 200);
    assert_eq!(page.note().as_deref(), Some("Your account is being deleted."));
}
