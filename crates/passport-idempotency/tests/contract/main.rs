//! The clauses catch stores that break the contract: each double is right in all other respects.

mod faulty;
mod memory;
