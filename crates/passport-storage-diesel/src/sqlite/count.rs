use diesel::{
    QueryResult, SqliteConnection,
    connection::{DefaultLoadingMode, LoadConnection},
    query_builder::QueryFragment,
    sqlite::Sqlite,
};

use crate::prepared::Counted;

/// Runs `statement`, an `INSERT`, `UPDATE` or `DELETE`; returns the number of rows that it changed.
pub(super) fn count(
    connection: &mut SqliteConnection,
    statement: impl QueryFragment<Sqlite>,
) -> QueryResult<usize> {
    let mut rows = LoadConnection::<DefaultLoadingMode>::load(connection, Counted(statement))?;
    rows.try_fold(0, |count, row| row.map(|_| count + 1))
}
