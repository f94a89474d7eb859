//! Acts of several statements, where later ones depend on what the former changed.

use diesel::{QueryResult, query_builder::QueryFragment, result::Error};

/// Statements that are executed in order in one transaction; each sees the changes of those before it.
///
/// If a required statement changes no row, nothing remains of the act, and its result is the `Refusal` of
/// that statement. Conditions belong in the statements: on PostgreSQL a row that was read before the act may
/// have changed, and only the row that a statement changes, and a unique index, are certain.
pub(crate) struct Act<Backend, Refusal> {
    pub(crate) steps: Vec<Step<Backend, Refusal>>,
}

/// Statement of an act.
pub(crate) struct Step<Backend, Refusal> {
    pub(crate) statement: Box<dyn QueryFragment<Backend> + Send>,
    /// Result of the act if the statement changes no row. `None`: it does not have to.
    pub(crate) refusal: Option<Refusal>,
}

/// Refusal of an act that has one required statement: it changed no row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unchanged;

impl<Backend: diesel::backend::Backend, Refusal> Act<Backend, Refusal> {
    pub(crate) fn new() -> Self {
        Self { steps: Vec::new() }
    }

    /// Adds a statement that has to change a row.
    pub(crate) fn require(
        self,
        statement: impl QueryFragment<Backend> + Send + 'static,
        refusal: Refusal,
    ) -> Self {
        self.add(statement, Some(refusal))
    }

    /// Adds a statement that may change no row.
    pub(crate) fn then(self, statement: impl QueryFragment<Backend> + Send + 'static) -> Self {
        self.add(statement, None)
    }

    /// The only step of an act that has one. Nothing has to be undone if it changes no row, so it needs no
    /// transaction.
    pub(crate) fn only_step(self) -> Result<Step<Backend, Refusal>, Self> {
        match <[_; 1]>::try_from(self.steps) {
            Ok([step]) => Ok(step),
            Err(steps) => Err(Self { steps }),
        }
    }

    fn add(
        mut self,
        statement: impl QueryFragment<Backend> + Send + 'static,
        refusal: Option<Refusal>,
    ) -> Self {
        self.steps.push(Step { statement: Box::new(statement), refusal });
        self
    }
}

/// Reason why the transaction of an act is rolled back.
pub(crate) enum Undone<Refusal> {
    Refused(Refusal),
    Failed(Error),
}

impl<Refusal> From<Error> for Undone<Refusal> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Result of an act whose transaction has ended.
pub(crate) fn result<Refusal>(
    done: Result<(), Undone<Refusal>>,
) -> QueryResult<Result<(), Refusal>> {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(Undone::Refused(refusal)) => Ok(Err(refusal)),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// Result of an act whose only step, with this refusal, changed `changed` rows.
pub(crate) fn only_result<Refusal>(
    refusal: Option<Refusal>,
    changed: usize,
) -> Result<(), Refusal> {
    match refusal {
        Some(refusal) if changed == 0 => Err(refusal),
        Some(_) | None => Ok(()),
    }
}
