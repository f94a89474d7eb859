//! Each act on an account, with each of its store calls failing in turn: the account is as it was, or
//! as it was to be; nothing else is told; and a code that did nothing is good again.

use futures::FutureExt;
use passport_user::{EventOutcome, User};

use crate::{
    acts::{Act, Scene},
    faulty::{Fault, FaultKind, each_fault},
    told::Told,
};

/// Calls that change an account or a session.
const WRITES: [&str; 12] = [
    "users.insert",
    "users.set_password",
    "users.replace_password_hash",
    "users.change_number",
    "users.undo_number",
    "users.set_standing",
    "users.rename",
    "users.purge",
    "sessions.create",
    "sessions.rotate",
    "sessions.revoke",
    "sessions.revoke_all",
];

#[tokio::test]
async fn an_act_is_done_or_not_and_told_as_it_is() {
    for act in Act::ALL {
        each_fault(async |fault| disturb(act, fault).boxed_local().await).boxed_local().await;
    }
}

/// Disturbs `act` by `fault`; returns whether it made that call.
async fn disturb(act: Act, fault: Fault) -> bool {
    let scene = act.prepare().await;
    scene.world.events().await;
    scene.world.outage.begin(fault);
    let told = scene.act().await;
    let failed = scene.world.outage.end_after();
    let is_made = scene.is_made().await;
    let what = format!("{act:?}, {fault:?}, {failed:?}: {told:?}, made: {is_made}");
    match &told {
        Told::Done(token) => {
            assert!(is_made, "{what}");
            if let Some(token) = token {
                assert!(scene.world.read(token).await.is_some(), "{what}");
            }
        }
        // A purge goes on with the next user, and is tried again.
        Told::Nothing => assert_eq!(act, Act::Purge, "{what}"),
        Told::Down => {}
        Told::Gone | Told::Refused(_) => panic!("{what}"),
    }
    let Some((failed, earlier)) = failed else {
        assert!(told.is_done(), "{what}");
        assert!(!act.ends_sessions() || !scene.is_valid(scene.other.as_ref()).await, "{what}");
        return false;
    };
    check_sessions(&scene, is_made, &what).await;
    check_journal(&scene, &told, is_made, &what).await;
    if is_made {
        // A session begins after its account was made, or made active; failures are cleared after the
        // password.
        let begins = matches!(
            act,
            Act::FirstSignInByCode | Act::SignUpByCode | Act::Restore | Act::ClearPassword
        );
        let is_later = begins && earlier.iter().any(|call| WRITES.contains(call));
        let is_lost = fault.kind == FaultKind::AnswerLost && WRITES.contains(&failed);
        assert!(told.is_done() || is_lost || is_later, "{what}");
        return true;
    }
    assert!(!told.is_done());
    let after = scene.world.users.find(scene.id()).await.expect("it answers");
    assert_eq!(after.map(state), scene.before.clone().map(state), "{what}");
    let again = scene.act().await;
    if is_code_lost(&scene, fault, failed, &earlier) {
        assert!(matches!(again, Told::Gone), "{what}, then {again:?}");
    } else {
        assert!(again.is_done(), "{what}, then {again:?}");
        assert!(scene.is_made().await, "{what}");
    }
    true
}

/// A code is lost only if its store has spent it and could not say so, or could not take it back.
fn is_code_lost(scene: &Scene, fault: Fault, failed: &str, earlier: &[&str]) -> bool {
    let was_spent = earlier.contains(&"codes.redeem");
    scene.has_code()
        && match fault.kind {
            FaultKind::CallLost => false,
            FaultKind::AnswerLost => failed == "codes.redeem",
            FaultKind::Down => was_spent,
        }
}

/// Sessions of an earlier epoch are dead after a change that was made, in any case; and alive if
/// nothing was.
async fn check_sessions(scene: &Scene, is_made: bool, what: &str) {
    let other = scene.is_valid(scene.other.as_ref()).await;
    match scene.act {
        act if act.ends_sessions() && is_made => assert!(!other, "{what}"),
        // Their sessions were over before.
        Act::Restore | Act::RestoreByOperator | Act::Purge | Act::Enable => {
            assert!(!other, "{what}");
        }
        Act::FirstSignInByCode | Act::SignUpByCode => {}
        Act::EndOthers => assert_eq!(other, !is_made, "{what}"),
        _ => assert!(other, "{what}"),
    }
}

/// What was made is in the journal though its answer was lost; what was not made is not there.
async fn check_journal(scene: &Scene, told: &Told, is_made: bool, what: &str) {
    let done = scene
        .world
        .events()
        .await
        .into_iter()
        .filter(|event| event.kind == scene.act.kind() && event.outcome == EventOutcome::Done)
        .filter(|event| {
            // Not the events of the preparation.
            scene.act.kind() != passport_user::EventKind::SessionBegun
                || event.session != scene.person.as_ref().map(|it| it.session.id.as_uuid())
        })
        .count();
    let is_written = match scene.act {
        act if act.is_written_with_its_event() => is_made,
        Act::SignInByCode => return,
        _ => told.is_done(),
    };
    assert_eq!(done, usize::from(is_written), "{what}");
}

/// A user without the record of the last sign-in.
fn state(user: User) -> User {
    User { last_login_at: None, ..user }
}
