//! Contract of [`IdempotencyStore`]: one function per clause.
//!
//! An adapter runs every clause as a test of its own, on a fresh store or on a shared one:
//!
//! ```text
//! passport_idempotency::idempotency_store_contract!(fresh_store());
//! ```
//!
//! where `fresh_store()` is a future of `Arc<dyn IdempotencyStore>`. An attribute before it applies
//! to every test, such as `#[ignore = "needs Redis"]`.

#![expect(clippy::missing_panics_doc, reason = "a clause reports a violation by panicking")]

mod harness;
mod races;

use std::{sync::Arc, time::Duration};

use harness::{LEASE, NOW, Request, abandon, at, begin, finish, response, running, started};
pub use races::{one_of_rivals_begins, one_of_rivals_finishes, one_of_rivals_takes_over};

use crate::{Begun, IdempotencyStore, LeaseToken};

/// Expands to one `#[tokio::test]` for each clause of the [contract](crate::testing).
#[macro_export]
macro_rules! idempotency_store_contract {
    (#[$attribute:meta] $store:expr) => {
        $crate::idempotency_store_contract! { @clauses [#[$attribute]] $store }
    };
    ($store:expr) => {
        $crate::idempotency_store_contract! { @clauses [] $store }
    };
    (@clauses $attributes:tt $store:expr) => {
        $crate::idempotency_store_contract! { @tests $attributes $store;
            a_repeat_of_a_running_request_waits,
            a_repeat_of_a_finished_request_has_its_response,
            a_key_is_for_one_request,
            keys_are_apart,
            an_abandoned_request_begins_anew,
            a_lease_ends,
            an_ended_lease_changes_nothing,
            a_response_is_kept_until_it_expires,
            a_request_is_finished_once,
            a_large_response_is_kept_byte_for_byte,
            one_of_rivals_begins,
            one_of_rivals_takes_over,
            one_of_rivals_finishes,
        }
    };
    (@tests $attributes:tt $store:expr; $($clause:ident),+ $(,)?) => {
        $($crate::idempotency_store_contract! { @test $attributes $store; $clause })+
    };
    (@test [$(#[$attribute:meta])*] $store:expr; $clause:ident) => {
        $(#[$attribute])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $clause() {
            $crate::testing::$clause($store.await).await;
        }
    };
}

/// A second `begin` is told the true rest of the lease, and does not lengthen it.
pub async fn a_repeat_of_a_running_request_waits(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    started(&store, &request, NOW).await;
    for seconds in [0, 20, 59] {
        let remaining = running(&store, &request, at(seconds)).await;
        assert_eq!(remaining, Duration::from_secs(60 - seconds));
    }
}

/// The response is returned as often as it is asked for.
pub async fn a_repeat_of_a_finished_request_has_its_response(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let token = started(&store, &request, NOW).await;
    assert!(finish(&store, &request, token, "first", at(1)).await);
    // Also after the end of the lease, under which it was executed.
    for seconds in [1, 2, 60, 3_600] {
        assert_eq!(begin(&store, &request, at(seconds)).await, Begun::Done(response("first")));
    }
}

/// Another request under the key of a running or finished one is refused, and changes nothing.
pub async fn a_key_is_for_one_request(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let other = request.with_other_content();
    let token = started(&store, &request, NOW).await;
    assert_eq!(begin(&store, &other, at(1)).await, Begun::Reused);
    assert_eq!(running(&store, &request, at(1)).await, Duration::from_secs(59));
    assert!(finish(&store, &request, token, "first", at(2)).await);
    assert_eq!(begin(&store, &other, at(3)).await, Begun::Reused);
    assert_eq!(begin(&store, &request, at(3)).await, Begun::Done(response("first")));
}

/// Equal content under another key is another request.
pub async fn keys_are_apart(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let other = Request { key: Request::fresh().key, ..request };
    let token = started(&store, &request, NOW).await;
    let others = started(&store, &other, NOW).await;
    assert_ne!(token, others);
    // A token is worth nothing under another key.
    assert!(!finish(&store, &other, token, "wrong", at(1)).await);
    abandon(&store, &other, token).await;
    assert!(finish(&store, &request, token, "first", at(1)).await);
    running(&store, &other, at(1)).await;
}

/// After `abandon` the next `begin` starts at once, whatever its content is.
pub async fn an_abandoned_request_begins_anew(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let token = started(&store, &request, NOW).await;
    abandon(&store, &request, LeaseToken::random()).await;
    running(&store, &request, at(1)).await;
    abandon(&store, &request, token).await;
    assert!(!finish(&store, &request, token, "late", at(1)).await);
    let other = request.with_other_content();
    let token = started(&store, &other, at(1)).await;
    abandon(&store, &request, token).await;
    started(&store, &request, at(1)).await;
}

/// At the end of its lease a request that was not finished begins anew.
pub async fn a_lease_ends(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let first = started(&store, &request, NOW).await;
    running(&store, &request, at(59)).await;
    let second = started(&store, &request, at(60)).await;
    assert_ne!(first, second);
    assert_eq!(running(&store, &request, at(61)).await, Duration::from_secs(59));
    // Nothing tells what the other request would have been.
    started(&store, &request.with_other_content(), at(120)).await;
}

/// An execution whose lease has ended neither finishes nor abandons the one that followed.
pub async fn an_ended_lease_changes_nothing(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let late = started(&store, &request, NOW).await;
    assert!(!finish(&store, &request, late, "late", at(60)).await);
    let token = started(&store, &request, at(60)).await;
    assert!(!finish(&store, &request, late, "late", at(61)).await);
    abandon(&store, &request, late).await;
    running(&store, &request, at(61)).await;
    assert!(finish(&store, &request, token, "second", at(62)).await);
    assert!(!finish(&store, &request, late, "late", at(63)).await);
    assert_eq!(begin(&store, &request, at(64)).await, Begun::Done(response("second")));
}

/// A response is returned up to `expires_at`; from then on the request begins anew.
pub async fn a_response_is_kept_until_it_expires(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let token = started(&store, &request, NOW).await;
    assert!(finish(&store, &request, token, "first", at(10)).await);
    let kept = at(10) + harness::KEPT;
    let before = kept - Duration::from_secs(1);
    assert_eq!(begin(&store, &request, before).await, Begun::Done(response("first")));
    let token = started(&store, &request, kept).await;
    // The former response is gone as well.
    assert_eq!(running(&store, &request, kept).await, LEASE);
    abandon(&store, &request, token).await;
    started(&store, &request, kept).await;
}

/// A finished request is not finished again, and not abandoned.
pub async fn a_request_is_finished_once(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    assert!(!finish(&store, &request, LeaseToken::random(), "none", NOW).await);
    let token = started(&store, &request, NOW).await;
    assert!(finish(&store, &request, token, "first", at(1)).await);
    assert!(!finish(&store, &request, token, "second", at(2)).await);
    abandon(&store, &request, token).await;
    assert_eq!(begin(&store, &request, at(3)).await, Begun::Done(response("first")));
}

/// 32 KiB of all bytes, zero included.
pub async fn a_large_response_is_kept_byte_for_byte(store: Arc<dyn IdempotencyStore>) {
    let request = Request::fresh();
    let token = started(&store, &request, NOW).await;
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(32 * 1024).collect();
    let large = crate::SealedResponse::from_bytes(bytes);
    let expires_at = at(100);
    let kept = store.finish(&request.key, token, large.clone(), expires_at, at(1)).await;
    assert!(kept.expect("store answers"));
    assert_eq!(begin(&store, &request, at(2)).await, Begun::Done(large));
}
