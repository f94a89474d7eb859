use passport_user::{Actor, OperatorName, Reason};

use crate::Caller;

/// The person or program that runs the service, as far as an act of theirs is concerned.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Name, which becomes the actor of the event.
    pub name: OperatorName,
    /// Reason of the act, for the audit log.
    pub reason: Option<Reason>,
    /// Client that sent the request. `None`: the act is that of a command on a machine of the service.
    pub client: Option<Caller>,
}

impl Operator {
    /// An operator at the command line, who gave no reason.
    pub fn named(name: OperatorName) -> Self {
        Self { name, reason: None, client: None }
    }

    /// The actor of events.
    pub(crate) fn actor(&self) -> Actor {
        Actor::operator(self.name.as_str())
    }
}
