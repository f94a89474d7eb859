//! Every gateway against a double of it, through the same faults: an outcome never claims more than
//! is known, and no message is repeated without the caller.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod faults;
mod finding;
mod recipe;
mod reuse;
mod routing;
mod secrecy;
mod sender;
mod sending;
mod stalls;

use std::sync::Arc;

use crate::support::protocol::Protocol;
use crate::support::protocols;

/// Runs each of these tests over every gateway, as a test of its own.
macro_rules! every_gateway {
    (@one $name:ident, $protocol:expr; $($test:ident)*) => {
        mod $name {
            use crate::support::protocols::*;
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(std::sync::Arc::new($protocol)).await;
                }
            )*
        }
    };
    ($($test:ident)*) => {
        crate::support::protocols::with_protocols!(every_gateway; $($test)*);
    };
}
pub(crate) use every_gateway;

/// Every gateway, for tests that wait and are faster all at once.
fn all() -> Vec<Arc<dyn Protocol>> {
    protocols::all().into_iter().map(|(_, protocol)| protocol).collect()
}
