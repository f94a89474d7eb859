use super::{code_page, flow_of, service, type_code, wrong_code};
use crate::support::{Account, Api, PASSWORD, Plain, phone};

const NEW: &str = "another good password";

#[tokio::test]
async fn rec_1_a_forgotten_password_is_replaced_without_a_script() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    let person = Plain::new(&service);
    person.open("/forgot").await.is("forgot", 200);
    let code = code_page(&person, "/forgot", &account.phone).await.is("forgot-code", 200);
    let wrong = wrong_code(&person, &account.phone).await;
    let page = person.send(&code, &[("code", wrong)]).await.is("forgot-code", 422);
    let page = type_code(&person, &page, &account.phone).await.is("forgot-password", 200);
    assert_eq!(page.address, format!("/forgot/password?f={}", flow_of(&code)));
    assert!(api.is_signed_in(&account.token).await, "nothing is done yet");
    let page = person.send(&page, &[("password", "short")]).await.is("forgot-password", 422);
    let page = page.says("password-error", "The password needs at least 8 characters.");
    let page = person.send(&page, &[("password", NEW)]).await.is("sign-in-password", 200);
    let note =
        "Your password is changed, and all devices are signed out. Sign in with the new password.";
    assert_eq!(page.note().unwrap(), note);
    assert_eq!(page.value("mobile").as_ref(), Some(&account.phone));
    assert!(!api.is_signed_in(&account.token).await);
    assert!(person.who_am_i().await.is_none(), "a reset does not sign in");
    let page = person.send(&page, &[("password", PASSWORD)]).await.is("sign-in-password", 401);
    assert_eq!(person.send(&page, &[("password", NEW)]).await.redirects, ["/account"]);
}

/// Only the proof tells whether the number has an account.
#[tokio::test]
async fn enu_4_a_number_without_an_account_is_told_after_the_proof() {
    let service = service(&[]).await;
    let (person, phone) = (Plain::new(&service), phone());
    let code = code_page(&person, "/forgot", &phone).await;
    let page = type_code(&person, &code, &phone).await.is("forgot-password", 200);
    let page = person.send(&page, &[("password", NEW)]).await.is("outcome", 410);
    assert_eq!(page.heading(), "No account");
    let next = format!("/sign-up?f={}", flow_of(&code));
    assert!(page.links().contains(&&*next), "{:?}", page.links());
    let page = person.open(&next).await.is("sign-up", 200);
    assert_eq!(page.value("mobile").as_ref(), Some(&phone));
    person.open(&code.address).await.is("outcome", 410);
}

#[tokio::test]
async fn the_password_needs_the_code_first() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    let person = Plain::new(&service);
    let code = code_page(&person, "/forgot", &account.phone).await;
    let address = format!("/forgot/password?f={}", flow_of(&code));
    assert_eq!(person.open(&address).await.redirects, std::slice::from_ref(&code.address));
    // A form that is sent without the page is not acted on either.
    let mut form = code.fill(&[("password", NEW)]);
    form.action = address;
    person.submit(&form).await.is("forgot-code", 200);
    let page = person.open("/sign-in/password").await;
    let typed = [("mobile", &*account.phone), ("password", PASSWORD)];
    assert_eq!(person.send(&page, &typed).await.redirects, ["/account"]);
}
