use super::{
    super::{phone::calling_prefix, reader::Reader},
    kinds::GatewayKind,
    table::{Table, TimeLimits},
};
use passport_sms_client::Prefix;
use passport_user::CountryCode;

/// A gateway, and the messages that it is used for.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// Name of the table.
    pub name: String,
    /// Kind of the gateway, and the settings of that kind.
    pub kind: GatewayKind,
    /// `weight`: share of the messages among gateways with a weight; those without follow in the
    /// order of `sms.gateways`.
    pub weight: u32,
    /// `countries`: prefixes of the numbers that the gateway is used for; empty for all. Countries
    /// with a common calling code, such as those of North America, are used together.
    pub destinations: Vec<Prefix>,
    /// `slots`: maximum number of simultaneous messages.
    pub slots: usize,
}

impl GatewaySettings {
    /// The gateway of the table `[sms.<name>]`; none if its kind is unknown. `limits` are the
    /// default time limits.
    pub(super) fn read(
        reader: &mut Reader,
        name: &str,
        is_used: bool,
        limits: TimeLimits,
    ) -> Option<Self> {
        let mut table = Table::new(reader, name, is_used, limits);
        let Some(kind) = GatewayKind::read(&mut table) else {
            // Without the kind the other keys cannot be checked.
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

    /// Whether it keeps messages on this machine instead of sending them.
    pub fn is_console(&self) -> bool {
        matches!(self.kind, GatewayKind::Console)
    }
}
