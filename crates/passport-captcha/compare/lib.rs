//! Holds the bench of this folder, nothing else.
