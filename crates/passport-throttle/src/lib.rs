//! How often something may happen, per key, exactly.
