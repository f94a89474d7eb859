use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use passport_session::{Device, DeviceKind, Method, Session, SessionId, SessionStore};
use passport_storage_redis::{RedisClient, RedisOptions, RedisSessionStore};
use time::OffsetDateTime;

use super::filling::{ABSOLUTE, Filling, IDLE};
use crate::{outcome::Outcome, people};

/// Sessions that are written at once, over one connection.
const AT_ONCE: usize = 512;

/// Stores the session of each user in the Redis at `url`, as the service stores it.
pub(crate) async fn fill_sessions(filling: &Filling, url: &str) -> Outcome {
    let options =
        RedisOptions { response_timeout: Duration::from_secs(30), ..RedisOptions::default() };
    let store = RedisSessionStore::new(RedisClient::open(url, options)?);
    let now = OffsetDateTime::from_unix_timestamp_nanos(i128::from(filling.at) * 1_000_000)?;
    let device = Device::new("Firefox", "Linux", DeviceKind::Computer);
    let create = |n| {
        let (store, device) = (&store, device.clone());
        async move {
            let session = Session {
                id: SessionId::from_uuid(people::session_id(n, filling.at)),
                subject: people::user_id(n),
                epoch: 0,
                created_at: now,
                last_seen_at: now,
                idle: Duration::from_millis(IDLE),
                expires_at: now + Duration::from_millis(ABSOLUTE),
                authenticated_at: now,
                methods: Method::Password.into(),
                device,
                address: "10.0.0.1".to_owned(),
                place: None,
                remembered: true,
            };
            store.create(&people::token(n)?.digest(), &session).await?;
            Outcome::Ok(())
        }
    };
    stream::iter((0..filling.count).map(create)).buffer_unordered(AT_ONCE).try_collect().await
}
