//! The list of a person's own sessions, and ending them.

use passport_auth::{Authenticated, SignedIn};
use passport_session::SessionId;
use uuid::Uuid;

use crate::{
    faulty::each_fault,
    logs,
    world::{OTHER_PHONE, PASSWORD, PHONE, World, caller},
};

/// Signs the person with `phone` in on `N` devices.
async fn devices<const N: usize>(world: &World, phone: &str) -> [SignedIn; N] {
    world.user(phone).await;
    let mut devices = Vec::new();
    for _ in 0..N {
        devices.push(world.sign_in(phone, PASSWORD).await.expect("the password is right"));
    }
    devices.try_into().expect("as many devices as sign-ins")
}

async fn authenticated(world: &World, device: &SignedIn) -> Authenticated {
    let found = world.authenticate.authenticate(&device.token).await;
    found.expect("the stores answer").expect("the session is live")
}

#[tokio::test]
async fn ses_6_the_list_has_the_live_sessions_of_the_person_only() {
    let world = World::new();
    let [first, second] = devices(&world, PHONE).await;
    let [other] = devices(&world, OTHER_PHONE).await;
    let person = authenticated(&world, &first).await;
    let ids = async || {
        let listed = world.own_sessions.list(&person).await.unwrap();
        listed.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    let listed = ids().await;
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&first.session.id) && listed.contains(&second.session.id));
    assert!(!listed.contains(&other.session.id));
    world.sign_out.sign_out(&second.token, &caller(1)).await.unwrap();
    assert_eq!(ids().await, [first.session.id]);
}

#[tokio::test]
async fn ses_6_one_session_is_ended_and_no_other() {
    let world = World::new();
    let [first, second, third] = devices(&world, PHONE).await;
    let person = authenticated(&world, &first).await;
    assert!(world.own_sessions.end(&person, second.session.id, &caller(1)).await.unwrap());
    assert!(!world.is_signed_in(&second).await);
    assert!(world.is_signed_in(&first).await && world.is_signed_in(&third).await);
    let again = world.own_sessions.end(&person, second.session.id, &caller(1)).await.unwrap();
    assert!(!again, "a session ends once");
}

#[tokio::test]
async fn ses_6_the_session_of_another_person_is_not_found() {
    let world = World::new();
    let [mine] = devices(&world, PHONE).await;
    let [other] = devices(&world, OTHER_PHONE).await;
    let person = authenticated(&world, &mine).await;
    let unknown = SessionId::from_uuid(Uuid::new_v4());
    for id in [other.session.id, unknown] {
        assert!(!world.own_sessions.end(&person, id, &caller(1)).await.unwrap());
    }
    assert!(world.is_signed_in(&other).await);
}

#[tokio::test]
async fn ses_6_the_session_of_the_request_survives_the_end_of_all_others() {
    let world = World::new();
    let [first, second, third] = devices(&world, PHONE).await;
    let [other] = devices(&world, OTHER_PHONE).await;
    let person = authenticated(&world, &second).await;
    world.own_sessions.end_others(&person, &caller(1)).await.unwrap();
    assert!(world.is_signed_in(&second).await && world.is_signed_in(&other).await);
    assert!(!world.is_signed_in(&first).await && !world.is_signed_in(&third).await);
}

#[tokio::test]
async fn an_end_that_failed_can_be_repeated() {
    each_fault(async |fault| {
        let world = World::new();
        let [first, second, third] = devices(&world, PHONE).await;
        let person = authenticated(&world, &first).await;
        world.outage.begin(fault);
        let one = world.own_sessions.end(&person, second.session.id, &caller(1)).await;
        let others = world.own_sessions.end_others(&person, &caller(1)).await;
        let Some(failed) = world.outage.end() else {
            assert!(one.unwrap());
            others.unwrap();
            return false;
        };
        assert!(one.is_err() || others.is_err(), "{failed}, {fault:?}");
        world.own_sessions.end_others(&person, &caller(1)).await.unwrap();
        assert!(world.is_signed_in(&first).await, "{failed}, {fault:?}");
        for ended in [&second, &third] {
            assert!(!world.is_signed_in(ended).await, "{failed}, {fault:?}");
        }
        true
    })
    .await;
}

#[tokio::test]
async fn every_end_has_one_event() {
    let world = World::new();
    let [first, second] = devices(&world, PHONE).await;
    let person = authenticated(&world, &first).await;
    for _ in 0..2 {
        world.own_sessions.end(&person, second.session.id, &caller(1)).await.unwrap();
    }
    world.own_sessions.end_others(&person, &caller(1)).await.unwrap();
    for (id, message) in
        [(second.session.id, " session ended"), (first.session.id, " other sessions ended")]
    {
        let id = id.as_uuid().to_string();
        let lines = logs::lines();
        let events = lines.iter().filter(|line| line.contains(message) && line.contains(&id));
        assert_eq!(events.count(), 1, "{message}");
    }
}

#[tokio::test]
async fn an_end_that_failed_has_an_event_with_the_session_and_the_cause() {
    let world = World::new();
    let [first, second] = devices(&world, PHONE).await;
    let person = authenticated(&world, &first).await;
    world.outage.take_down(&["sessions"]);
    world.own_sessions.end(&person, second.session.id, &caller(1)).await.unwrap_err();
    world.own_sessions.end_others(&person, &caller(1)).await.unwrap_err();
    for (id, message) in
        [(second.session.id, " session not ended"), (first.session.id, " other sessions not ended")]
    {
        let id = id.as_uuid().to_string();
        let lines = logs::lines();
        let mut events = lines.iter().filter(|line| line.contains(message) && line.contains(&id));
        let event = events.next().expect(message);
        assert!(event.contains("ERROR") && event.contains("the store is down"), "{event}");
        assert_eq!(events.next(), None, "{message}");
    }
}
