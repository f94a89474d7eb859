//! A statement that adds several events, written once and expanded for each database.

/// Numbers of events in one statement, the largest first. They are few, because each connection keeps a
/// prepared statement for each of them.
pub(super) const SIZES: [usize; 4] = [64, 16, 4, 1];

/// Expands to `NewEvents`, where `Backend`, `EventRow` and `audit_events` are those of one database.
macro_rules! new_events {
    ($($column:ident),+ $(,)?) => {
        /// Adds the events that are not there. Diesel has no such statement for SQLite.
        struct NewEvents(Vec<EventRow>);

        impl QueryFragment<Backend> for NewEvents {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
                out.push_sql("INSERT INTO audit_events (");
                for (place, column) in [$(audit_events::$column::NAME),+].into_iter().enumerate() {
                    out.push_sql(if place > 0 { ", " } else { "" });
                    out.push_identifier(column)?;
                }
                for (place, row) in self.0.iter().enumerate() {
                    out.push_sql(if place > 0 { "), (" } else { ") VALUES (" });
                    let mut separator = "";
                    $(
                        out.push_sql(std::mem::replace(&mut separator, ", "));
                        out.push_bind_param::<SqlTypeOf<audit_events::$column>, _>(&row.$column)?;
                    )+
                }
                out.push_sql(") ON CONFLICT (id) DO NOTHING");
                Ok(())
            }
        }
    };
}

pub(super) use new_events;
