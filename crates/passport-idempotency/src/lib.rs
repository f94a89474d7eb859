#![doc = include_str!("../README.md")]

mod digest;
mod response;
mod store;

#[cfg(feature = "testing")]
pub mod testing;

pub use digest::{Fingerprint, RequestDigest};
pub use response::SealedResponse;
pub use store::{Begun, IdempotencyStore, IdempotencyStoreError, LeaseToken};
