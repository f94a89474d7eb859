use std::{sync::Arc, time::Duration};

use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::{
    Device, DeviceKind, Lifetime, Method, Methods, NewSession, Session, SessionDigest, SessionId,
    SessionStore, SessionToken,
};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30.123456 UTC);

/// A store with a separate subject per clause, so that clauses can share the store.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) subject: Uuid,
}

impl Room {
    pub(super) fn new(store: Arc<dyn SessionStore>) -> Self {
        Self { store, subject: Uuid::new_v4() }
    }

    /// A session of which everything is known.
    pub(super) async fn create(&self, now: OffsetDateTime) -> (SessionDigest, Session) {
        let new = NewSession {
            subject: self.subject,
            epoch: 3,
            lifetime: lifetime(),
            methods: Methods::from(Method::Password).with(Method::Operator),
            device: Device::new("Firefox 145", "HarmonyOS", DeviceKind::App),
            address: "2001:0db8:0000:0000:0000:ffff:198.51.100.255".to_owned(),
            place: Some("浙江 杭州".to_owned()),
            remembered: true,
        };
        let (digest, session) = (digest(), Session::begin(new, now));
        self.store.create(&digest, &session).await.expect("store answers");
        (digest, session)
    }

    pub(super) async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Option<Session> {
        self.store.find(digest, now).await.expect("store answers")
    }

    pub(super) async fn touch(&self, digest: &SessionDigest, now: OffsetDateTime) {
        self.store.touch(digest, now).await.expect("store answers");
    }

    pub(super) async fn rotate(
        &self,
        old: &SessionDigest,
        new: &SessionDigest,
        session: &Session,
        now: OffsetDateTime,
    ) -> bool {
        self.store.rotate(old, new, session, now).await.expect("store answers")
    }

    pub(super) async fn list(&self, now: OffsetDateTime) -> Vec<Session> {
        self.store.list(self.subject, now).await.expect("store answers")
    }

    pub(super) async fn revoke(&self, id: SessionId) -> bool {
        self.store.revoke(self.subject, id).await.expect("store answers")
    }

    pub(super) async fn revoke_all(&self, keep: Option<SessionId>) {
        self.store.revoke_all(self.subject, keep).await.expect("store answers");
    }
}

pub(super) fn lifetime() -> Lifetime {
    Lifetime::new(Duration::from_hours(1), Duration::from_hours(24))
        .expect("life time is within bounds")
}

pub(super) fn digest() -> SessionDigest {
    SessionToken::generate(&mut rand::rng()).digest()
}

pub(super) fn after(seconds: u64) -> OffsetDateTime {
    NOW + Duration::from_secs(seconds)
}
