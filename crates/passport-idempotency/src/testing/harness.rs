//! Requests of their own, and calls that expect an outcome.

use std::{sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::{Begun, Fingerprint, IdempotencyStore, LeaseToken, RequestDigest, SealedResponse};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-29 09:43:30 UTC);
pub(super) const LEASE: Duration = Duration::from_mins(1);
pub(super) const KEPT: Duration = Duration::from_hours(24);

pub(super) fn at(seconds: u64) -> OffsetDateTime {
    NOW + Duration::from_secs(seconds)
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) key: RequestDigest,
    pub(super) fingerprint: Fingerprint,
}

impl Request {
    /// A request that no other clause has, so that clauses can share a store.
    pub(super) fn fresh() -> Self {
        Self { key: RequestDigest::new(random()), fingerprint: Fingerprint::new(random()) }
    }

    pub(super) fn with_other_content(self) -> Self {
        Self { fingerprint: Fingerprint::new(random()), ..self }
    }
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes
}

pub(super) fn response(text: &str) -> SealedResponse {
    SealedResponse::from_bytes(text.as_bytes().to_vec())
}

pub(super) async fn begin(
    store: &Arc<dyn IdempotencyStore>,
    request: &Request,
    now: OffsetDateTime,
) -> Begun {
    let begun = store.begin(&request.key, request.fingerprint, LEASE, now).await;
    begun.expect("store answers")
}

pub(super) async fn started(
    store: &Arc<dyn IdempotencyStore>,
    request: &Request,
    now: OffsetDateTime,
) -> LeaseToken {
    match begin(store, request, now).await {
        Begun::Started(token) => token,
        other @ (Begun::Running { .. } | Begun::Done(_) | Begun::Reused) => {
            panic!("must be started, was {other:?}")
        }
    }
}

pub(super) async fn running(
    store: &Arc<dyn IdempotencyStore>,
    request: &Request,
    now: OffsetDateTime,
) -> Duration {
    match begin(store, request, now).await {
        Begun::Running { remaining } => remaining,
        other @ (Begun::Started(_) | Begun::Done(_) | Begun::Reused) => {
            panic!("must be running, was {other:?}")
        }
    }
}

/// Finishes with `text`, kept for [`KEPT`].
pub(super) async fn finish(
    store: &Arc<dyn IdempotencyStore>,
    request: &Request,
    token: LeaseToken,
    text: &str,
    now: OffsetDateTime,
) -> bool {
    let kept = store.finish(&request.key, token, response(text), now + KEPT, now).await;
    kept.expect("store answers")
}

pub(super) async fn abandon(
    store: &Arc<dyn IdempotencyStore>,
    request: &Request,
    token: LeaseToken,
) {
    store.abandon(&request.key, token).await.expect("store answers");
}
