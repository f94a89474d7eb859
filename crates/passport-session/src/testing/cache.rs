//! Clauses of [`SubjectCache`](crate::SubjectCache).

mod races;

use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;
use tokio::time::sleep;

pub use self::races::*;
use super::{
    CachingStore,
    room::{NOW, Room, after, digest},
};
use crate::{CachedSession, ChangeId, EntryVersion, Session, SessionDigest, SubjectCache};

/// Longer than any clause takes.
const LEASE: Duration = Duration::from_mins(10);
/// Longer than a call takes, and short enough to wait for.
const SHORT_LEASE: Duration = Duration::from_millis(500);

/// A room, and the cache over its store.
#[derive(Clone)]
struct CacheRoom {
    room: Room,
    cache: Arc<dyn SubjectCache>,
}

impl CacheRoom {
    fn new((store, cache): CachingStore) -> Self {
        Self { room: Room::new(store), cache }
    }

    /// A room of another subject on the same store.
    fn next(&self) -> Self {
        Self::new((Arc::clone(&self.room.store), Arc::clone(&self.cache)))
    }

    async fn look_up(&self, digest: &SessionDigest, now: OffsetDateTime) -> Option<CachedSession> {
        self.cache.look_up(digest, now).await.expect("store answers")
    }

    async fn value(&self, digest: &SessionDigest) -> Option<Vec<u8>> {
        self.look_up(digest, NOW).await.expect("the session is live").value
    }

    async fn fill(&self, digest: &SessionDigest, seen: &CachedSession, value: &[u8]) -> bool {
        let CachedSession { session, version, .. } = seen;
        self.cache.fill(digest, session, version, value).await.expect("store answers")
    }

    /// Looks up and fills.
    async fn read(&self, digest: &SessionDigest, value: &[u8]) -> bool {
        let seen = self.look_up(digest, NOW).await.expect("the session is live");
        self.fill(digest, &seen, value).await
    }

    async fn begin(&self, lease: Duration) -> ChangeId {
        let change = ChangeId::random();
        let begun = self.cache.begin_change(self.room.subject, change, lease).await;
        begun.expect("store answers");
        change
    }

    async fn end(&self, change: ChangeId) {
        self.cache.end_change(self.room.subject, change).await.expect("store answers");
    }

    async fn create(&self) -> (SessionDigest, Session) {
        self.room.create(NOW).await
    }
}

/// A look-up finds what `find` finds, and no value before one was filled.
pub async fn looks_up_live_sessions(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, session) = it.create().await;
    let found = it.look_up(&digest, NOW).await.expect("the session is live");
    assert_eq!((&found.session, &found.value), (&session, &None));
    assert_eq!(it.look_up(&digest, after(3_600)).await, None, "it has ended");
    assert_eq!(it.look_up(&super::digest(), NOW).await, None);
    assert!(it.room.revoke(session.id).await);
    assert_eq!(it.look_up(&digest, NOW).await, None);
}

/// A value is found for the session it was filled for, unchanged whatever its bytes are.
pub async fn entries_are_of_one_session(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (one, session) = it.create().await;
    let (other, _) = it.create().await;
    let bytes: Vec<u8> = (0..=255).cycle().take(700).collect();
    assert!(it.read(&one, &bytes).await);
    let found = it.look_up(&one, NOW).await.expect("the session is live");
    assert_eq!((&found.session, found.value.as_ref()), (&session, Some(&bytes)));
    assert_eq!(it.value(&other).await, None);
    for shorter in [&bytes[..63], b"", &bytes[..300]] {
        assert!(it.read(&one, shorter).await);
        assert_eq!(it.value(&one).await.as_deref(), Some(shorter));
    }
}

/// A use of the session keeps the value, and the session is found, listed and touched as without one.
pub async fn entries_stay_while_sessions_are_used(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, session) = it.create().await;
    assert!(it.read(&digest, b"value").await);
    assert_eq!(it.room.find(&digest, NOW).await.as_ref(), Some(&session));
    it.room.touch(&digest, after(100)).await;
    let seen = Session { last_seen_at: after(100), ..session };
    let found = it.look_up(&digest, after(100)).await.expect("the session is live");
    assert_eq!((&found.session, found.value.as_deref()), (&seen, Some(&b"value"[..])));
    assert_eq!(it.room.list(after(100)).await, [seen]);
    it.room.revoke_all(None).await;
    assert_eq!(it.look_up(&digest, after(100)).await, None);
}

