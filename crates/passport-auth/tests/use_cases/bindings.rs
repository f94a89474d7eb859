//! Codes are bound to purpose, number, owner and request: elsewhere they are missing and cost no try.

use futures::future::join_all;
use passport_auth::{
    Authenticated, ChangeNumberError, CodeCredentials, CodePurpose, CodeRefusal, CodeSignInError,
    CodeSignUpError, ConfirmError, Proof, Registration, ResetPasswordError, SignUpError, TypedCode,
    UndoNumberError,
};
use tokio::task::yield_now;

use crate::{
    life::{code_credentials, new_user, reset, strangers},
    world::{OTHER_PHONE, PHONE, World, caller, number, registration},
};

/// Uses `code` for `purpose` and `phone`; returns what is said of the code, unless it is good.
async fn tell(
    world: &World,
    person: &Authenticated,
    purpose: CodePurpose,
    phone: &str,
    code: &TypedCode,
) -> Option<CodeRefusal> {
    let (accounts, client) = (&world.accounts, caller(1));
    match purpose {
        CodePurpose::Register => {
            let registration =
                Registration { code: code.code.clone(), ..registration(phone, &code.code) };
            match world.sign_up.register(registration).await {
                Err(SignUpError::Code(refusal)) => Some(refusal),
                _ => None,
            }
        }
        CodePurpose::SignUp => match accounts.code_sign_up.sign_up(new_user(phone, code)).await {
            Err(CodeSignUpError::Code(refusal)) => Some(refusal),
            _ => None,
        },
        CodePurpose::SignIn => {
            match accounts.code_sign_in.sign_in(code_credentials(phone, code)).await {
                Err(CodeSignInError::Code(refusal)) => Some(refusal),
                _ => None,
            }
        }
        CodePurpose::Reset => match accounts.reset_password.reset(reset(phone, code)).await {
            Err(ResetPasswordError::Code(refusal)) => Some(refusal),
            _ => None,
        },
        CodePurpose::UndoNumber => {
            match accounts.undo_number.undo(number(phone), code.clone(), client).await {
                Err(UndoNumberError::Code(refusal)) => Some(refusal),
                _ => None,
            }
        }
        CodePurpose::ChangeNumber => {
            let change =
                accounts.change_number.change(person.clone(), number(phone), code.clone(), client);
            match change.await {
                Err(ChangeNumberError::Code(refusal)) => Some(refusal),
                _ => None,
            }
        }
        CodePurpose::Confirm => {
            let proof = Proof::Code(code.clone());
            match accounts.confirm_session.confirm(person.clone(), proof, client).await {
                Err(ConfirmError::Code(refusal)) => Some(refusal),
                _ => None,
            }
        }
    }
}

/// The number that a code of `purpose` is sent to.
fn number_of(purpose: CodePurpose) -> &'static str {
    match purpose {
        CodePurpose::ChangeNumber => OTHER_PHONE,
        _ => PHONE,
    }
}

async fn issue(world: &World, person: &Authenticated, purpose: CodePurpose) -> TypedCode {
    match purpose {
        CodePurpose::ChangeNumber => world.change_code(person, OTHER_PHONE).await,
        CodePurpose::Confirm => world.confirm_code(person).await,
        CodePurpose::Register => {
            let code = world.request_code(PHONE).await.expect("a code is sent");
            let id = passport_codes::Binding::from_bytes([0; 16]);
            TypedCode { id, code }
        }
        purpose => world.typed_code(PHONE, purpose).await,
    }
}

#[tokio::test]
async fn otp_6_a_code_of_another_purpose_is_missing_and_costs_no_try() {
    for purpose in CodePurpose::ALL {
        for other in CodePurpose::ALL.into_iter().filter(|other| *other != purpose) {
            let world = World::roomy();
            let person = world.code_person(PHONE).await;
            let code = issue(&world, &person, purpose).await;
            // More often than a code has tries.
            for _ in 0..6 {
                let told = tell(&world, &person, other, number_of(purpose), &code).await;
                assert_eq!(told, Some(CodeRefusal::Missing), "{purpose:?} used as {other:?}");
            }
            let told = tell(&world, &person, purpose, number_of(purpose), &code).await;
            assert_eq!(told, None, "{purpose:?} after {other:?}");
        }
    }
}

