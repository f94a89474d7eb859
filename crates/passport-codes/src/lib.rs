//! One-time codes: make, hold as a keyed digest, redeem once.
