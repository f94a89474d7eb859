//! The clauses catch stores that break the contract: each double is right in all other respects.

mod forgetful;
mod racy;
mod unlocked;
