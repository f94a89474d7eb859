//! Queries whose text is written once.

use diesel::{
    QueryResult,
    backend::Backend,
    query_builder::{QueryBuilder, QueryFragment},
};

/// The text of `query`, cut at its parameters.
///
/// Diesel walks all parts of a query at each execution, to see whether its statement can be kept and to
/// collect its parameters; for a query of thirty columns that takes longer than SQLite takes to run it.
/// A query that is cut here has its text and its parameters at hand.
pub(crate) fn pieces<Database>(query: &impl QueryFragment<Database>) -> QueryResult<Vec<String>>
where
    Database: Backend + Default,
    Database::QueryBuilder: Default,
{
    let mut text = Database::QueryBuilder::default();
    query.to_sql(&mut text, &Database::default())?;
    Ok(cut(&text.finish()))
}

/// Cuts `text` at `?` and at `$1`, which no name in the schema contains.
fn cut(text: &str) -> Vec<String> {
    let is_number = |at: char| at.is_ascii_digit();
    let mut pieces = text.split(['?', '$']);
    let first = pieces.next().unwrap_or_default().to_owned();
    let others = pieces.map(|piece| piece.trim_start_matches(is_number).to_owned());
    [first].into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_their_parameters() {
        assert_eq!(cut("a = ? AND b = ?"), ["a = ", " AND b = ", ""]);
        assert_eq!(cut("a = $1 AND b = $12 LIMIT 1"), ["a = ", " AND b = ", " LIMIT 1"]);
        assert_eq!(cut("a"), ["a"]);
    }
}
