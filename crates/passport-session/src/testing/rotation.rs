//! Clauses about new tokens of sessions.

use std::{slice, sync::Arc};

use time::OffsetDateTime;
use tokio::{sync::Barrier, task::JoinHandle};
use uuid::Uuid;

use super::room::{NOW, Room, after, digest};
use crate::{Device, Method, Session, SessionDigest, SessionId, SessionStore};

/// After a rotation, only the new token finds the session, with its new state and former id (SES-3).
pub async fn rotate_replaces_the_token(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (old, session) = room.create(NOW).await;
    let (new, proved) = (digest(), proved(&session));
    assert!(room.rotate(&old, &new, &proved, after(60)).await);
    assert_eq!(room.find(&old, after(60)).await, None);
    assert_eq!(room.find(&new, after(60)).await, Some(proved.clone()));
    assert_eq!(room.list(after(60)).await, slice::from_ref(&proved));

    // The former token is worth nothing.
    assert!(!room.rotate(&old, &digest(), &proved, after(60)).await);
    room.touch(&old, after(60)).await;
    assert_eq!(room.find(&old, after(60)).await, None);
    assert_eq!(room.list(after(60)).await, slice::from_ref(&proved));

    room.touch(&new, after(3_000)).await;
    let seen = Session { last_seen_at: after(3_000), ..proved };
    assert_eq!(room.find(&new, after(6_599)).await, Some(seen));
    assert_eq!(room.find(&new, after(6_600)).await, None);
}

/// A rotation changes epoch, time and methods of the proof, and nothing else: a touch since its caller
/// read the session is not lost.
pub async fn rotate_keeps_what_it_does_not_prove(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (old, session) = room.create(NOW).await;
    room.touch(&old, after(1_000)).await;
    let (new, proved) = (digest(), proved(&session));
    let stale = Session {
        device: Device::default(),
        address: String::new(),
        place: None,
        remembered: false,
        expires_at: after(1_001),
        ..proved.clone()
    };
    assert!(room.rotate(&old, &new, &stale, after(1_000)).await);
    let kept = Session { last_seen_at: after(1_000), ..proved };
    assert_eq!(room.find(&new, after(4_599)).await, Some(kept.clone()));
    assert_eq!(room.list(after(4_599)).await, [kept]);
    assert_eq!(room.find(&new, after(4_600)).await, None);
}

/// A rotated session can be revoked by its id and with all of its subject, and purging keeps it.
pub async fn rotate_keeps_the_session_of_its_subject(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (mut token, session) = room.create(NOW).await;
    let (other, _) = room.create(NOW).await;
    for _ in 0..3 {
        let next = digest();
        assert!(room.rotate(&token, &next, &session, NOW).await);
        token = next;
    }
    room.store.purge(NOW).await.expect("store answers");
    room.revoke_all(Some(session.id)).await;
    assert_eq!(room.find(&token, NOW).await, Some(session.clone()));
    assert_eq!(room.find(&other, NOW).await, None);
    assert!(room.revoke(session.id).await);
    assert_eq!(room.find(&token, NOW).await, None);

    let (old, session) = room.create(NOW).await;
    let new = digest();
    assert!(room.rotate(&old, &new, &session, NOW).await);
    room.revoke_all(None).await;
    assert_eq!(room.find(&new, NOW).await, None);
    assert_eq!(room.list(NOW).await, []);
}

/// A token that is unknown, or whose session has ended, stores nothing.
pub async fn rotate_needs_a_live_session(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (revoked, session) = room.create(NOW).await;
    assert!(room.revoke(session.id).await);
    stores_nothing(&room, &digest(), &session, NOW).await;
    stores_nothing(&room, &revoked, &session, NOW).await;

    let (idle, session) = room.create(NOW).await;
    stores_nothing(&room, &idle, &session, after(3_600)).await;
    assert!(room.rotate(&idle, &digest(), &session, after(3_599)).await);

    let (aged, session) = room.create(NOW).await;
    for seconds in (1_800..86_400).step_by(1_800) {
        room.touch(&aged, after(seconds)).await;
    }
    stores_nothing(&room, &aged, &session, after(86_400)).await;
    assert!(room.rotate(&aged, &digest(), &session, after(86_399)).await);
}

async fn stores_nothing(room: &Room, old: &SessionDigest, session: &Session, now: OffsetDateTime) {
    let new = digest();
    assert!(!room.rotate(old, &new, session, now).await);
    assert_eq!(room.find(&new, NOW).await, None);
    assert_eq!(room.list(now).await, []);
}

