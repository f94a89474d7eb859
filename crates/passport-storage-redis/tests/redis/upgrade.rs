//! Records of former versions.

use std::{collections::HashMap, num::NonZeroU32, slice, time::Duration};

use deadpool_redis::redis::cmd;
use passport_codes::{Binding, CodeDigest, CodeKey, CodeStore, Purpose, Redemption, StoredCode};
use passport_session::{
    Device, DeviceKind, EntryVersion, Method, Methods, Session, SessionDigest, SessionId,
    SessionStore, SubjectCache,
};
use passport_storage_redis::{RedisCodeStore, RedisSessionStore};
use time::{OffsetDateTime, macros::datetime};
use uuid::{Uuid, uuid};

use crate::server::{open, prefix, raw, url};

const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

/// Version 0.1 stored no bindings.
#[tokio::test]
#[ignore = "needs Redis"]
async fn a_code_that_was_stored_without_a_binding_is_not_bound() {
    let (url, prefix) = (url(), prefix());
    let codes = RedisCodeStore::new(open(&url, &prefix));
    let key = CodeKey::new(Purpose::new("register"), "+8613800138000");
    let code = StoredCode {
        digest: CodeDigest::from_bytes([1; 32]),
        binding: None,
        tries_left: NonZeroU32::new(5).unwrap(),
        expires_at: NOW + Duration::from_mins(5),
    };
    let microseconds = code.expires_at.unix_timestamp_nanos() / 1_000;
    let mut set = cmd("HSET");
    set.arg(format!("{prefix}:code:register:+8613800138000"));
    set.arg("digest").arg(code.digest.as_bytes()).arg("tries_left").arg(5);
    set.arg("expires_at").arg(i64::try_from(microseconds).unwrap());
    let _: () = set.query_async(&mut raw(&url).await).await.unwrap();

    let stranger = Some(Binding::from_bytes([0; 16]));
    let redeemed = codes.redeem(&key, code.digest, stranger, NOW).await.unwrap();
    assert_eq!(redeemed, Redemption::Missing);
    let redeemed = codes.redeem(&key, code.digest, None, NOW).await.unwrap();
    assert_eq!(redeemed, Redemption::Accepted(code));
}

const SUBJECT: Uuid = uuid!("01a202a3-aa4b-746b-81c2-aec89104c37f");
const ID: Uuid = uuid!("01a202a3-b21b-7a1a-8e08-1905339f22db");

/// Stores a record with the fields of version 0.1, and `more`, under the digest of ones.
async fn store_record(url: &str, prefix: &str, more: &[(&str, &str)]) -> SessionDigest {
    let (mut connection, digest) = (raw(url).await, "01".repeat(32));
    let mut set = cmd("HSET");
    set.arg(format!("{prefix}:{{session}}:record:{digest}"));
    let fields = [
        ("id", "01a202a3-b21b-7a1a-8e08-1905339f22db"),
        ("subject", "01a202a3-aa4b-746b-81c2-aec89104c37f"),
        ("created_at", "1795340610123456"),
        ("last_seen_at", "1795340910123456"),
        ("idle", "3600000000"),
        ("expires_at", "1795427010123456"),
    ];
    for (name, value) in fields.iter().chain(more) {
        set.arg(name).arg(value);
    }
    let _: () = set.query_async(&mut connection).await.unwrap();
    let mut index = cmd("HSET");
    index.arg(format!("{prefix}:{{session}}:subject:{SUBJECT}")).arg(ID.to_string()).arg(digest);
    let _: () = index.query_async(&mut connection).await.unwrap();
    SessionDigest::from_bytes([1; 32])
}

