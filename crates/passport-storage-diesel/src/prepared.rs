use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::Integer,
    sqlite::Sqlite,
};

/// A statement that is prepared once per connection instead of at each execution.
///
/// Diesel prepares each `UPDATE`, each `DO UPDATE` and, for SQLite, each `IN` of values anew, because their
/// text may depend on the values; in SQLite that takes longer than the statement itself, in PostgreSQL one
/// more round trip.
/// The statements of this crate have few texts, and are cached by their text.
pub(crate) struct Prepared<Statement>(pub(crate) Statement);

impl<Statement> QueryId for Prepared<Statement> {
    type QueryId = ();

    /// One type may have several texts: in SQLite, `None` omits a column from an `INSERT`.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Statement: Query> Query for Prepared<Statement> {
    type SqlType = Statement::SqlType;
}

impl<Statement, Connection> RunQueryDsl<Connection> for Prepared<Statement> {}

impl<Database, Statement> QueryFragment<Database> for Prepared<Statement>
where
    Database: Backend,
    Statement: QueryFragment<Database>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Database) -> QueryResult<bool> {
        Ok(true)
    }
}

/// A [`Prepared`] statement that returns a row for each row that it changes. For SQLite.
///
/// Diesel counts changed rows only of statements that it takes by reference, and a reference does
/// not pass on that its statement can be cached.
pub(crate) struct Counted<Statement>(pub(crate) Statement);

impl<Statement> QueryId for Counted<Statement> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Statement> Query for Counted<Statement> {
    type SqlType = Integer;
}

impl<Statement: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Counted<Statement> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING 1");
        Ok(())
    }

    fn is_safe_to_cache_prepared(&self, _: &Sqlite) -> QueryResult<bool> {
        Ok(true)
    }
}
