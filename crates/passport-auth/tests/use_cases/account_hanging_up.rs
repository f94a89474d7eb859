//! Clients that disconnect in the middle of an act on an account, which runs to its end.

use futures::FutureExt;
use passport_user::EventOutcome;

use crate::{
    acts::Act,
    hanging_up::{each_hang_up, hang_up_after},
};

#[tokio::test]
async fn an_act_runs_to_its_end_without_its_caller() {
    for act in Act::ALL.into_iter().filter(|act| *act != Act::Purge) {
        each_hang_up(async |calls| {
            let scene = act.prepare().await;
            scene.world.events().await;
            let was_dropped = hang_up_after(calls, &scene.world, scene.act()).await;
            assert!(scene.is_made().await, "{act:?} after {calls} calls");
            if act.ends_sessions() {
                assert!(!scene.is_valid(scene.other.as_ref()).await, "{act:?}");
            }
            let events = scene.world.events().await;
            let own = events
                .iter()
                .filter(|event| event.kind == act.kind())
                .filter(|event| event.outcome == EventOutcome::Done);
            assert!(own.count() > 0, "{act:?} after {calls} calls: the event is recorded");
            was_dropped
        })
        .boxed_local()
        .await;
    }
}

/// What would be told of is sent.
#[tokio::test]
async fn the_owner_is_told_without_the_caller() {
    for act in [
        Act::ChangePassword,
        Act::ChangePasswordOnly,
        Act::RemovePassword,
        Act::ResetPassword,
        Act::ChangeNumber,
        Act::UndoNumber,
        Act::Leave,
    ] {
        each_hang_up(async |calls| {
            let scene = act.prepare().await;
            let before = scene.world.gateway.notices().len();
            let was_dropped = hang_up_after(calls, &scene.world, scene.act()).await;
            assert_eq!(scene.world.gateway.notices().len(), before + 1, "{act:?} after {calls}");
            was_dropped
        })
        .boxed_local()
        .await;
    }
}

/// An outage after the code was spent gives it back, though the caller is gone.
#[tokio::test]
async fn the_code_is_given_back_without_the_caller() {
    for (act, down) in [
        (Act::FirstSignInByCode, "users"),
        (Act::SignUpByCode, "users"),
        (Act::ConfirmByCode, "sessions"),
        (Act::ResetPassword, "users"),
        (Act::ChangeNumber, "users"),
        (Act::UndoNumber, "users"),
    ] {
        each_hang_up(async |calls| {
            let scene = act.prepare().await;
            scene.world.outage.take_down(&[down]);
            let was_dropped = hang_up_after(calls, &scene.world, scene.act()).await;
            scene.world.outage.end();
            assert!(!scene.is_made().await, "{act:?} after {calls} calls");
            assert!(scene.act().await.is_done(), "{act:?} after {calls} calls");
            was_dropped
        })
        .boxed_local()
        .await;
    }
}
