use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_query, sql_types::Text,
};
use tokio::time::sleep;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::Service;

/// The database of a service, as it is read beside it.
pub(crate) enum Tables {
    Sqlite(PathBuf),
    Postgres(String),
}

/// The rows of each table.
pub(crate) type Dump = BTreeMap<String, Vec<String>>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Tables {
    /// The SQLite file in the folder of the service.
    pub(crate) fn of(service: &Service) -> Self {
        Self::Sqlite(service.folder().path().join("passport.db"))
    }

    /// Answer to a query with one column of text that is named `line`.
    pub(crate) async fn lines(&self, query: &str) -> Vec<String> {
        match self {
            Self::Sqlite(file) => {
                let mut file = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                file.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                let lines: Vec<Line> = sql_query(query).load(&mut file).unwrap();
                lines.into_iter().map(|it| it.line).collect()
            }
            Self::Postgres(url) => {
                let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
                tokio::spawn(connection);
                let messages = client.simple_query(query).await.unwrap();
                let rows = messages.iter().filter_map(|it| match it {
                    SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                });
                rows.collect()
            }
        }
    }

    /// Every row, except for those of the tables in `without`.
    async fn dump(&self, without: &[&str]) -> Dump {
        let names = match self {
            Self::Sqlite(_) => {
                "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            }
            Self::Postgres(_) => {
                "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'"
            }
        };
        let mut dump = Dump::new();
        for name in self.lines(names).await {
            if without.contains(&&*name) {
                continue;
            }
            let row = match self {
                Self::Postgres(_) => "t::text".to_owned(),
                Self::Sqlite(_) => {
                    let columns = format!(
                        "SELECT group_concat('quote(\"' || name || '\")', '||''|''||') AS line \
                         FROM pragma_table_info('{name}')"
                    );
                    self.lines(&columns).await.remove(0)
                }
            };
            let rows = format!("SELECT {row} AS line FROM \"{name}\" t ORDER BY 1");
            dump.insert(name.clone(), self.lines(&rows).await);
        }
        dump
    }

    /// [`dump`](Self::dump), once what runs in the background has written its rows.
    pub(crate) async fn settled(&self, without: &[&str]) -> Dump {
        let mut last = self.dump(without).await;
        for _ in 0..50 {
            sleep(Duration::from_millis(400)).await;
            let next = self.dump(without).await;
            if next == last {
                return next;
            }
            last = next;
        }
        panic!("the database does not come to rest");
    }
}

/// Asserts that no row was written, changed or deleted.
#[track_caller]
pub(crate) fn same_rows(before: &Dump, after: &Dump) {
    let other = |one: &Dump, two: &Dump| {
        let rows = one.iter().flat_map(|(table, rows)| rows.iter().map(move |row| (table, row)));
        let other = rows.filter(|(table, row)| !two[*table].contains(row));
        other.map(|(table, row)| format!("{table}: {row}")).collect::<Vec<_>>()
    };
    assert_eq!((other(before, after), other(after, before)), (vec![], vec![]));
}
