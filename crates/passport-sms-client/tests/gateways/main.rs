//! Every gateway against a double of it, through the same faults: what is told is never better than
//! what is known, and nothing is sent twice by itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod certificates;
mod faults;
mod finding;
mod reuse;
mod secrecy;
mod sending;
mod stalls;

use std::sync::Arc;

use crate::support::protocol::Protocol;
use crate::support::protocols;

/// Runs each of these tests over every gateway, as a test of its own.
macro_rules! every_gateway {
    ($($test:ident)*) => {
        every_gateway!(@one aliyun, Aliyun { in_form: false }; $($test)*);
        every_gateway!(@one aliyun_in_form, Aliyun { in_form: true }; $($test)*);
        every_gateway!(@one huawei, Huawei; $($test)*);
        every_gateway!(@one sns, Sns; $($test)*);
        every_gateway!(@one tencent, Tencent; $($test)*);
        every_gateway!(@one twilio, Twilio; $($test)*);
        every_gateway!(@one vonage, Vonage; $($test)*);
        every_gateway!(@one webhook, Webhook; $($test)*);
        every_gateway!(@one yuntongxun, Yuntongxun; $($test)*);
    };
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
}
pub(crate) use every_gateway;

/// Every gateway, for tests that wait and so are better done all at once.
fn all() -> Vec<Arc<dyn Protocol>> {
    vec![
        Arc::new(protocols::Aliyun { in_form: false }),
        Arc::new(protocols::Aliyun { in_form: true }),
        Arc::new(protocols::Huawei),
        Arc::new(protocols::Sns),
        Arc::new(protocols::Tencent),
        Arc::new(protocols::Twilio),
        Arc::new(protocols::Vonage),
        Arc::new(protocols::Webhook),
        Arc::new(protocols::Yuntongxun),
    ]
}
