//! Sign-in by a code, which signs up a number without an account.

use futures::future::join_all;
use passport_auth::{
    CodeCredentials, CodePurpose, CodeRefusal, CodeSignInError, CodeSignUpError, Denied, NewUser,
    NotAdmitted, SignInError,
};
use passport_session::Method;
use passport_user::{AccountEvent, EventKind, EventOutcome};
use tokio::task::yield_now;

use crate::{
    life::{code_credentials, mistyped, new_user, strangers},
    operators::operator,
    world::{OTHER_PHONE, PASSWORD, PHONE, World, caller, number},
};

fn is_gone<T>(outcome: &Result<T, CodeSignInError>) -> bool {
    matches!(outcome, Err(CodeSignInError::Code(CodeRefusal::Missing)))
}

#[tokio::test]
async fn a_number_without_an_account_is_signed_up_and_in() {
    let world = World::roomy();
    let first = world.sign_in_by_code(PHONE).await.unwrap();
    assert!(first.is_new);
    assert_eq!(first.signed_in.user.password_hash, None);
    assert!(world.is_signed_in(&first.signed_in).await);
    assert!(first.signed_in.session.methods.contains(Method::Code));

    let second = world.sign_in_by_code(PHONE).await.unwrap();
    assert!(!second.is_new);
    assert_eq!(second.signed_in.user.id, first.signed_in.user.id);
    assert_eq!(world.sessions_of(&second.signed_in.user).await, 2);
    assert!(second.signed_in.user.last_login_at.is_some());
}

#[tokio::test]
async fn a_nick_name_is_taken_for_a_new_account_only() {
    let world = World::roomy();
    for (name, kept) in [("Wang", "Wang"), ("Li", "Wang")] {
        let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
        let nick_name = Some(name.parse().unwrap());
        let credentials = CodeCredentials { nick_name, ..code_credentials(PHONE, &code) };
        let entered = world.accounts.code_sign_in.sign_in(credentials).await.unwrap();
        assert_eq!(entered.signed_in.user.nick_name.as_str(), kept);
    }
}

#[tokio::test]
async fn a_session_by_code_does_not_claim_a_password() {
    let world = World::roomy();
    world.user(PHONE).await;
    let entered = world.sign_in_by_code(PHONE).await.unwrap();
    assert!(!entered.signed_in.session.methods.contains(Method::Password));
    let person = world.person(PHONE).await;
    assert!(!person.session.methods.contains(Method::Code));
}

#[tokio::test]
async fn ses_3_the_session_of_the_browser_ends() {
    let world = World::roomy();
    let former = world.sign_in_by_code(PHONE).await.unwrap().signed_in;
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let token = Some(former.token.clone());
    let credentials = CodeCredentials { former: token, ..code_credentials(PHONE, &code) };
    let entered = world.accounts.code_sign_in.sign_in(credentials).await.unwrap();
    assert!(!world.is_signed_in(&former).await);
    assert!(world.is_signed_in(&entered.signed_in).await);
    assert_ne!(entered.signed_in.token.expose(), former.token.expose());
}

#[tokio::test]
async fn otp_3_a_code_opens_one_session_under_parallel_submits() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let submits =
        (0..10).map(|n| CodeCredentials { client: caller(n), ..code_credentials(PHONE, &code) });
    let outcomes =
        join_all(submits.map(|submit| world.accounts.code_sign_in.sign_in(submit))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| is_gone(outcome)).count(), 9);
    let user = world.account(PHONE).await.unwrap();
    assert_eq!(world.sessions_of(&user).await, 1);
}

#[tokio::test]
async fn otp_5_a_wrong_code_says_how_many_tries_are_left() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    for left in (1..5).rev() {
        let wrong = code_credentials(PHONE, &mistyped(&code));
        let wrong = world.accounts.code_sign_in.sign_in(wrong).await;
        assert!(
            matches!(wrong, Err(CodeSignInError::Code(CodeRefusal::Mismatch { tries_left }))
                if tries_left == left),
            "{wrong:?}"
        );
    }
    assert!(!world.has_account(PHONE).await);
    world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await.unwrap();
}

#[tokio::test]
async fn where_accounts_need_a_password_a_code_signs_in_and_not_up() {
    let mut world = World::roomy();
    world.change(|setup| setup.passwordless = false);
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let stranger = code_credentials(PHONE, &strangers(&code));
    assert!(is_gone(&world.accounts.code_sign_in.sign_in(stranger).await));
    let proved = world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await;
    assert!(matches!(proved, Err(CodeSignInError::NoAccount)), "{proved:?}");
}

#[tokio::test]
async fn a_closed_sign_up_is_told_after_the_proof_only() {
    let mut world = World::roomy();
    world.user(OTHER_PHONE).await;
    world.change(|setup| setup.sign_up_is_open = false);
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let stranger = code_credentials(PHONE, &strangers(&code));
    assert!(is_gone(&world.accounts.code_sign_in.sign_in(stranger).await));
    let proved = world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await;
    assert!(matches!(proved, Err(CodeSignInError::SignUpClosed)), "{proved:?}");
    assert!(!world.has_account(PHONE).await);
    let spent = world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await;
    assert!(is_gone(&spent));
    assert!(!world.sign_in_by_code(OTHER_PHONE).await.unwrap().is_new);
}

