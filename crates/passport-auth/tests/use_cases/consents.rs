//! Consent to the terms, which is recorded with a new account.

use passport_auth::{
    Clock, CodeCredentials, CodePurpose, CodeRefusal, CodeSignInError, CodeSignUpError,
    ConsentRequired, NewUser, Terms,
};
use passport_user::{Consent, TermsVersion};

use crate::{
    life::{code_credentials, mistyped, new_user},
    world::{OTHER_PHONE, PASSWORD, PHONE, World},
};

fn version(text: &str) -> TermsVersion {
    text.parse().expect("the text names a version")
}

/// A world whose terms have version 2.
fn world(is_required: bool) -> World {
    let mut world = World::roomy();
    world.change(|setup| setup.terms = Terms { current: Some(version("2")), is_required });
    world
}

#[tokio::test]
async fn p9_a_consent_is_recorded_with_its_version_and_time() {
    for is_required in [true, false] {
        let world = world(is_required);
        let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
        let new = NewUser { terms: Some(version("2")), ..new_user(PHONE, &code) };
        let signed_up = world.accounts.code_sign_up.sign_up(new).await.unwrap();
        let consent = Some(Consent::new(version("2"), world.clock.now()));
        assert_eq!(signed_up.user.consent, consent);
        assert_eq!(world.account(PHONE).await.unwrap().consent, consent);

        let code = world.typed_code(OTHER_PHONE, CodePurpose::SignIn).await;
        let credentials =
            CodeCredentials { terms: Some(version("2")), ..code_credentials(OTHER_PHONE, &code) };
        let entered = world.accounts.code_sign_in.sign_in(credentials).await.unwrap();
        assert!(entered.is_new);
        assert_eq!(world.account(OTHER_PHONE).await.unwrap().consent, consent);
    }
}

#[tokio::test]
async fn p9_without_a_requirement_an_account_may_have_no_consent() {
    let world = world(false);
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await.unwrap();
    assert_eq!(world.account(PHONE).await.unwrap().consent, None);
}

#[tokio::test]
async fn p9_a_sign_up_without_the_current_consent_is_refused_before_its_code() {
    for (is_required, given) in [(true, None), (true, Some("1")), (false, Some("1"))] {
        let world = world(is_required);
        let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
        // More often than a code has tries.
        for _ in 0..6 {
            let new = NewUser { terms: given.map(version), ..new_user(PHONE, &mistyped(&code)) };
            let refused = world.accounts.code_sign_up.sign_up(new).await;
            let Err(CodeSignUpError::Consent(ConsentRequired { current })) = refused else {
                panic!("{refused:?}");
            };
            assert_eq!(current, version("2"));
        }
        assert_eq!(world.account(PHONE).await, None);
        let new = NewUser { terms: Some(version("2")), ..new_user(PHONE, &code) };
        world.accounts.code_sign_up.sign_up(new).await.unwrap();
    }
}

/// Whether the number has an account is told after the proof only, and the consent needs no second
/// message.
#[tokio::test]
async fn p9_a_sign_in_that_needs_a_consent_keeps_its_code() {
    let world = world(true);
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let sign_in = async |code, terms: Option<&str>| {
        let terms = terms.map(version);
        let credentials = CodeCredentials { terms, ..code_credentials(PHONE, code) };
        world.accounts.code_sign_in.sign_in(credentials).await
    };
    let other = mistyped(&code);
    let wrong = sign_in(&other, None).await;
    assert!(
        matches!(wrong, Err(CodeSignInError::Code(CodeRefusal::Mismatch { .. }))),
        "not told without the proof: {wrong:?}"
    );
    for given in [None, Some("1"), None] {
        let refused = sign_in(&code, given).await;
        let Err(CodeSignInError::Consent(required)) = refused else { panic!("{refused:?}") };
        assert_eq!(required.current, version("2"));
        assert_eq!(world.account(PHONE).await, None);
    }
    let entered = sign_in(&code, Some("2")).await.unwrap();
    assert!(entered.is_new);
    let again = sign_in(&code, Some("2")).await;
    assert!(
        matches!(again, Err(CodeSignInError::Code(CodeRefusal::Missing))),
        "the code is spent: {again:?}"
    );
}

#[tokio::test]
async fn p9_existing_accounts_sign_in_without_a_consent() {
    let world = world(true);
    world.user(PHONE).await;
    world.sign_in(PHONE, PASSWORD).await.unwrap();
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let credentials =
        CodeCredentials { terms: Some(version("2")), ..code_credentials(PHONE, &code) };
    let entered = world.accounts.code_sign_in.sign_in(credentials).await.unwrap();
    assert!(!entered.is_new);
    assert_eq!(
        world.account(PHONE).await.unwrap().consent,
        None,
        "the original's API records none"
    );
}
