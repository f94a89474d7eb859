use super::{grow_stale, send_number, service, strict, with_password, without_password};
use crate::support::{Account, Api, PASSWORD, TEST_ANSWER, phone, sign_in};

#[tokio::test]
async fn a_number_is_changed_and_the_former_one_can_undo_it() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let (person, account) = with_password(&service).await;
    let other = sign_in(&api, &account.phone, PASSWORD).await.json()["token"].clone();
    let new = phone();
    let page = send_number(&person, &new).await.is("account-number-code", 200);
    assert!(page.address.starts_with("/account/number/code?f="), "{}", page.address);
    assert!(!page.html.contains(&new), "the number is masked");
    assert!(page.links().iter().any(|it| it.starts_with("/account/number?f=")));
    person.open(&page.address).await.is("account-number-code", 200);
    let code = person.code(&new).await;
    let done = person.send(&page, &[("code", &code)]).await.is("account", 200);
    let note = done.note().unwrap();
    assert!(note.starts_with("Your number was changed. We have told your former number"), "{note}");
    assert!(note.ends_with("UTC."), "{note}");
    let masked = format!("{}****{}", &new[..3], &new[7..]);
    assert!(done.html.contains(&masked));
    assert!(!api.is_signed_in(other.as_str().unwrap()).await);
    assert_eq!(sign_in(&api, &new, PASSWORD).await.status, 201);
    assert_eq!(sign_in(&api, &account.phone, PASSWORD).await.status, 401);
    assert!(person.cookies().split("; ").all(|it| !it.starts_with("passport_flow")));
    let again = person.open(&page.address).await;
    assert_eq!(again.address, "/account/number", "the flow has ended");
}

#[tokio::test]
async fn p6_a_number_can_be_corrected() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let (wrong, right) = (phone(), phone());
    let page = send_number(&person, &wrong).await.is("account-number-code", 200);
    let back = page.links().into_iter().find(|it| it.starts_with("/account/number?f=")).unwrap();
    let page = person.open(back).await.is("account-number", 200);
    assert_eq!(page.value("mobile"), Some(wrong), "it is kept");
    let page = person.send(&page, &[("mobile", &right), ("picture", TEST_ANSWER)]).await;
    let page = page.is("account-number-code", 200);
    let code = person.code(&right).await;
    person.send(&page, &[("code", &code)]).await.is("account", 200);
}

#[tokio::test]
async fn each_refusal_of_a_number_or_its_code_stands_at_its_field() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let page = person.open("/account/number").await.is("account-number", 200);
    let first = page.value("challenge");
    let page = person.send(&page, &[("picture", TEST_ANSWER)]).await.is("account-number", 422);
    let page = page.says("mobile-error", "Enter your mobile number.");
    assert_eq!(page.value("challenge"), first, "the picture is not spent");
    let page = person.send(&page, &[("mobile", &account.phone)]).await.is("account-number", 422);
    let page = page.says("mobile-error", "This is your present number.");
    let page = person.send(&page, &[("mobile", &phone()), ("picture", "ABCDE")]).await;
    let said = "The characters did not match. Here is a new picture.";
    let page = page.is("account-number", 422).says("picture-error", said);
    let fields = [("mobile", "1380013"), ("act", "renew")];
    let page = person.send(&page, &fields).await.is("account-number", 200);
    assert_eq!(page.value("mobile").as_deref(), Some("1380013"));
    assert!(page.errors().is_empty());

    let new = phone();
    let page = send_number(&person, &new).await.is("account-number-code", 200);
    let page = person.send(&page, &[]).await.is("account-number-code", 422);
    let page = page.says("code-error", "Enter the code from the text message.");
    let wrong = if person.code(&new).await == "000000" { "000001" } else { "000000" };
    let page = person.send(&page, &[("code", wrong)]).await.is("account-number-code", 422);
    let said = page.errors().remove(0);
    assert_eq!(said.0, "code-error");
    assert!(said.1.starts_with("This is not the code that we sent."), "{said:?}");
}

#[tokio::test]
async fn a_number_of_another_account_is_told_after_its_code_only() {
    let service = service(&[]).await;
    let (person, account) = with_password(&service).await;
    let taken = Account::with_password(&Api::new(&service)).await.phone;
    let page = send_number(&person, &taken).await.is("account-number-code", 200);
    let code = person.code(&taken).await;
    let page = person.send(&page, &[("code", &code)]).await.is("account-number-code", 409);
    assert!(page.errors()[0].1.starts_with("This number already has an account."));
    let masked = format!("{}****{}", &account.phone[..3], &account.phone[7..]);
    assert_eq!(person.who_am_i().await.unwrap()["mobile"], masked);
}

#[tokio::test]
async fn what_was_typed_before_a_confirmation_is_not_lost() {
    let service = strict().await;
    let (person, _) = with_password(&service).await;
    let new = phone();
    let page = person.open("/account/number").await.is("account-number", 200);
    grow_stale().await;
    let fields = [("mobile", &*new), ("picture", TEST_ANSWER)];
    let page = person.send(&page, &fields).await.is("account-confirm", 200);
    assert!(page.address.starts_with("/account/confirm?then=/account/number?f="));
    assert!(!page.address.contains(&new) && !page.html.contains(&new));
    let page = super::confirm(&person, &page).await.is("account-number", 200);
    assert_eq!(page.value("mobile").as_ref(), Some(&new));
    let page = person.send(&page, &[("picture", TEST_ANSWER)]).await;
    let page = page.is("account-number-code", 200);
    // The code can wait for a confirmation too.
    grow_stale().await;
    let code = person.code(&new).await;
    let page = person.send(&page, &[("code", &code)]).await.is("account-confirm", 200);
    let page = super::confirm(&person, &page).await.is("account-number-code", 200);
    person.send(&page, &[("code", &code)]).await.is("account", 200);
}

#[tokio::test]
async fn before_a_number_is_typed_the_session_is_fresh() {
    let service = strict().await;
    let (person, account) = without_password(&service).await;
    grow_stale().await;
    let page = person.open("/account/number").await.is("account-confirm", 200);
    assert_eq!(page.address, "/account/confirm?then=/account/number");
    let masked = format!("{}****{}", &account.phone[..3], &account.phone[7..]);
    assert!(page.html.contains(&masked));
}

#[tokio::test]
async fn a_flow_of_another_account_leads_nowhere() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let new = phone();
    let page = send_number(&person, &new).await.is("account-number-code", 200);
    let (_, other) = with_password(&service).await;
    person.set_cookie("passport_session", &other.token);
    person.drop_cookie("csrf_token");
    let page = person.open(&page.address).await;
    let code = person.code(&new).await;
    let page = person.send(&page, &[("code", &code)]).await.is("account-number-code", 410);
    page.says("code-error", "This code no longer works. Ask for a new one.");
}
