//! Comparison of a code before the step that spends it.

use passport_auth::{CheckCode, CheckCodeError, CodePurpose, CodeRefusal, Denied, TypedCode};

use crate::{
    life::{mistyped, reset, strangers},
    world::{OTHER_PHONE, PHONE, World, caller, number},
};

async fn check(world: &World, phone: &str, code: TypedCode) -> Result<(), CheckCodeError> {
    let reset = &world.accounts.reset_password;
    let check = CheckCode { proof: reset.proof.clone(), detached: reset.detached.clone() };
    check.check(CodePurpose::Reset, number(phone), code, caller(1)).await
}

#[tokio::test]
async fn otp_5_a_right_code_stays_valid_and_is_spent_once() {
    let world = World::roomy();
    world.user(PHONE).await;
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    for _ in 0..3 {
        check(&world, PHONE, code.clone()).await.unwrap();
    }
    world.accounts.reset_password.reset(reset(PHONE, &code)).await.unwrap();
    let gone = check(&world, PHONE, code).await.unwrap_err();
    assert!(matches!(gone, CheckCodeError::Code(CodeRefusal::Missing)), "{gone:?}");
}

/// As if it was to be spent: the comparison must be no free guess.
#[tokio::test]
async fn otp_3_a_wrong_code_costs_a_try() {
    let world = World::roomy();
    world.user(PHONE).await;
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    let mut left = Vec::new();
    loop {
        match check(&world, PHONE, mistyped(&code)).await {
            Err(CheckCodeError::Code(CodeRefusal::Mismatch { tries_left })) => {
                left.push(tries_left);
            }
            Err(CheckCodeError::Code(CodeRefusal::Missing)) => break,
            other => panic!("{other:?}"),
        }
        // A right one in between gives no try back.
        if left.len() == 2 {
            check(&world, PHONE, code.clone()).await.unwrap();
        }
    }
    assert!(left.windows(2).all(|pair| pair[0] == pair[1] + 1), "{left:?}");
    assert_eq!(left.last(), Some(&0));
    check(&world, PHONE, code).await.unwrap_err();
}

#[tokio::test]
async fn otp_6_the_code_of_another_request_or_number_is_none() {
    let world = World::roomy();
    let code = world.typed_code(PHONE, CodePurpose::Reset).await;
    for (phone, code) in [(PHONE, strangers(&code)), (OTHER_PHONE, code)] {
        let refused = check(&world, phone, code).await.unwrap_err();
        assert!(matches!(refused, CheckCodeError::Code(CodeRefusal::Missing)), "{refused:?}");
    }
}

#[tokio::test]
async fn enu_4_a_check_is_the_same_for_unknown_numbers() {
    let world = World::roomy();
    world.user(PHONE).await;
    let mut seen = Vec::new();
    for phone in [PHONE, OTHER_PHONE] {
        let code = world.typed_code(phone, CodePurpose::Reset).await;
        world.outage.calls();
        let wrong = check(&world, phone, mistyped(&code)).await.unwrap_err();
        assert!(!matches!(wrong, CheckCodeError::Denied(Denied::Unavailable(_))));
        check(&world, phone, code).await.unwrap();
        seen.push((format!("{wrong:?}"), world.outage.calls()));
    }
    assert_eq!(seen[0], seen[1]);
}
