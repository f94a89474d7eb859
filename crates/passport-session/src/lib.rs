#![doc = include_str!("../README.md")]

mod device;
mod lifetime;
mod session;
mod store;
mod token;

#[cfg(feature = "testing")]
pub mod testing;

pub use device::{Device, DeviceKind};
pub use lifetime::{Lifetime, LifetimeError};
pub use session::{Session, SessionId};
pub use store::{SessionStore, SessionStoreError};
pub use token::{ParseSessionTokenError, SessionDigest, SessionToken};