#[tokio::test]
async fn a_disabled_account_is_told_after_a_proof_only() {
    let world = World::roomy();
    let user = world.user(PHONE).await;
    world.accounts.operators.standing.disable(user.id, &operator()).await.unwrap();
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let stranger = code_credentials(PHONE, &strangers(&code));
    assert!(is_gone(&world.accounts.code_sign_in.sign_in(stranger).await));
    let proved = world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await;
    assert!(
        matches!(proved, Err(CodeSignInError::NotAdmitted(NotAdmitted::Disabled))),
        "{proved:?}"
    );
    let wrong = world.sign_in(PHONE, crate::world::WRONG_PASSWORD).await;
    assert!(matches!(wrong, Err(SignInError::WrongCredentials(_))), "{wrong:?}");
    let right = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(right, Err(SignInError::NotAdmitted(NotAdmitted::Disabled))), "{right:?}");
    assert_eq!(world.sessions_of(&world.account(PHONE).await.unwrap()).await, 0);
}

/// An account without a password cannot be told from an unknown number by a password.
#[tokio::test]
async fn enu_2_an_account_without_a_password_is_like_an_unknown_number() {
    let world = World::roomy();
    world.sign_in_by_code(PHONE).await.unwrap();
    world.outage.calls();
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        let refused = world.sign_in(phone, PASSWORD).await.unwrap_err();
        seen.push((format!("{refused:?}"), world.hasher.compared(), world.outage.calls()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].1, ["v=2,t=2b,r=4"], "one comparison at the present cost");
}

/// Rivals sign up one number: one by a code of its own purpose, one by sign-in. One account is made, and
/// who signs in is let into it in any case.
#[tokio::test]
async fn enu_3_of_two_sign_ups_on_one_number_one_wins() {
    let mut wins = [0, 0];
    for round in 0..50 {
        let world = World::roomy();
        let sign_in = world.typed_code(PHONE, CodePurpose::SignIn).await;
        let sign_up = world.typed_code(PHONE, CodePurpose::SignUp).await;
        // Without a password both have the same steps, so each wins where the other waits.
        let new = NewUser { password: None, ..new_user(PHONE, &sign_up) };
        let wait = async |rounds| {
            for _ in 0..rounds {
                yield_now().await;
            }
        };
        let (entered, created) = futures::join!(
            async {
                wait(round % 7).await;
                world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &sign_in)).await
            },
            async {
                wait((round / 7) % 7).await;
                world.accounts.code_sign_up.sign_up(new).await
            },
        );
        let entered = entered.unwrap();
        assert!(world.is_signed_in(&entered.signed_in).await);
        match created {
            Err(CodeSignUpError::PhoneTaken) => {
                wins[0] += 1;
                assert!(entered.is_new);
            }
            Ok(created) => {
                wins[1] += 1;
                assert!(!entered.is_new, "the account is made once");
                assert_eq!(entered.signed_in.user.id, created.user.id);
            }
            Err(error) => panic!("{error:?}"),
        }
        let events = world.events().await;
        let is_made = |event: &&AccountEvent| {
            event.kind == EventKind::UserCreated && event.outcome == EventOutcome::Done
        };
        assert_eq!(events.iter().filter(is_made).count(), 1);
    }
    assert!(wins[0] > 0 && wins[1] > 0, "both orders occur: {wins:?}");
}

/// A former number is no way into the account that has changed from it, nor to a new one.
#[tokio::test]
async fn phn_1_a_number_that_is_kept_back_signs_in_to_nothing() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let code = world.change_code(&person, OTHER_PHONE).await;
    let change = &world.accounts.change_number;
    change.change(person, number(OTHER_PHONE), code, caller(1)).await.unwrap();
    let refused = world.sign_in_by_code(PHONE).await;
    assert!(matches!(refused, Err(CodeSignInError::KeptBack)), "{refused:?}");
    assert!(!world.has_account(PHONE).await);
    world.clock.advance(crate::account_world::UNDO_FOR);
    assert!(world.sign_in_by_code(PHONE).await.unwrap().is_new);
}

/// The code is another authenticator than the password.
#[tokio::test]
async fn rl_8_a_code_ends_the_series_of_wrong_passwords() {
    let world = World::roomy();
    world.user(PHONE).await;
    assert_eq!(world.guesses_left(PHONE).await, 5);
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let wrong = code_credentials(PHONE, &mistyped(&code));
    world.accounts.code_sign_in.sign_in(wrong).await.unwrap_err();
    let delayed = world.sign_in(PHONE, PASSWORD).await;
    assert!(matches!(delayed, Err(SignInError::Denied(Denied::TooSoon { .. }))), "{delayed:?}");
    world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await.unwrap();
    world.sign_in(PHONE, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_code_that_opened_nothing_for_an_outage_opens_the_account_later() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    for down in ["users.find_by_phone", "users.insert", "sessions.create"] {
        world.outage.take_down(&[down]);
        let refused = world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await;
        assert!(
            matches!(refused, Err(CodeSignInError::Denied(Denied::Unavailable(_)))),
            "{down}: {refused:?}"
        );
        world.outage.end();
    }
    world.accounts.code_sign_in.sign_in(code_credentials(PHONE, &code)).await.unwrap();
}
