use std::time::Duration;

use super::{
    super::{phone::calling_prefix, reader::Reader},
    kinds::GatewayKind,
    table::Table,
};
use passport_sms_client::Prefix;
use passport_user::CountryCode;

/// A gateway, and what it is used for.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// The name of its table.
    pub name: String,
    /// What it is, and what its kind needs.
    pub kind: GatewayKind,
    /// `weight`: its share of the messages beside the others that have one; those without follow in
    /// the order of `sms.gateways`.
    pub weight: u32,
    /// `countries`: where it is used, by the beginnings of numbers; empty for everywhere. Countries
    /// that share a calling code, as those of North America do, are used together.
    pub destinations: Vec<Prefix>,
    /// `slots`: how many messages it may hold at once.
    pub slots: usize,
}

impl GatewaySettings {
    /// The gateway of the table `[sms.<name>]`; none if nobody can tell what it is. `share` is the
    /// time that a message has for it.
    pub(super) fn read(
        reader: &mut Reader,
        name: &str,
        is_used: bool,
        share: Duration,
    ) -> Option<Self> {
        let mut table = Table::new(reader, name, is_used, share);
        let Some(kind) = GatewayKind::read(&mut table) else {
            // What the other keys mean is not known either.
            reader.forget(&format!("sms.{name}"));
            return None;
        };
        let weight = table.number("weight", "0", 0..=1_000);
        let destinations = table.list(
            "countries",
            "",
            "countries by two upper-case letters (ISO 3166-1), such as CN,HK, or nothing for all",
            |item| item.parse::<CountryCode>().ok().and_then(calling_prefix),
        );
        let slots = table.number("slots", "64", 1..=10_000);
        Some(Self { name: name.to_owned(), kind, weight, destinations, slots })
    }

    /// Whether it keeps messages on this machine in place of sending them.
    pub fn is_console(&self) -> bool {
        matches!(self.kind, GatewayKind::Console)
    }
}
