//! Caches that break one rule each, over a sound store.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_session::{
    CachedSession, ChangeId, EntryVersion, Session, SessionDigest, SessionStoreError, SubjectCache,
    testing::{self, CachingStore},
};
use passport_storage_memory::MemorySessionStore;
use time::{OffsetDateTime, macros::datetime};
use tokio::time::sleep;
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456 UTC);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Compares the version, and then fills.
    ReadsThenWrites,
    /// Fills whatever the version is.
    IgnoresVersions,
    /// Drops the entries at the beginning of a change only.
    DropsOnce,
}

#[derive(Debug)]
struct HastyCache {
    fault: Fault,
    sound: Arc<MemorySessionStore>,
}

fn hasty(fault: Fault) -> CachingStore {
    let sound = Arc::new(MemorySessionStore::default());
    (Arc::clone(&sound) as _, Arc::new(HastyCache { fault, sound }))
}

#[async_trait]
impl SubjectCache for HastyCache {
    async fn look_up(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<CachedSession>, SessionStoreError> {
        self.sound.look_up(digest, now).await
    }

    async fn fill(
        &self,
        digest: &SessionDigest,
        session: &Session,
        seen: &EntryVersion,
        value: &[u8],
    ) -> Result<bool, SessionStoreError> {
        let version = match self.fault {
            Fault::DropsOnce => seen.clone(),
            Fault::ReadsThenWrites | Fault::IgnoresVersions => {
                let Some(found) = self.look_up(digest, NOW).await? else { return Ok(false) };
                if self.fault == Fault::ReadsThenWrites && found.version != *seen {
                    return Ok(false);
                }
                // The other calls complete meanwhile.
                sleep(Duration::from_millis(1)).await;
                let Some(found) = self.look_up(digest, NOW).await? else { return Ok(false) };
                found.version
            }
        };
        self.sound.fill(digest, session, &version, value).await
    }

    async fn begin_change(
        &self,
        subject: Uuid,
        change: ChangeId,
        lease: Duration,
    ) -> Result<(), SessionStoreError> {
        match self.fault {
            Fault::DropsOnce => self.sound.invalidate(subject).await,
            _ => self.sound.begin_change(subject, change, lease).await,
        }
    }

    async fn end_change(&self, subject: Uuid, change: ChangeId) -> Result<(), SessionStoreError> {
        match self.fault {
            Fault::DropsOnce => Ok(()),
            _ => self.sound.end_change(subject, change).await,
        }
    }

    async fn invalidate(&self, subject: Uuid) -> Result<(), SessionStoreError> {
        self.sound.invalidate(subject).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hasty_cache_passes_the_other_clauses() {
    for fault in [Fault::ReadsThenWrites, Fault::IgnoresVersions, Fault::DropsOnce] {
        testing::looks_up_live_sessions(hasty(fault)).await;
        testing::entries_are_of_one_session(hasty(fault)).await;
        testing::a_change_drops_the_entries_of_its_subject(hasty(fault)).await;
        testing::entries_stay_while_sessions_are_used(hasty(fault)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn fill_has_one_winner_fails_on_a_cache_that_reads_then_writes() {
    testing::fill_has_one_winner(hasty(Fault::ReadsThenWrites)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn no_former_value_is_seen_fails_on_a_cache_without_versions() {
    let cache = hasty(Fault::IgnoresVersions);
    testing::no_former_value_is_seen_after_a_change_under_concurrent_reads(cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn no_former_value_is_seen_fails_on_a_cache_that_drops_before_the_change_only() {
    let cache = hasty(Fault::DropsOnce);
    testing::no_former_value_is_seen_after_a_change_under_concurrent_reads(cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "round")]
async fn overlapping_changes_fail_on_a_cache_that_drops_before_the_change_only() {
    testing::no_former_value_is_seen_after_overlapping_changes(hasty(Fault::DropsOnce)).await;
}
