//! Statements of SQLite that are prepared once, and so cost what they cost the service.

use diesel::{
    QueryResult, SqliteConnection,
    connection::{DefaultLoadingMode, LoadConnection},
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Binary, Integer},
    sqlite::Sqlite,
};

/// Runs `text`, in which each `?` is `id`.
pub(super) fn run(
    connection: &mut SqliteConnection,
    text: &'static str,
    id: [u8; 16],
) -> QueryResult<()> {
    let statement = Statement { text, id };
    let mut rows = LoadConnection::<DefaultLoadingMode>::load(connection, statement)?;
    rows.try_for_each(|row| row.map(|_| ()))
}

struct Statement {
    text: &'static str,
    id: [u8; 16],
}

impl QueryId for Statement {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Integer;
}

impl QueryFragment<Sqlite> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (place, piece) in self.text.split('?').enumerate() {
            if place > 0 {
                out.push_bind_param::<Binary, _>(self.id.as_slice())?;
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}
