use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_idempotency::{
    Begun, Fingerprint, IdempotencyStore, IdempotencyStoreError, LeaseToken, RequestDigest,
    SealedResponse, testing,
};
use time::OffsetDateTime;
use tokio::{sync::Mutex, time::sleep};

/// What a store gets wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Lets other calls run between its read and its write.
    Racy,
    /// Finishes and abandons under any token.
    IgnoresTokens,
    /// Answers every request under a key alike.
    IgnoresContent,
    /// Keeps a running record for ever.
    EndsNoLease,
    /// Keeps a response for ever.
    KeepsResponses,
}

#[derive(Debug, Clone)]
struct Record {
    fingerprint: Fingerprint,
    token: LeaseToken,
    response: Option<SealedResponse>,
    expires_at: OffsetDateTime,
}

#[derive(Debug)]
struct FaultyStore(Fault, Mutex<HashMap<RequestDigest, Record>>);

impl FaultyStore {
    fn with(fault: Fault) -> Arc<Self> {
        Arc::new(Self(fault, Mutex::default()))
    }

    /// The live record, as it is read; others may write before this call does.
    async fn read(&self, key: &RequestDigest, now: OffsetDateTime) -> Option<Record> {
        let found = self.1.lock().await.get(key).cloned();
        if self.0 == Fault::Racy {
            sleep(Duration::from_millis(1)).await;
        }
        let is_immortal = |record: &Record| match record.response {
            None => self.0 == Fault::EndsNoLease,
            Some(_) => self.0 == Fault::KeepsResponses,
        };
        found.filter(|record| now < record.expires_at || is_immortal(record))
    }

    fn owns(&self, record: &Record, token: LeaseToken) -> bool {
        record.response.is_none() && (record.token == token || self.0 == Fault::IgnoresTokens)
    }
}

#[async_trait]
impl IdempotencyStore for FaultyStore {
    async fn begin(
        &self,
        key: &RequestDigest,
        fingerprint: Fingerprint,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<Begun, IdempotencyStoreError> {
        if let Some(record) = self.read(key, now).await {
            if record.fingerprint != fingerprint && self.0 != Fault::IgnoresContent {
                return Ok(Begun::Reused);
            }
            let remaining = Duration::try_from(record.expires_at - now).unwrap_or_default();
            return Ok(record.response.map_or(Begun::Running { remaining }, Begun::Done));
        }
        let token = LeaseToken::random();
        let record = Record { fingerprint, token, response: None, expires_at: now + lease };
        self.1.lock().await.insert(*key, record);
        Ok(Begun::Started(token))
    }

    async fn finish(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
        response: SealedResponse,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, IdempotencyStoreError> {
        let Some(record) = self.read(key, now).await.filter(|record| self.owns(record, token))
        else {
            return Ok(false);
        };
        let done = Record { response: Some(response), expires_at, ..record };
        self.1.lock().await.insert(*key, done);
        Ok(true)
    }

    async fn abandon(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
    ) -> Result<(), IdempotencyStoreError> {
        let mut records = self.1.lock().await;
        if records.get(key).is_some_and(|record| self.owns(record, token)) {
            records.remove(key);
        }
        Ok(())
    }
}

/// Declares a test that `clause` fails on a store with `fault`.
macro_rules! caught {
    ($($test:ident: $clause:ident, $fault:ident, $message:literal;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            #[should_panic(expected = $message)]
            async fn $test() {
                testing::$clause(FaultyStore::with(Fault::$fault)).await;
            }
        )+
    };
}

caught! {
    rivals_begin_together_on_a_racy_store: one_of_rivals_begins, Racy, "round";
    rivals_take_over_together_on_a_racy_store: one_of_rivals_takes_over, Racy, "round";
    rivals_finish_together_on_a_racy_store: one_of_rivals_finishes, Racy, "round";
    any_token_abandons: an_abandoned_request_begins_anew, IgnoresTokens, "must be running";
    any_token_finishes: keys_are_apart, IgnoresTokens, "assertion failed";
    a_late_token_finishes: an_ended_lease_changes_nothing, IgnoresTokens, "assertion failed";
    a_key_answers_other_content: a_key_is_for_one_request, IgnoresContent, "assertion";
    a_crashed_request_blocks_its_key: a_lease_ends, EndsNoLease, "must be started";
    a_response_stays: a_response_is_kept_until_it_expires, KeepsResponses, "must be started";
}

#[tokio::test]
async fn faulty_stores_are_right_in_other_respects() {
    use Fault::{EndsNoLease, IgnoresContent, IgnoresTokens, KeepsResponses, Racy};
    for fault in [Racy, IgnoresTokens, IgnoresContent, EndsNoLease, KeepsResponses] {
        testing::a_repeat_of_a_running_request_waits(FaultyStore::with(fault)).await;
        testing::a_repeat_of_a_finished_request_has_its_response(FaultyStore::with(fault)).await;
        testing::a_large_response_is_kept_byte_for_byte(FaultyStore::with(fault)).await;
    }
}
