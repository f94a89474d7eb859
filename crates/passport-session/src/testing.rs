//! Contract tests for every [`SessionStore`] and [`SubjectCache`]; each function is one clause.
//!
//! An adapter runs every clause as a separate test, on a new store or with unused keys:
//!
//! ```text
//! passport_session::session_store_contract!(fresh_store());
//! ```
//!
//! where `fresh_store()` is a future of `Arc<dyn SessionStore>`. An attribute before this argument
//! applies to every test, for example in an adapter whose server is not present on every machine:
//!
//! ```text
//! passport_session::session_store_contract!(#[ignore = "needs Redis"] fresh_store());
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "a clause is a test and panics when the store violates it"
)]

mod cache;
mod room;
mod rotation;

use std::sync::Arc;

use tokio::sync::Barrier;

use self::room::{NOW, Room, after, digest, lifetime};
pub use self::{cache::*, rotation::*};
use crate::{NewSession, Session, SessionStore, SubjectCache};

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! session_store_contract {
    (#[$attribute:meta] $store:expr) => {
        $crate::session_store_contract! { @clauses [#[$attribute]] $store }
    };
    ($store:expr) => {
        $crate::session_store_contract! { @clauses [] $store }
    };
    (@clauses $attributes:tt $store:expr) => {
        $crate::session_store_contract! { @tests $attributes $store;
            finds_what_was_created,
            finds_nothing_else,
            ends_by_idleness,
            touch_extends_the_idle_end_only,
            touch_does_not_go_back_in_time,
            touch_does_not_revive,
            lists_live_sessions_latest_first,
            revokes_one,
            does_not_revoke_sessions_of_others,
            revokes_all_but_one,
            purge_deletes_only_ended_sessions,
            counts_live_sessions_or_none,
            revoked_stays_revoked_under_concurrent_touches,
            revoke_returns_true_once,
            rotate_replaces_the_token,
            rotate_keeps_what_it_does_not_prove,
            rotate_keeps_the_session_of_its_subject,
            rotate_needs_a_live_session,
            rotate_does_not_move_another_session,
            rotate_succeeds_once,
            revoked_stays_revoked_under_concurrent_rotations,
            all_stay_revoked_under_concurrent_rotations,
            rotated_token_stays_dead_under_concurrent_touches,
        }
    };
    (@tests $attributes:tt $store:expr; $($clause:ident),+ $(,)?) => {
        $($crate::session_store_contract! { @test $attributes $store; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $store:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($store.await).await;
        }
    };
}

/// The two ports of one store of sessions with a cache.
pub type CachingStore = (Arc<dyn SessionStore>, Arc<dyn SubjectCache>);

/// Expands to one `#[tokio::test]` for each clause of the contract of [`SubjectCache`]. The argument is a
/// future of [`CachingStore`](crate::testing::CachingStore), the two ports over the same records.
#[macro_export]
macro_rules! subject_cache_contract {
    (#[$attribute:meta] $store:expr) => {
        $crate::subject_cache_contract! { @clauses [#[$attribute]] $store }
    };
    ($store:expr) => {
        $crate::subject_cache_contract! { @clauses [] $store }
    };
    (@clauses $attributes:tt $store:expr) => {
        $crate::session_store_contract! { @tests $attributes $store;
            looks_up_live_sessions,
            entries_are_of_one_session,
            entries_stay_while_sessions_are_used,
            fill_needs_the_version_that_was_seen,
            fill_has_one_winner,
            fill_revives_nothing,
            a_change_drops_the_entries_of_its_subject,
            nothing_is_filled_during_a_change,
            nothing_that_was_read_before_the_end_is_filled_after_it,
            entries_are_filled_when_all_changes_have_ended,
            an_abandoned_change_ends_after_its_lease,
            an_end_can_be_repeated_and_needs_no_beginning,
            invalidation_drops_what_was_read_before,
            a_change_drops_the_entries_of_rotated_sessions,
            a_session_that_begins_during_a_change_is_not_filled,
            no_former_value_is_seen_after_a_change_under_concurrent_reads,
            no_former_value_is_seen_after_overlapping_changes,
        }
    };
}

/// A created session is found unchanged, including microseconds, whether all or nothing is known of it.
pub async fn finds_what_was_created(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (all, session) = room.create(NOW).await;
    assert_eq!(room.find(&all, NOW).await, Some(session));

    let (nothing, new) = (digest(), NewSession::new(room.subject, lifetime()));
    let session = Session::begin(NewSession { epoch: u32::MAX, ..new }, NOW);
    room.store.create(&nothing, &session).await.expect("store answers");
    assert_eq!(room.find(&nothing, NOW).await, Some(session));
}

/// An unknown digest finds nothing.
pub async fn finds_nothing_else(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    room.create(NOW).await;
    assert_eq!(room.find(&digest(), NOW).await, None);
}

/// An unused session is active up to the end of its idle time (exclusive) (SES-4).
pub async fn ends_by_idleness(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (digest, session) = room.create(NOW).await;
    assert_eq!(room.find(&digest, after(3_599)).await, Some(session));
    assert_eq!(room.find(&digest, after(3_600)).await, None);
}

/// Use restarts the idle time, but does not extend the absolute lifetime (SES-4).
pub async fn touch_extends_the_idle_end_only(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (digest, session) = room.create(NOW).await;
    for seconds in (1_800..86_400).step_by(1_800) {
        let seen = Session { last_seen_at: after(seconds), ..session.clone() };
        room.touch(&digest, after(seconds)).await;
        assert_eq!(room.find(&digest, after(seconds)).await, Some(seen));
    }
    assert!(room.find(&digest, after(86_399)).await.is_some());
    assert_eq!(room.find(&digest, after(86_400)).await, None);
}

/// A delayed touch does not overwrite a touch with a later time.
pub async fn touch_does_not_go_back_in_time(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (digest, session) = room.create(NOW).await;
    room.touch(&digest, after(1_000)).await;
    room.touch(&digest, after(500)).await;
    let seen = Session { last_seen_at: after(1_000), ..session };
    assert_eq!(room.find(&digest, after(1_000)).await, Some(seen));
}

/// A touch does not revive an ended or revoked session, and does not create one.
pub async fn touch_does_not_revive(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (ended, _) = room.create(NOW).await;
    room.touch(&ended, after(3_600)).await;
    assert_eq!(room.find(&ended, after(3_600)).await, None);

    let (revoked, session) = room.create(NOW).await;
    assert!(room.revoke(session.id).await);
    room.touch(&revoked, after(1)).await;
    assert_eq!(room.find(&revoked, after(1)).await, None);

    let unknown = digest();
    room.touch(&unknown, NOW).await;
    assert_eq!(room.find(&unknown, NOW).await, None);
}

/// The list contains exactly the active sessions of the subject.
pub async fn lists_live_sessions_latest_first(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let stranger = Room::new(Arc::clone(&room.store));
    stranger.create(NOW).await;
    let (first_digest, first) = room.create(NOW).await;
    let (_, second) = room.create(after(10)).await;
    let (_, third) = room.create(after(20)).await;
    assert_eq!(room.list(after(20)).await, [third.clone(), second, first.clone()]);

    room.touch(&first_digest, after(3_000)).await;
    let first = Session { last_seen_at: after(3_000), ..first };
    assert_eq!(room.list(after(3_610)).await, [third.clone(), first.clone()]);
    assert!(room.revoke(third.id).await);
    assert_eq!(room.list(after(3_610)).await, [first]);
}

/// A revoked session ends at once; other sessions stay active.
pub async fn revokes_one(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (digest, session) = room.create(NOW).await;
    let (other, _) = room.create(NOW).await;
    assert!(room.revoke(session.id).await);
    assert_eq!(room.find(&digest, NOW).await, None);
    assert!(room.find(&other, NOW).await.is_some());
    assert!(!room.revoke(session.id).await);
}

/// A session cannot be revoked with the id of another subject.
pub async fn does_not_revoke_sessions_of_others(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let stranger = Room::new(Arc::clone(&room.store));
    let (digest, session) = room.create(NOW).await;
    assert!(!stranger.revoke(session.id).await);
    stranger.revoke_all(None).await;
    assert!(room.find(&digest, NOW).await.is_some());
}

/// All sessions end except the one to keep; without a session to keep, all sessions end.
pub async fn revokes_all_but_one(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (kept, session) = room.create(NOW).await;
    let (one, _) = room.create(NOW).await;
    let (two, _) = room.create(NOW).await;
    room.revoke_all(Some(session.id)).await;
    assert_eq!(room.find(&kept, NOW).await, Some(session));
    assert_eq!(room.find(&one, NOW).await, None);
    assert_eq!(room.find(&two, NOW).await, None);
    room.revoke_all(None).await;
    assert_eq!(room.find(&kept, NOW).await, None);
    assert_eq!(room.list(NOW).await, []);
}

/// Purging does not delete active sessions.
pub async fn purge_deletes_only_ended_sessions(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    let (idle, _) = room.create(NOW).await;
    let (live, session) = room.create(after(10)).await;
    room.store.purge(after(3_600)).await.expect("store answers");
    assert_eq!(room.find(&live, after(3_600)).await, Some(session.clone()));
    assert_eq!(room.find(&idle, after(3_600)).await, None);
    assert_eq!(room.list(after(3_600)).await, [session]);
}

/// A store that counts its sessions counts the active ones.
pub async fn counts_live_sessions_or_none(store: Arc<dyn SessionStore>) {
    let room = Room::new(store);
    // Other clauses may share the store, and none has sessions at this time.
    let now = after(1_000_000);
    let count = async || room.store.count(now).await.expect("store answers");
    if count().await.is_some() {
        assert_eq!(count().await, Some(0));
        room.create(NOW).await;
        room.create(now).await;
        let (_, revoked) = room.create(now).await;
        assert!(room.revoke(revoked.id).await);
        assert_eq!(count().await, Some(1));
    }
}

/// A revocation wins against concurrent touches, in every round (SES-5).
pub async fn revoked_stays_revoked_under_concurrent_touches(store: Arc<dyn SessionStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store));
        let (digest, session) = room.create(NOW).await;
        let start = Arc::new(Barrier::new(9));
        let touches = (1..9).map(|seconds| {
            let (room, start) = (room.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                room.touch(&digest, after(seconds)).await;
            })
        });
        let touches = touches.collect::<Vec<_>>();
        start.wait().await;
        assert!(room.revoke(session.id).await, "round {round}: the session was there");
        for touch in touches {
            touch.await.expect("touch finishes");
        }
        assert_eq!(room.find(&digest, after(9)).await, None, "round {round}: it came back");
        assert_eq!(room.list(after(9)).await, [], "round {round}: it is still listed");
    }
}

/// Exactly one of several concurrent revocations of a session returns `true`.
pub async fn revoke_returns_true_once(store: Arc<dyn SessionStore>) {
    for round in 0..50 {
        let room = Room::new(Arc::clone(&store));
        let (_, session) = room.create(NOW).await;
        let start = Arc::new(Barrier::new(8));
        let rivals = (0..8).map(|_| {
            let (room, start, id) = (room.clone(), Arc::clone(&start), session.id);
            tokio::spawn(async move {
                start.wait().await;
                room.revoke(id).await
            })
        });
        let mut winners = 0;
        for rival in rivals.collect::<Vec<_>>() {
            winners += u32::from(rival.await.expect("rival finishes"));
        }
        assert_eq!(winners, 1, "round {round}");
    }
}
