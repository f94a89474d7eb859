//! The users and sessions of passport in PostgreSQL or SQLite.