/// A fill is refused if another one came first, or if the version was never seen.
pub async fn fill_needs_the_version_that_was_seen(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, _) = it.create().await;
    let seen = it.look_up(&digest, NOW).await.expect("the session is live");
    assert!(it.fill(&digest, &seen, b"first").await);
    assert!(!it.fill(&digest, &seen, b"second").await);
    let invented = CachedSession { version: EntryVersion::random(), ..seen };
    assert!(!it.fill(&digest, &invented, b"third").await);
    assert_eq!(it.value(&digest).await.as_deref(), Some(&b"first"[..]));
    assert!(it.read(&digest, b"fourth").await);
    assert_eq!(it.value(&digest).await.as_deref(), Some(&b"fourth"[..]));
}

/// A fill does not bring back a session that was revoked or rotated meanwhile.
pub async fn fill_revives_nothing(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (revoked, session) = it.create().await;
    let seen = it.look_up(&revoked, NOW).await.expect("the session is live");
    assert!(it.room.revoke(session.id).await);
    assert!(!it.fill(&revoked, &seen, b"value").await);
    assert_eq!(it.look_up(&revoked, NOW).await, None);
    assert_eq!(it.room.list(NOW).await, []);

    let (old, session) = it.create().await;
    let seen = it.look_up(&old, NOW).await.expect("the session is live");
    let new = digest();
    assert!(it.room.rotate(&old, &new, &session, NOW).await);
    assert!(!it.fill(&old, &seen, b"value").await);
    assert_eq!(it.look_up(&old, NOW).await, None);
    assert_eq!(it.room.find(&new, NOW).await, Some(session));
}

/// The beginning of a change drops the values of the subject's sessions, and of no other subject.
pub async fn a_change_drops_the_entries_of_its_subject(store: CachingStore) {
    let (it, stranger) = { (CacheRoom::new(store.clone()), CacheRoom::new(store)) };
    let digests = [it.create().await.0, it.create().await.0, it.create().await.0];
    let (other, _) = stranger.create().await;
    for digest in &digests {
        assert!(it.read(digest, b"value").await);
    }
    assert!(stranger.read(&other, b"theirs").await);
    let change = it.begin(LEASE).await;
    for digest in &digests {
        assert_eq!(it.value(digest).await, None);
    }
    it.end(change).await;
    assert_eq!(stranger.value(&other).await.as_deref(), Some(&b"theirs"[..]));
}

/// During a change nothing is filled, whether it was looked up before the change or during it. Other
/// subjects are not affected.
pub async fn nothing_is_filled_during_a_change(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, _) = it.create().await;
    let before = it.look_up(&digest, NOW).await.expect("the session is live");
    let change = it.begin(LEASE).await;
    assert!(!it.fill(&digest, &before, b"former").await);
    assert!(!it.read(&digest, b"former").await);
    assert_eq!(it.value(&digest).await, None);
    let stranger = it.next();
    let (other, _) = stranger.create().await;
    assert!(stranger.read(&other, b"theirs").await);
    it.end(change).await;
    assert!(it.read(&digest, b"new").await);
    assert_eq!(it.value(&digest).await.as_deref(), Some(&b"new"[..]));
}

/// What was looked up before the end of a change is not filled after it, though the entry had no value
/// all the time.
pub async fn nothing_that_was_read_before_the_end_is_filled_after_it(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, _) = it.create().await;
    let before = it.look_up(&digest, NOW).await.expect("the session is live");
    let change = it.begin(LEASE).await;
    let during = it.look_up(&digest, NOW).await.expect("the session is live");
    it.end(change).await;
    assert!(!it.fill(&digest, &before, b"former").await);
    assert!(!it.fill(&digest, &during, b"former").await);
    assert_eq!(it.value(&digest).await, None);
}

