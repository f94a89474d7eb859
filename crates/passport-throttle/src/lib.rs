#![doc = include_str!("../README.md")]

mod quota;
mod store;

#[cfg(feature = "testing")]
pub mod testing;

pub use quota::{Charge, Quota, QuotaError};
pub use store::{Decision, Receipt, Refusal, ThrottleStore, ThrottleStoreError};
