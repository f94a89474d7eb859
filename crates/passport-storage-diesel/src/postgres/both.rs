use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
};

/// Two statements in one: one round trip and one commit.
///
/// PostgreSQL completes both, on one snapshot, and returns the row count of `second`.
/// <https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING>
#[derive(QueryId)]
pub(super) struct Both<First, Second> {
    pub(super) first: First,
    pub(super) second: Second,
}

impl<First, Second> QueryFragment<Pg> for Both<First, Second>
where
    First: QueryFragment<Pg>,
    Second: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH first AS (");
        self.first.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.second.walk_ast(out)
    }
}

/// An `INSERT` of a `SELECT`, which is done only if the statement before it changed a row.
#[derive(QueryId)]
pub(super) struct Then<First, Second> {
    pub(super) first: First,
    /// `INSERT` of a `SELECT` without conditions.
    pub(super) second: Second,
}

impl<First, Second> QueryFragment<Pg> for Then<First, Second>
where
    First: QueryFragment<Pg>,
    Second: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH first AS (");
        self.first.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING 1) ");
        self.second.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE EXISTS (SELECT FROM first)");
        Ok(())
    }
}
