//! The use cases on in-process stores.
