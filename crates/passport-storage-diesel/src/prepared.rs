use diesel::{
    QueryResult,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
};

/// A query that is prepared once for a connection and not each time.
///
/// Diesel prepares each `UPDATE` and each `DO UPDATE` anew, because their text may depend on what is
/// set; in SQLite that takes longer than the update itself, in PostgreSQL another way to the server
/// and back. The queries of this crate have few texts, and by the text they are found again.
pub(crate) struct Prepared<Query>(pub(crate) Query);

impl<Query> QueryId for Prepared<Query> {
    type QueryId = ();

    /// One type may have several texts: in SQLite, `None` leaves a column out of an `INSERT`.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Database, Query> QueryFragment<Database> for Prepared<Query>
where
    Database: Backend,
    Query: QueryFragment<Database>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Database>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Database) -> QueryResult<bool> {
        Ok(true)
    }
}
