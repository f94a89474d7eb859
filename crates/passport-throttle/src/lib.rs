#![doc = include_str!("../README.md")]

mod charge;
mod failures;
mod policy;
mod quota;
mod store;
mod subject;
mod tally;
mod toll;
mod usage;

#[cfg(feature = "testing")]
pub mod testing;

pub use charge::{Charge, Decision, Hit, Refusal};
pub use failures::{
    Attempt, Backoff, BackoffError, Block, Counted, FailureStore, FailureStoreError, Permission,
    Series, SeriesKey,
};
pub use policy::Policy;
pub use quota::{Quota, QuotaError};
pub use store::{ThrottleStore, ThrottleStoreError};
pub use subject::Subject;
pub use tally::Tally;
pub use toll::{Passage, Toll};
pub use usage::Usage;