/// Version 0.1 stored neither epoch nor proof nor device, and every sign-in was by password.
#[tokio::test]
#[ignore = "needs Redis"]
async fn a_session_of_version_0_1_began_in_epoch_0_by_password() {
    let (url, prefix, now) = (url(), prefix(), datetime!(2026-11-22 09:50 UTC));
    let sessions = RedisSessionStore::new(open(&url, &prefix));
    let old = store_record(&url, &prefix, &[]).await;
    let session = Session {
        id: SessionId::from_uuid(ID),
        subject: SUBJECT,
        epoch: 0,
        created_at: datetime!(2026-11-22 09:43:30.123456 UTC),
        last_seen_at: datetime!(2026-11-22 09:48:30.123456 UTC),
        idle: Duration::from_hours(1),
        expires_at: datetime!(2026-11-23 09:43:30.123456 UTC),
        authenticated_at: datetime!(2026-11-22 09:43:30.123456 UTC),
        methods: Method::Password.into(),
        device: Device::default(),
        address: String::new(),
        place: None,
        remembered: false,
    };
    assert_eq!(sessions.find(&old, now).await.unwrap().as_ref(), Some(&session));
    assert_eq!(sessions.list(SUBJECT, now).await.unwrap(), slice::from_ref(&session));

    sessions.touch(&old, now).await.unwrap();
    let (new, proved) = (SessionDigest::from_bytes([2; 32]), Session { epoch: 1, ..session });
    assert!(sessions.rotate(&old, &new, &proved, now).await.unwrap());
    let seen = Session { last_seen_at: now, ..proved };
    assert_eq!(sessions.find(&new, now).await.unwrap(), Some(seen));
    assert!(sessions.revoke(SUBJECT, SessionId::from_uuid(ID)).await.unwrap());
    assert_eq!(sessions.find(&new, now).await.unwrap(), None);
}

/// Nodes of a newer version may share the Redis during an upgrade.
#[tokio::test]
#[ignore = "needs Redis"]
async fn a_session_of_a_newer_version_is_read_as_far_as_it_is_known() {
    let (url, prefix, now) = (url(), prefix(), datetime!(2026-11-22 09:50 UTC));
    let sessions = RedisSessionStore::new(open(&url, &prefix));
    let more = [("methods", "65535"), ("device_kind", "70000"), ("passkey", "x")];
    let digest = store_record(&url, &prefix, &more).await;
    let session = sessions.find(&digest, now).await.unwrap().unwrap();
    assert_eq!(session.methods, Method::ALL.into_iter().collect::<Methods>());
    assert_eq!(session.device.kind(), DeviceKind::Unknown);
    assert_eq!(sessions.list(SUBJECT, now).await.unwrap(), [session]);
}

/// Versions without a cache read every field as text, and ignore those they do not know.
#[tokio::test]
#[ignore = "needs Redis"]
async fn a_session_gets_an_entry_that_versions_without_a_cache_can_read() {
    let (url, prefix, now) = (url(), prefix(), datetime!(2026-11-22 09:50 UTC));
    let sessions = RedisSessionStore::new(open(&url, &prefix));
    let digest = store_record(&url, &prefix, &[]).await;
    let found = sessions.look_up(&digest, now).await.unwrap().unwrap();
    assert_eq!((&found.value, &found.version), (&None, &EntryVersion::default()));
    let value: Vec<u8> = (0..=255).cycle().take(600).collect();
    assert!(sessions.fill(&digest, &found.session, &found.version, &value).await.unwrap());
    assert_eq!(sessions.look_up(&digest, now).await.unwrap().unwrap().value, Some(value));
    let fields: HashMap<String, String> = cmd("HGETALL")
        .arg(format!("{prefix}:{{session}}:record:{}", "01".repeat(32)))
        .query_async(&mut raw(&url).await)
        .await
        .expect("every field is text");
    assert!(fields.contains_key("cached"), "{fields:?}");
}

/// A value that was damaged is read from its source again.
#[tokio::test]
#[ignore = "needs Redis"]
async fn a_damaged_entry_is_none() {
    let (url, prefix, now) = (url(), prefix(), datetime!(2026-11-22 09:50 UTC));
    let sessions = RedisSessionStore::new(open(&url, &prefix));
    let digest = store_record(&url, &prefix, &[("cached", "é"), ("cache_version", "x")]).await;
    let found = sessions.look_up(&digest, now).await.unwrap().unwrap();
    assert_eq!((&found.value, found.version.as_str()), (&None, "x"));
    assert!(sessions.fill(&digest, &found.session, &found.version, b"value").await.unwrap());
    let found = sessions.look_up(&digest, now).await.unwrap().unwrap();
    assert_eq!(found.value.as_deref(), Some(&b"value"[..]));
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn a_damaged_session_is_an_error() {
    let (url, prefix, now) = (url(), prefix(), datetime!(2026-11-22 09:50 UTC));
    let sessions = RedisSessionStore::new(open(&url, &prefix));
    for damage in [("epoch", "-1"), ("methods", "x"), ("authenticated_at", ""), ("idle", "")] {
        let digest = store_record(&url, &prefix, &[damage]).await;
        assert!(sessions.find(&digest, now).await.is_err(), "{damage:?}");
        let _: () = cmd("DEL")
            .arg(format!("{prefix}:{{session}}:record:{}", "01".repeat(32)))
            .query_async(&mut raw(&url).await)
            .await
            .unwrap();
    }
}