/// The token of one session is not exchanged for another session.
pub async fn rotate_does_not_move_another_session(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (token, session) = room.create(NOW).await;
    let (_, other) = room.create(after(1)).await;
    let unknown = Session { id: SessionId::from_uuid(Uuid::new_v4()), ..session.clone() };
    for claimed in [&other, &unknown] {
        let new = digest();
        assert!(!room.rotate(&token, &new, claimed, after(1)).await);
        assert_eq!(room.find(&new, after(1)).await, None);
    }
    assert_eq!(room.find(&token, after(1)).await, Some(session.clone()));
    assert_eq!(room.list(after(1)).await, [other, session]);
}

/// Exactly one of several concurrent rotations of a token succeeds; the other tokens find nothing.
pub async fn rotate_succeeds_once(store: Arc<dyn SessionStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store));
        let (old, session) = room.create(NOW).await;
        let start = Arc::new(Barrier::new(8));
        let rivals = rotations(&room, &old, &session, &start, 8);
        let mut winners = 0;
        for (new, rival) in rivals {
            let won = rival.await.expect("rival finishes");
            winners += u32::from(won);
            let found = room.find(&new, NOW).await.is_some();
            assert_eq!(found, won, "round {round}: the token and the answer differ");
        }
        assert_eq!(winners, 1, "round {round}");
        assert_eq!(room.find(&old, NOW).await, None, "round {round}: the former token is alive");
        assert_eq!(room.list(NOW).await.len(), 1, "round {round}: the list differs");
    }
}

/// A revocation wins against concurrent rotations, in every round: the session comes back under no token
/// (SES-5).
pub async fn revoked_stays_revoked_under_concurrent_rotations(store: Arc<dyn SessionStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store));
        let (old, session) = room.create(NOW).await;
        let start = Arc::new(Barrier::new(5));
        let rivals = rotations(&room, &old, &session, &start, 4);
        start.wait().await;
        assert!(room.revoke(session.id).await, "round {round}: the session was there");
        stays_revoked(&room, &old, rivals, round).await;
    }
}

/// The same for the revocation of all sessions.
pub async fn all_stay_revoked_under_concurrent_rotations(store: Arc<dyn SessionStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store));
        let (old, session) = room.create(NOW).await;
        let start = Arc::new(Barrier::new(5));
        let rivals = rotations(&room, &old, &session, &start, 4);
        start.wait().await;
        room.revoke_all(None).await;
        stays_revoked(&room, &old, rivals, round).await;
    }
}

/// Touches that are on their way do not bring the former token back, in every round.
pub async fn rotated_token_stays_dead_under_concurrent_touches(store: Arc<dyn SessionStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store));
        let (old, session) = room.create(NOW).await;
        let start = Arc::new(Barrier::new(9));
        let touches = (1..9).map(|seconds| {
            let (room, start) = (room.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                room.touch(&old, after(seconds)).await;
            })
        });
        let touches = touches.collect::<Vec<_>>();
        start.wait().await;
        let new = digest();
        assert!(room.rotate(&old, &new, &session, NOW).await, "round {round}: it was there");
        for touch in touches {
            touch.await.expect("touch finishes");
        }
        assert_eq!(room.find(&old, after(9)).await, None, "round {round}: it came back");
        assert!(room.find(&new, after(9)).await.is_some(), "round {round}: the new token is lost");
        assert_eq!(room.list(after(9)).await.len(), 1, "round {round}: the list differs");
    }
}

type Rival = (SessionDigest, JoinHandle<bool>);

/// Rotations to tokens of their own, that begin at `start`.
fn rotations(
    room: &Room,
    old: &SessionDigest,
    session: &Session,
    start: &Arc<Barrier>,
    count: usize,
) -> Vec<Rival> {
    let rival = |_| {
        let (old, new) = (*old, digest());
        let (room, session, start) = (room.clone(), proved(session), Arc::clone(start));
        let rival = tokio::spawn(async move {
            start.wait().await;
            room.rotate(&old, &new, &session, NOW).await
        });
        (new, rival)
    };
    (0..count).map(rival).collect()
}

async fn stays_revoked(room: &Room, old: &SessionDigest, rivals: Vec<Rival>, round: u32) {
    let mut tokens = vec![*old];
    for (new, rival) in rivals {
        rival.await.expect("rival finishes");
        tokens.push(new);
    }
    for token in &tokens {
        assert_eq!(room.find(token, NOW).await, None, "round {round}: it came back");
    }
    assert_eq!(room.list(NOW).await, [], "round {round}: it is still listed");
}

/// `session` after another proof in a later epoch.
fn proved(session: &Session) -> Session {
    Session {
        epoch: session.epoch + 1,
        authenticated_at: after(60),
        methods: session.methods.with(Method::Totp),
        ..session.clone()
    }
}
