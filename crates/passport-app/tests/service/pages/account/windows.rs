//! Two windows of a browser, of which one does not know what the other has done.

use super::{name_of, service, with_password};
use crate::support::PASSWORD;

/// Path of a page, place of the form on it, and what is filled in.
type FilledForm = (&'static str, usize, &'static [(&'static str, &'static str)]);

/// A form of each page.
const FORMS: [FilledForm; 7] = [
    ("/account/name", 0, &[("nick_name", "Mallory")]),
    ("/account/password", 0, &[("current", PASSWORD), ("password", "another good password")]),
    ("/account/password", 1, &[]),
    ("/account/number", 0, &[("mobile", "13912345678"), ("picture", crate::support::TEST_ANSWER)]),
    ("/account/data", 0, &[]),
    ("/account/delete", 0, &[]),
    ("/sign-out", 0, &[]),
];

#[tokio::test]
async fn after_a_sign_out_in_one_window_the_other_does_nothing_and_says_so() {
    let service = service(&[]).await;
    for (path, nth, fields) in FORMS.into_iter().filter(|(path, ..)| *path != "/sign-out") {
        let (person, account) = with_password(&service).await;
        let page = person.open(path).await;
        assert_eq!(page.status, 200, "{path}");
        let form = page.fill_nth(nth, fields);
        let sign_out = person.open("/account").await;
        person.send(&sign_out, &[]).await.is("sign-in", 200);
        let page = person.submit(&form).await.is("sign-in", 200);
        let note = "You are no longer signed in, so nothing was changed. Sign in again.";
        assert_eq!(page.note().as_deref(), Some(note), "{path}");
        let api = crate::support::Api::new(&service);
        let again = crate::support::sign_in(&api, &account.phone, PASSWORD).await;
        assert_eq!(again.status, 201, "{path}");
        assert_ne!(again.json()["user"]["nick_name"], "Mallory");
    }
}

#[tokio::test]
async fn a_form_of_the_former_session_does_nothing_in_that_of_another_person() {
    let service = service(&[]).await;
    for (path, nth, fields) in FORMS {
        let (person, _) = with_password(&service).await;
        let form = person.open(path).await.fill_nth(nth, fields);
        let (_, other) = with_password(&service).await;
        let sign_out = person.open("/account").await;
        person.send(&sign_out, &[]).await;
        person.set_cookie("passport_session", &other.token);
        person.drop_cookie("csrf_token");
        let page = person.open("/account").await.is("account", 200);
        let before = page.heading();
        let page = person.submit(&form).await;
        assert_eq!(page.status, 403, "{path}");
        page.says("", "This page was out of date. Try again.");
        assert_eq!(name_of(&person).await, before);
        let user = person.who_am_i().await.expect("the session is as it was");
        assert_eq!((&user["has_password"], &user["leaving"]), (&true.into(), &().into()), "{path}");
    }
}

#[tokio::test]
async fn a_window_whose_session_got_a_new_token_goes_on() {
    let service = service(&[]).await;
    let (person, _) = with_password(&service).await;
    let other_window = person.open("/account/name").await;
    let page = person.open("/account/password").await;
    let fields = [("current", PASSWORD), ("password", "another good password")];
    person.send(&page, &fields).await.is("account", 200);
    let page = person.send(&other_window, &[("nick_name", "Ada")]).await.is("account-name", 403);
    let page = page.says("", "This page was out of date. Try again.");
    assert_eq!(page.value("nick_name").as_deref(), Some("Ada"), "what was typed is kept");
    person.send(&page, &[]).await.is("account", 200);
    assert_eq!(name_of(&person).await, "Ada");
}
