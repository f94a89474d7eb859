//! Forms whose answer was lost, and that are sent again.

use super::{browser, name_of, send_number, service, with_password};
use crate::support::{Api, Filled, PASSWORD, Plain, phone, sign_in};

/// Sends a form, loses the answer with its cookies, and sends it again; the page after it.
async fn twice(person: &Plain, form: &Filled) -> crate::support::Shown {
    let (session, csrf) = (person.cookie("passport_session"), person.cookie("csrf_token"));
    let lost = person.answer(person.post(form)).await;
    for (name, value) in [("passport_session", session), ("csrf_token", csrf)] {
        match value {
            Some(value) => person.set_cookie(name, &value),
            None => person.drop_cookie(name),
        }
    }
    let again = person.answer(person.post(form)).await;
    assert_eq!(again.status, lost.status, "{}", again.text());
    assert_eq!(again.header("location"), lost.header("location"));
    assert_eq!(again.cookie("passport_session"), lost.cookie("passport_session"));
    person.follow(&form.action, again).await
}

#[tokio::test]
async fn a_lost_answer_is_given_again() {
    let service = service(&[]).await;
    let api = Api::new(&service);

    let (person, account) = with_password(&service).await;
    let form = person.open("/account/name").await.fill(&[("nick_name", "Ada")]);
    twice(&person, &form).await.is("account", 200);
    assert_eq!(name_of(&person).await, "Ada");

    let new = "another good password";
    let fields = [("current", PASSWORD), ("password", new)];
    let form = person.open("/account/password").await.fill(&fields);
    twice(&person, &form).await.is("account", 200);
    assert!(person.who_am_i().await.is_some(), "the browser got the new token");
    assert_eq!(sign_in(&api, &account.phone, new).await.status, 201);

    let number = phone();
    let page = send_number(&person, &number).await.is("account-number-code", 200);
    let form = page.fill(&[("code", &person.code(&number).await)]);
    let page = twice(&person, &form).await.is("account", 200);
    assert!(page.note().unwrap().starts_with("Your number was changed."));
    assert!(person.who_am_i().await.is_some());

    let form = person.open("/account").await.fill(&[]);
    let page = twice(&person, &form).await.is("sign-in", 200);
    assert_eq!(page.note().as_deref(), Some("You are signed out."));

    let (person, _) = with_password(&service).await;
    let form = person.open("/account/delete").await.fill(&[]);
    let page = twice(&person, &form).await.is("sign-in", 200);
    assert!(page.note().unwrap().starts_with("Your account will be deleted after"));
}

#[tokio::test]
async fn a_confirmation_whose_answer_was_lost_is_not_lost() {
    let service = super::strict().await;
    let (person, account) = with_password(&service).await;
    super::grow_stale().await;
    let page = person.open("/account/confirm?then=/account/delete").await;
    let form = page.fill(&[("password", PASSWORD)]);
    twice(&person, &form).await.is("account-delete", 200);
    assert!(person.who_am_i().await.is_some());
    assert!(browser(&service, &account).who_am_i().await.is_none());
}
