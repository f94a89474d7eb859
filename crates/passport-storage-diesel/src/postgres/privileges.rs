//! What the user may do in the schema of the migrations, asked before PostgreSQL refuses it: its refusal
//! names neither the user nor the grant.
//!
//! There is no current schema if the user may use none of the search path: then its first one is meant.

use diesel::{
    QueryableByName, RunQueryDsl, connection::LoadConnection, pg::Pg, sql_query, sql_types,
};

use crate::DatabaseError;

const ASK: &str = "\
SELECT quote_ident(current_user) AS role, \
    coalesce(quote_ident(current_schema()), trim(split_part(replace( \
        current_setting('search_path'), '\"$user\",', ''), ',', 1))) AS schema, \
    coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create, \
    recorded IS NOT NULL AS has_record, \
    coalesce(has_table_privilege(recorded, 'SELECT'), true) AS may_read_record, \
    coalesce((SELECT string_agg(quote_ident(relname), ', ' ORDER BY relname) FROM pg_class \
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') \
            AND relname IN ('users', 'user_phones', 'sessions', 'audit_events', \
                'outbox_messages', 'outbox_attempts', 'failures', 'idempotency', \
                'operator_tokens', 'signing_keys', 'webhook_endpoints', \
                'webhook_subscriptions', 'webhook_deliveries') \
            AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') \
                AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))), \
        '') AS closed_tables \
FROM to_regclass('__diesel_schema_migrations') AS recorded";

#[derive(QueryableByName)]
pub(super) struct Privileges {
    #[diesel(sql_type = sql_types::Text)]
    role: String,
    #[diesel(sql_type = sql_types::Text)]
    schema: String,
    #[diesel(sql_type = sql_types::Bool)]
    may_create: bool,
    /// Whether migrations were recorded before.
    #[diesel(sql_type = sql_types::Bool)]
    pub(super) has_record: bool,
    #[diesel(sql_type = sql_types::Bool)]
    may_read_record: bool,
    /// Tables that the user may not use.
    #[diesel(sql_type = sql_types::Text)]
    closed_tables: String,
}

impl Privileges {
    pub(super) fn ask(
        connection: &mut impl LoadConnection<Backend = Pg>,
    ) -> Result<Self, DatabaseError> {
        sql_query(ASK).get_result(connection).map_err(|error| DatabaseError::Failed(error.into()))
    }

    /// Refuses a user who may not see which migrations were applied.
    pub(super) fn require_record(&self) -> Result<(), DatabaseError> {
        if self.may_read_record {
            return Ok(());
        }
        Err(self.lacking(&format!("SELECT ON {}.__diesel_schema_migrations", self.schema)))
    }

    /// Refuses a user who may not create tables.
    pub(super) fn require_create(&self) -> Result<(), DatabaseError> {
        if self.may_create {
            return Ok(());
        }
        Err(self.lacking(&format!("USAGE, CREATE ON SCHEMA {}", self.schema)))
    }

    /// Refuses a user who may not use the tables that another one has created.
    pub(super) fn require_tables(&self) -> Result<(), DatabaseError> {
        if self.closed_tables.is_empty() {
            return Ok(());
        }
        Err(self.lacking(&format!("SELECT, INSERT, UPDATE, DELETE ON {}", self.closed_tables)))
    }

    fn lacking(&self, what: &str) -> DatabaseError {
        DatabaseError::Privilege { grant: format!("GRANT {what} TO {}", self.role) }
    }
}
