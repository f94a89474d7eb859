/// Work of one caller.
pub(super) type Job = Box<dyn FnOnce() + Send>;
