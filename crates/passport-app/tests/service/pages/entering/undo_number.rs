use super::{code_page, flow_of, service, type_code};
use crate::support::{Account, Api, Plain, phone};

#[tokio::test]
async fn num_3_a_change_of_number_is_undone_and_a_password_is_chosen() {
    let service = service(&[]).await;
    let api = Api::new(&service);
    let account = Account::with_password(&api).await;
    api.done(account.number_change(&api, &phone()).await).await;
    let person = Plain::new(&service);
    person.open("/undo-number").await.is("undo-number", 200);
    let code = code_page(&person, "/undo-number", &account.phone).await;
    let page = type_code(&person, &code, &account.phone).await.is("forgot", 200);
    assert_eq!(page.redirects, [format!("/forgot?f={}", flow_of(&code))]);
    assert!(page.note().unwrap().starts_with("The number is yours again."), "{:?}", page.note());
    assert_eq!(page.value("mobile").as_ref(), Some(&account.phone));
    assert!(!api.is_signed_in(&account.token).await);
    // The way back does not undo again.
    person.open(&code.address).await.is("undo-number", 200);
    let page = code_page(&person, &page.address, &account.phone).await;
    let page = type_code(&person, &page, &account.phone).await.is("forgot-password", 200);
    let new = [("password", "another good password")];
    person.send(&page, &new).await.is("sign-in-password", 200);
}

#[tokio::test]
async fn num_3_nothing_to_undo_is_told_after_the_proof() {
    let service = service(&[]).await;
    let account = Account::with_password(&Api::new(&service)).await;
    for number in [account.phone, phone()] {
        let person = Plain::new(&service);
        let code = code_page(&person, "/undo-number", &number).await;
        let page = type_code(&person, &code, &number).await.is("outcome", 410);
        assert_eq!(page.heading(), "Nothing to undo");
        let back = format!("/undo-number?f={}", flow_of(&code));
        assert!(page.links().contains(&&*back), "{:?}", page.links());
    }
}
