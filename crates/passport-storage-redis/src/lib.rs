//! The stores of passport in Redis.
