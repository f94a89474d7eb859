//! The stores of passport in the memory of one process.
