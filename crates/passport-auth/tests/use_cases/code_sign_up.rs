//! Sign-up by a code, with or without a password.

use passport_auth::{CodePurpose, CodeRefusal, CodeSignUpError, Denied, NewUser};
use passport_session::Method;
use passport_user::{EventKind, PasswordRefusal};

use crate::{
    life::{mistyped, new_user},
    world::{PASSWORD, PHONE, World, password},
};

fn busy<T>(outcome: &Result<T, CodeSignUpError>) -> bool {
    matches!(outcome, Err(CodeSignUpError::Denied(Denied::Busy { .. })))
}

#[tokio::test]
async fn a_sign_up_signs_in_and_the_password_works() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    let nick_name = Some("Wang".parse().unwrap());
    let new = NewUser { nick_name, ..new_user(PHONE, &code) };
    let signed_in = world.accounts.code_sign_up.sign_up(new).await.unwrap();
    assert!(world.is_signed_in(&signed_in).await);
    assert_eq!(signed_in.user.nick_name.as_str(), "Wang");
    let methods = signed_in.session.methods;
    assert!(methods.contains(Method::Code) && methods.contains(Method::Password));
    world.sign_in(PHONE, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_sign_up_without_a_password_needs_a_code_to_sign_in() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    let new = NewUser { password: None, ..new_user(PHONE, &code) };
    let signed_in = world.accounts.code_sign_up.sign_up(new).await.unwrap();
    assert_eq!(signed_in.user.password_hash, None);
    assert!(!signed_in.session.methods.contains(Method::Password));
    world.sign_in(PHONE, PASSWORD).await.unwrap_err();
    assert!(!world.sign_in_by_code(PHONE).await.unwrap().is_new);
}

/// What is refused for the form of the request leaves the code untouched.
#[tokio::test]
async fn refusals_before_the_code_cost_no_try() {
    let mut world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    let wrong = mistyped(&code);
    let sign_up = async |world: &World, new| world.accounts.code_sign_up.sign_up(new).await;

    for _ in 0..6 {
        let new = NewUser { password: Some(password("password1")), ..new_user(PHONE, &wrong) };
        let refused = sign_up(&world, new).await;
        assert!(
            matches!(refused, Err(CodeSignUpError::Password(PasswordRefusal::Common))),
            "{refused:?}"
        );
    }
    world.change(|setup| setup.passwordless = false);
    for _ in 0..6 {
        let new = NewUser { password: None, ..new_user(PHONE, &wrong) };
        let refused = sign_up(&world, new).await;
        assert!(matches!(refused, Err(CodeSignUpError::PasswordRequired)), "{refused:?}");
    }
    world.change(|setup| setup.sign_up_is_open = false);
    for _ in 0..6 {
        let refused = sign_up(&world, new_user(PHONE, &wrong)).await;
        assert!(matches!(refused, Err(CodeSignUpError::SignUpClosed)), "{refused:?}");
    }
    world.change(|setup| setup.sign_up_is_open = true);
    let places = world.fill_hashing_queue().await;
    for _ in 0..6 {
        assert!(busy(&sign_up(&world, new_user(PHONE, &wrong)).await));
    }
    drop(places);
    sign_up(&world, new_user(PHONE, &code)).await.unwrap();
}

#[tokio::test]
async fn enu_3_a_taken_number_is_told_after_the_proof_only() {
    let world = World::roomy();
    let user = world.user(PHONE).await;
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    let wrong = world.accounts.code_sign_up.sign_up(new_user(PHONE, &mistyped(&code))).await;
    assert!(matches!(wrong, Err(CodeSignUpError::Code(CodeRefusal::Mismatch { .. }))));
    let taken = world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await;
    assert!(matches!(taken, Err(CodeSignUpError::PhoneTaken)), "{taken:?}");
    let again = world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await;
    assert!(matches!(again, Err(CodeSignUpError::Code(CodeRefusal::Missing))), "spent");
    assert_eq!(world.account(PHONE).await.unwrap().id, user.id);
    assert_eq!(world.sessions_of(&user).await, 0);
}

#[tokio::test]
async fn the_account_and_its_first_session_are_two_events() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    let signed_in = world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await.unwrap();
    let events = world.events().await;
    let of = |kind| events.iter().find(|event| event.kind == kind).expect("there is an event");
    assert_eq!(of(EventKind::UserCreated).subject, Some(signed_in.user.id));
    let begun = of(EventKind::SessionBegun);
    assert_eq!(begun.subject, Some(signed_in.user.id));
    assert_eq!(begun.session, Some(signed_in.session.id.as_uuid()));
}

#[tokio::test]
async fn a_code_that_made_nothing_for_an_outage_makes_the_account_later() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignUp).await;
    world.outage.take_down(&["users.insert"]);
    let refused = world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await;
    assert!(matches!(refused, Err(CodeSignUpError::Denied(Denied::Unavailable(_)))));
    world.outage.end();
    world.accounts.code_sign_up.sign_up(new_user(PHONE, &code)).await.unwrap();
}
