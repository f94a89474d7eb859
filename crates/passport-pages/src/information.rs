//! Pages without a form.

pub(crate) mod inbox;
pub(crate) mod missing;
pub(crate) mod problem;
pub(crate) mod trouble;
