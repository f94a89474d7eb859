#![doc = include_str!("../README.md")]

mod cache;
mod device;
mod lifetime;
mod methods;
mod session;
mod store;
mod token;

#[cfg(feature = "testing")]
pub mod testing;

pub use cache::{CachedSession, ChangeId, EntryVersion, SubjectCache};
pub use device::{Device, DeviceKind};
pub use lifetime::{Lifetime, LifetimeError};
pub use methods::{Method, Methods};
pub use session::{NewSession, Session, SessionId};
pub use store::{SessionStore, SessionStoreError};
pub use token::{ParseSessionTokenError, SessionDigest, SessionToken};