/// Each client has a code of its own purpose, and uses it in the place of the other's.
#[tokio::test]
async fn otp_6_frozen_and_bound_codes_do_not_replace_each_other() {
    let world = World::roomy();
    let frozen = world.request_code(PHONE).await.unwrap();
    let bound = world.typed_code(PHONE, CodePurpose::SignUp).await;
    for _ in 0..6 {
        let swapped = TypedCode { id: bound.id, code: frozen.clone() };
        let told = world.accounts.code_sign_up.sign_up(new_user(PHONE, &swapped)).await;
        // It is compared with the code of the same request, so it costs tries of that one.
        match told {
            Err(CodeSignUpError::Code(_)) => {}
            outcome => panic!("{outcome:?}"),
        }
    }
    world.sign_up(PHONE, &frozen).await.unwrap();
}

#[tokio::test]
async fn otp_6_guesses_of_strangers_leave_the_code_good() {
    for purpose in CodePurpose::ALL.into_iter().filter(|it| *it != CodePurpose::Register) {
        let world = World::roomy();
        let person = world.code_person(PHONE).await;
        let code = issue(&world, &person, purpose).await;
        for _ in 0..5 {
            let guess = strangers(&code);
            let told = tell(&world, &person, purpose, number_of(purpose), &guess).await;
            assert_eq!(told, Some(CodeRefusal::Missing), "{purpose:?}: even the right digits");
        }
        let told = tell(&world, &person, purpose, number_of(purpose), &code).await;
        assert_eq!(told, None, "{purpose:?}");
    }
}

#[tokio::test]
async fn otp_6_a_code_of_another_number_is_missing_and_costs_no_try() {
    for purpose in [CodePurpose::SignIn, CodePurpose::SignUp, CodePurpose::Reset] {
        let world = World::roomy();
        let person = world.code_person(PHONE).await;
        let code = issue(&world, &person, purpose).await;
        let others = world.typed_code(OTHER_PHONE, purpose).await;
        for _ in 0..6 {
            let told = tell(&world, &person, purpose, OTHER_PHONE, &code).await;
            assert_eq!(told, Some(CodeRefusal::Missing), "{purpose:?}");
        }
        assert_eq!(tell(&world, &person, purpose, OTHER_PHONE, &others).await, None);
        assert_eq!(tell(&world, &person, purpose, PHONE, &code).await, None);
    }
}

/// The owner is in the key of the code, so another signed-in person finds none.
#[tokio::test]
async fn otp_6_a_code_of_another_person_is_missing_and_costs_no_try() {
    let world = World::roomy();
    let (owner, other) = (world.code_person(PHONE).await, world.code_person(OTHER_PHONE).await);
    let new = "13700137000";
    let code = world.change_code(&owner, new).await;
    for _ in 0..6 {
        let told = tell(&world, &other, CodePurpose::ChangeNumber, new, &code).await;
        assert_eq!(told, Some(CodeRefusal::Missing));
    }
    assert_eq!(tell(&world, &owner, CodePurpose::ChangeNumber, new, &code).await, None);

    let confirm = world.confirm_code(&other).await;
    let told = tell(&world, &owner, CodePurpose::Confirm, OTHER_PHONE, &confirm).await;
    assert_eq!(told, Some(CodeRefusal::Missing));
    assert_eq!(tell(&world, &other, CodePurpose::Confirm, OTHER_PHONE, &confirm).await, None);
}

#[tokio::test]
async fn otp_7_a_new_code_replaces_the_binding_too() {
    let world = World::roomy();
    let person = world.code_person(PHONE).await;
    let former = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
    let told = tell(&world, &person, CodePurpose::SignIn, PHONE, &former).await;
    assert_eq!(told, Some(CodeRefusal::Missing));
    assert_eq!(tell(&world, &person, CodePurpose::SignIn, PHONE, &code).await, None);
}

/// Nor do they keep the owner out while they run: a guess counts as wrong until it is decided.
#[tokio::test]
async fn otp_6_running_guesses_of_strangers_do_not_delay_the_owner() {
    for head_start in 0..12 {
        let world = World::roomy();
        let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
        let submit = |n, code| {
            let credentials =
                CodeCredentials { client: caller(n), ..code_credentials(PHONE, code) };
            world.accounts.code_sign_in.sign_in(credentials)
        };
        let guess = strangers(&code);
        // More than a number has wrong codes in a row.
        let strangers = join_all((0..25).map(|n| submit(n, &guess)));
        let owner = async {
            for _ in 0..head_start {
                yield_now().await;
            }
            submit(99, &code).await
        };
        let (outcomes, owner) = futures::join!(strangers, owner);
        owner.unwrap_or_else(|error| panic!("{head_start}: {error:?}"));
        let missing = |outcome: &Result<_, _>| {
            matches!(outcome, Err(CodeSignInError::Code(CodeRefusal::Missing)))
        };
        assert!(outcomes.iter().all(missing), "{head_start}: {outcomes:?}");
    }
}
