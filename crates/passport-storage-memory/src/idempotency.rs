use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use passport_idempotency::{
    Begun, Fingerprint, IdempotencyStore, IdempotencyStoreError, LeaseToken, RequestDigest,
    SealedResponse,
};
use time::OffsetDateTime;

use crate::expiry::ExpiringMap;

/// Records of requests in the memory of this process. They are lost when it ends.
#[derive(Debug, Default)]
pub struct MemoryIdempotencyStore(Mutex<ExpiringMap<RequestDigest, Record>>);

#[derive(Debug)]
struct Record {
    fingerprint: Fingerprint,
    state: State,
    expires_at: OffsetDateTime,
}

#[derive(Debug)]
enum State {
    Running(LeaseToken),
    Done(SealedResponse),
}

impl Record {
    fn is_live(&self, now: OffsetDateTime) -> bool {
        now < self.expires_at
    }

    fn runs_under(&self, token: LeaseToken) -> bool {
        match &self.state {
            State::Running(own) => *own == token,
            State::Done(_) => false,
        }
    }

    fn answer(&self, fingerprint: Fingerprint, now: OffsetDateTime) -> Begun {
        if self.fingerprint != fingerprint {
            return Begun::Reused;
        }
        match &self.state {
            State::Done(response) => Begun::Done(response.clone()),
            State::Running(_) => Begun::Running {
                remaining: Duration::try_from(self.expires_at - now).unwrap_or_default(),
            },
        }
    }
}

impl MemoryIdempotencyStore {
    fn locked<T>(
        &self,
        act: impl FnOnce(&mut ExpiringMap<RequestDigest, Record>) -> T,
    ) -> Result<T, IdempotencyStoreError> {
        let mut records = self.0.lock().map_err(|_| {
            IdempotencyStoreError::new("a thread panicked while it held the lock of the records")
        })?;
        Ok(act(&mut records))
    }
}

#[async_trait]
impl IdempotencyStore for MemoryIdempotencyStore {
    async fn begin(
        &self,
        key: &RequestDigest,
        fingerprint: Fingerprint,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<Begun, IdempotencyStoreError> {
        self.locked(|records| {
            let live = records.get_mut(key).filter(|record| record.is_live(now));
            if let Some(record) = live {
                return record.answer(fingerprint, now);
            }
            let token = LeaseToken::random();
            let state = State::Running(token);
            records.remove(key);
            records.entry(
                *key,
                |record| record.is_live(now),
                || Record { fingerprint, state, expires_at: now + lease },
            );
            Begun::Started(token)
        })
    }

    async fn finish(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
        response: SealedResponse,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, IdempotencyStoreError> {
        self.locked(|records| {
            let own = records.get_mut(key);
            let own = own.filter(|record| record.is_live(now) && record.runs_under(token));
            let Some(record) = own else { return false };
            record.state = State::Done(response);
            record.expires_at = expires_at;
            true
        })
    }

    async fn abandon(
        &self,
        key: &RequestDigest,
        token: LeaseToken,
    ) -> Result<(), IdempotencyStoreError> {
        self.locked(|records| {
            if records.get_mut(key).is_some_and(|record| record.runs_under(token)) {
                records.remove(key);
            }
        })
    }
}
