use passport_session::Lifetime;

use super::reader::Reader;

/// Lifetime and place of sessions.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// `session.store`
    pub backend: SessionBackend,
    /// `session.idle` and `session.absolute`
    pub standard: Lifetime,
    /// `session.remember_idle` and `session.remember_absolute`
    pub remembered: Lifetime,
}

/// Place of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionBackend {
    /// In the database, beside the users.
    Database,
    /// In the store, beside the codes.
    Store,
}

impl SessionSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let backend =
            reader.read("session.store", "database", "database or store", |text| match text {
                "database" => Some(SessionBackend::Database),
                "store" => Some(SessionBackend::Store),
                _ => None,
            });
        Self {
            backend,
            standard: lifetime(reader, ["session.idle", "session.absolute"], ["1h", "24h"]),
            remembered: lifetime(
                reader,
                ["session.remember_idle", "session.remember_absolute"],
                ["7d", "30d"],
            ),
        }
    }
}

fn lifetime(reader: &mut Reader, keys: [&str; 2], defaults: [&str; 2]) -> Lifetime {
    let idle = reader.duration(keys[0], defaults[0], "1s"..="30d");
    let absolute = reader.duration(keys[1], defaults[1], "1s"..="30d");
    Lifetime::new(idle, absolute).unwrap_or_else(|_| {
        reader.fault(format!("{} must not be longer than {}", keys[0], keys[1]));
        Lifetime::new(absolute, absolute).expect("an absolute lifetime within bounds is valid")
    })
}
