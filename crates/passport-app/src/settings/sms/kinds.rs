//! The kinds of gateways, and what each of them is set up with.

mod yuntongxun;

use passport_sms_client::{Clock, yuntongxun as yuntongxun_client};
use time::OffsetDateTime;

use super::table::Table;

/// A kind of gateway, with what it needs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum GatewayKind {
    /// `console`: nothing is sent.
    Console,
    /// `yuntongxun`
    Yuntongxun(Box<yuntongxun_client::Settings>),
}

/// A kind by its name, and how the rest of its table is read.
type Kind = (&'static str, fn(&mut Table<'_>) -> GatewayKind);

const KINDS: [Kind; 2] = [("console", |_| GatewayKind::Console), ("yuntongxun", yuntongxun::read)];

impl GatewayKind {
    /// `kind`, which is the name of the table unless it says otherwise, and the keys of that kind.
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let named = |name: &str| KINDS.into_iter().find(|(kind, _)| *kind == name);
        let default = named(table.name()).map_or("", |(name, _)| name);
        let allowed: Vec<_> = KINDS.into_iter().map(|(name, _)| name).collect();
        let key = table.key("kind");
        let kind = table.reader.try_read(&key, default, allowed.join(", "), named);
        kind.map(|(_, read)| read(table))
    }
}

/// For whoever only asks whether settings can be used.
fn any_clock() -> Clock {
    Clock::new(|| OffsetDateTime::UNIX_EPOCH)
}
