use std::sync::Arc;

#[cfg(test)]
use passport_sms_gateways::HttpsSettings;
use passport_sms_gateways::{Account, KINDS, Kind};

use super::table::Table;

/// A kind of gateway, with the settings of that kind.
#[derive(Debug, Clone)]
pub enum GatewayKind {
    /// `console`, which sends nothing.
    Console,
    /// A gateway that sends.
    Hosted(Arc<dyn Account>),
}

const CONSOLE: &str = "console";

impl GatewayKind {
    /// Reads `kind`, by default the name of the table, and the keys of that kind.
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let names = || [CONSOLE].into_iter().chain(KINDS.iter().map(|kind| kind.name));
        let is_kind = |name: &str| names().any(|it| it == name);
        let default = if is_kind(table.name()) { table.name() } else { "" };
        let allowed: Vec<_> = names().collect();
        let key = table.key("kind");
        let name = table.reader.try_read(&key, default, allowed.join(", "), |name| {
            is_kind(name).then(|| name.to_owned())
        })?;
        Some(match Kind::named(&name) {
            None => Self::Console,
            Some(kind) => {
                let account = (kind.read)(table);
                table.check(account.faults());
                Self::Hosted(account.into())
            }
        })
    }

    /// Time limits and trust; none for the console, which connects to nothing.
    #[cfg(test)]
    pub(crate) fn https(&self) -> Option<&HttpsSettings> {
        match self {
            Self::Console => None,
            Self::Hosted(account) => Some(account.https()),
        }
    }
}
