//! Empty library; the benchmark of this folder needs a target.
