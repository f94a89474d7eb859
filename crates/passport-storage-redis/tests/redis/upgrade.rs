//! Records of former versions.

use std::{num::NonZeroU32, time::Duration};

use deadpool_redis::redis::cmd;
use passport_codes::{Binding, CodeDigest, CodeKey, CodeStore, Purpose, Redemption, StoredCode};
use passport_storage_redis::RedisCodeStore;
use time::{OffsetDateTime, macros::datetime};

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
