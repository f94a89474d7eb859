//! SQL around the stores: as an operator, another program or an older version would run it.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
    sync_connection_wrapper::SyncConnectionWrapper,
};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything that the migrations made, in words.
pub(crate) async fn schema(url: &str) -> Vec<String> {
    if url.starts_with("sqlite:") {
        let query = "SELECT name || ': ' || coalesce(sql, '') AS line FROM sqlite_schema \
                     WHERE name NOT LIKE '%__diesel_schema_migrations%' ORDER BY 1";
        lines(url, query).await
    } else {
        let query = "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, \
                         column_default) AS line \
                     FROM information_schema.columns WHERE table_schema = current_schema() \
                         AND table_name <> '__diesel_schema_migrations' \
                     UNION ALL SELECT indexdef FROM pg_indexes \
                     WHERE schemaname = current_schema() \
                         AND tablename <> '__diesel_schema_migrations' \
                     UNION ALL SELECT conname || ': ' || pg_get_constraintdef(oid) \
                     FROM pg_constraint WHERE connamespace = current_schema()::regnamespace \
                         AND conrelid IS DISTINCT FROM to_regclass('__diesel_schema_migrations') \
                     UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger \
                     WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class \
                         WHERE relnamespace = current_schema()::regnamespace) \
                     UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc \
                     WHERE pronamespace = current_schema()::regnamespace \
                     ORDER BY 1";
        lines(url, query).await
    }
}

/// The column `line` of each row of `query`.
pub(crate) async fn lines(url: &str, query: &str) -> Vec<String> {
    let query = sql_query(query);
    let lines: Vec<Line> = if url.starts_with("sqlite:") {
        query.load(&mut sqlite(url).await).await.unwrap()
    } else {
        query.load(&mut AsyncPgConnection::establish(url).await.unwrap()).await.unwrap()
    };
    lines.into_iter().map(|line| line.line).collect()
}

pub(crate) async fn execute(url: &str, statements: &str) {
    try_execute(url, statements).await.unwrap();
}

pub(crate) async fn try_execute(url: &str, statements: &str) -> diesel::QueryResult<()> {
    if url.starts_with("sqlite:") {
        sqlite(url).await.batch_execute(statements).await
    } else {
        let mut connection = AsyncPgConnection::establish(url).await.unwrap();
        connection.batch_execute(statements).await
    }
}

async fn sqlite(url: &str) -> SyncConnectionWrapper<diesel::SqliteConnection> {
    let path = url.strip_prefix("sqlite:").unwrap();
    SyncConnectionWrapper::establish(path).await.unwrap()
}
