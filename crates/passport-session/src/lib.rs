//! Session tokens and what they stand for.
