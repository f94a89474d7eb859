//! Phone numbers, passwords and the users who own them.
