#![doc = include_str!("../README.md")]

mod binding;
mod code;
mod codes;
mod digest;
mod key;
mod policy;
mod store;
mod typed;

#[cfg(feature = "testing")]
pub mod testing;

pub use binding::{Binding, ParseBindingError};
pub use code::{Code, CodeLength, CodeLengthError};
pub use codes::Codes;
pub use digest::{CodeDigest, DigestKey};
pub use key::{CodeKey, Purpose};
pub use policy::{CodePolicy, CodePolicyError};
pub use store::{CodeStore, CodeStoreError, Guess, Redemption, StoredCode};
pub use typed::tidy;
