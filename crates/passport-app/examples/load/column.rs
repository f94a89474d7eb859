/// Stores that a row is measured on, and so a column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Column {
    Sqlite,
    Servers,
}

impl Column {
    pub(crate) const ALL: [Self; 2] = [Self::Sqlite, Self::Servers];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Servers => "PostgreSQL, Redis",
        }
    }
}
