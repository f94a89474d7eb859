//! The sessions room: lists and ends the sessions of one user.

use passport_auth::{Sessions, SignedIn};
use passport_session::SessionId;
use passport_user::User;

use crate::{
    faulty::{FaultKind, each_fault},
    world::{OTHER_PHONE, PASSWORD, PHONE, World},
};

async fn sign_in(world: &World, phone: &str) -> SignedIn {
    world.sign_in(phone, PASSWORD).await.expect("the password is right")
}

async fn ids(sessions: &Sessions, user: &User) -> Vec<SessionId> {
    let listed = sessions.list(user).await.expect("the store answers");
    listed.iter().map(|session| session.id).collect()
}

#[tokio::test]
async fn ses_6_the_list_has_the_sessions_of_the_user_and_no_others() {
    let world = World::new();
    let user = world.user(PHONE).await;
    world.user(OTHER_PHONE).await;
    let (first, second) = (sign_in(&world, PHONE).await, sign_in(&world, PHONE).await);
    let stranger = sign_in(&world, OTHER_PHONE).await;
    let listed = ids(&world.sessions, &user).await;
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&first.session.id) && listed.contains(&second.session.id));
    assert!(!listed.contains(&stranger.session.id));
}

#[tokio::test]
async fn ses_6_one_session_is_ended_by_its_id_and_only_for_its_user() {
    let world = World::new();
    let user = world.user(PHONE).await;
    let stranger = world.user(OTHER_PHONE).await.id;
    let (first, second) = (sign_in(&world, PHONE).await, sign_in(&world, PHONE).await);
    assert!(!world.sessions.end_one(stranger, first.session.id).await.unwrap());
    assert!(world.is_signed_in(&first).await);
    assert!(world.sessions.end_one(user.id, first.session.id).await.unwrap());
    assert!(!world.is_signed_in(&first).await);
    assert!(world.is_signed_in(&second).await);
    assert!(
        !world.sessions.end_one(user.id, first.session.id).await.unwrap(),
        "it is ended already"
    );
}

#[tokio::test]
async fn ses_6_all_other_sessions_end_and_the_kept_one_stays() {
    let world = World::new();
    let user = world.user(PHONE).await;
    world.user(OTHER_PHONE).await;
    let (kept, other) = (sign_in(&world, PHONE).await, sign_in(&world, PHONE).await);
    let stranger = sign_in(&world, OTHER_PHONE).await;
    world.sessions.end_others(user.id, kept.session.id).await.unwrap();
    assert!(world.is_signed_in(&kept).await);
    assert!(!world.is_signed_in(&other).await);
    assert!(world.is_signed_in(&stranger).await);
}

#[tokio::test]
async fn ended_sessions_are_reported_only_if_they_are_invalid() {
    each_fault(async |fault| {
        let world = World::new();
        let user = world.user(PHONE).await;
        let (kept, one, other) = (
            sign_in(&world, PHONE).await,
            sign_in(&world, PHONE).await,
            sign_in(&world, PHONE).await,
        );
        world.outage.begin(fault);
        let ended = world.sessions.end_one(user.id, one.session.id).await;
        let others = world.sessions.end_others(user.id, kept.session.id).await;
        let failed = world.outage.end();
        assert!(ended.is_err() || !world.is_signed_in(&one).await);
        assert!(others.is_err() || !world.is_signed_in(&other).await);
        assert_eq!(ended.is_err() || others.is_err(), failed.is_some());
        if fault.kind == FaultKind::Down && failed == Some("sessions.revoke") {
            assert!(world.is_signed_in(&one).await && world.is_signed_in(&other).await);
        }
        assert!(world.is_signed_in(&kept).await);
        world.sessions.end_others(user.id, kept.session.id).await.unwrap();
        assert_eq!(ids(&world.sessions, &user).await, [kept.session.id]);
        failed.is_some()
    })
    .await;
}