/// The end of one change does not end another one.
pub async fn entries_are_filled_when_all_changes_have_ended(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, _) = it.create().await;
    let (first, second) = (it.begin(LEASE).await, it.begin(LEASE).await);
    it.end(second).await;
    assert!(!it.read(&digest, b"former").await);
    it.end(first).await;
    assert!(it.read(&digest, b"new").await);
}

/// A change whose end is not announced lets entries be filled after its lease, and not before. A shorter
/// lease does not shorten that of another change.
pub async fn an_abandoned_change_ends_after_its_lease(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, _) = it.create().await;
    it.begin(SHORT_LEASE).await;
    assert!(!it.read(&digest, b"former").await);
    sleep(SHORT_LEASE * 2).await;
    assert!(it.read(&digest, b"new").await);

    let long = it.begin(LEASE).await;
    it.begin(SHORT_LEASE).await;
    sleep(SHORT_LEASE * 2).await;
    assert!(!it.read(&digest, b"former").await);
    it.end(long).await;
}

/// The end of a change that is not known any more drops the entries nevertheless, because the store may
/// have lost the beginning. An end may be announced twice.
pub async fn an_end_can_be_repeated_and_needs_no_beginning(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, _) = it.create().await;
    assert!(it.read(&digest, b"former").await);
    let seen = it.look_up(&digest, NOW).await.expect("the session is live");
    let unknown = ChangeId::random();
    for _ in 0..2 {
        it.end(unknown).await;
        assert_eq!(it.value(&digest).await, None);
        assert!(!it.fill(&digest, &seen, b"former").await);
    }
    assert!(it.read(&digest, b"new").await);
}

/// An invalidation drops the values, refuses what was looked up before it, and lets later ones be filled.
/// It ends no change.
pub async fn invalidation_drops_what_was_read_before(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (digest, _) = it.create().await;
    let (empty, _) = it.create().await;
    assert!(it.read(&digest, b"former").await);
    let seen = [
        (digest, it.look_up(&digest, NOW).await.expect("the session is live")),
        (empty, it.look_up(&empty, NOW).await.expect("the session is live")),
    ];
    let invalidate = async || it.cache.invalidate(it.room.subject).await.expect("store answers");
    invalidate().await;
    for (digest, seen) in &seen {
        assert!(!it.fill(digest, seen, b"former").await);
        assert_eq!(it.value(digest).await, None);
        assert!(it.read(digest, b"new").await);
    }
    let change = it.begin(LEASE).await;
    invalidate().await;
    assert!(!it.read(&digest, b"former").await);
    it.end(change).await;
}

/// A rotated session is looked up as it is now, and is one of its subject's as well.
pub async fn a_change_drops_the_entries_of_rotated_sessions(store: CachingStore) {
    let it = CacheRoom::new(store);
    let (old, session) = it.create().await;
    let new = digest();
    assert!(it.read(&old, b"value").await);
    let session = Session { epoch: session.epoch + 1, authenticated_at: after(1), ..session };
    assert!(it.room.rotate(&old, &new, &session, NOW).await);
    let seen = it.look_up(&new, NOW).await.expect("the session is live");
    assert_eq!(seen.session, session, "as it was rotated");
    assert!(it.read(&new, b"value").await);
    let seen = it.look_up(&new, NOW).await.expect("the session is live");
    let change = it.begin(LEASE).await;
    assert_eq!(it.value(&new).await, None);
    it.end(change).await;
    assert!(!it.fill(&new, &seen, b"former").await);
}

/// A session may begin during a change, and its reader may be later than the end.
pub async fn a_session_that_begins_during_a_change_is_not_filled(store: CachingStore) {
    let it = CacheRoom::new(store);
    let change = it.begin(LEASE).await;
    let (digest, _) = it.create().await;
    let during = it.look_up(&digest, NOW).await.expect("the session is live");
    assert!(!it.fill(&digest, &during, b"former").await);
    it.end(change).await;
    assert!(!it.fill(&digest, &during, b"former").await);
    assert!(it.read(&digest, b"new").await);
}
