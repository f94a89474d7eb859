//! `[sms]`: the gateways, their order, and the policy for messages.

mod gateway;
mod kinds;
mod table;
mod templates;

use std::{collections::BTreeSet, time::Duration};

use passport_sms_client::{FollowUpPolicy, InDoubt};

pub use gateway::GatewaySettings;
pub use kinds::GatewayKind;

use self::table::TimeLimits;
use super::{Environment, reader::Reader};

/// Settings of `[sms]`.
#[derive(Debug, Clone)]
pub struct SmsSettings {
    /// `sms.gateways`, in order of preference.
    pub gateways: Vec<GatewaySettings>,
    /// `sms.policy`
    pub policy: InDoubt,
    /// `sms.deadline`: time limit for a message over all gateways.
    pub deadline: Duration,
    /// `sms.follow_up_after` and `sms.resend_undelivered`
    pub follow_up: FollowUpPolicy,
}

impl SmsSettings {
    pub(super) fn read(reader: &mut Reader, environment: Environment) -> Self {
        let names = reader.list(
            "sms.gateways",
            "console",
            "names of [sms.<name>] tables, of lower-case letters, digits and _, with commas between",
            |item| is_name(item).then(|| item.to_owned()),
        );
        check_names(reader, &names);
        let policy = reader.read(
            "sms.policy",
            "prefer_delivery",
            "prefer_delivery or prefer_single",
            |text| match text {
                "prefer_delivery" => Some(InDoubt::PreferDelivery),
                "prefer_single" => Some(InDoubt::PreferSingle),
                _ => None,
            },
        );
        let deadline = reader.duration("sms.deadline", "5s", "500ms"..="60s");
        let mut follow_up = FollowUpPolicy::default();
        follow_up.after = reader.duration("sms.follow_up_after", "20s", "5s"..="300s");
        follow_up.resend_undelivered = reader.flag("sms.resend_undelivered", true);

        let share = deadline / u32::try_from(names.len()).unwrap_or(u32::MAX).max(1);
        let limits = TimeLimits { share, deadline };
        let gateways: Vec<_> = names
            .iter()
            .filter_map(|name| GatewaySettings::read(reader, name, true, limits))
            .collect();
        // Tables that the list does not name are read too, so that their keys are known.
        for name in reader.sections("sms").iter().filter(|name| is_name(name)) {
            GatewaySettings::read(reader, name, false, limits);
        }
        for gateway in &gateways {
            if environment.is_production() && gateway.is_console() {
                reader.fault(format!(
                    "sms.gateways names {}, which sends nothing: in production name gateways that \
                     send messages",
                    gateway.name
                ));
            }
        }
        Self { gateways, policy, deadline, follow_up }
    }
}

fn check_names(reader: &mut Reader, names: &[String]) {
    if names.is_empty() {
        reader.fault("sms.gateways is empty, so no code could be sent");
    }
    let mut seen = BTreeSet::new();
    for name in names.iter().filter(|name| !seen.insert(*name)) {
        reader.fault(format!("sms.gateways names {name} twice"));
    }
}

/// Whether a variable and an address can contain the name: `PASSPORT__SMS__CHINA_2__ENDPOINT`.
pub(super) fn is_name(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    starts_well && text.len() <= 32 && text.bytes().all(is_allowed) && !text.contains("__")
}

#[cfg(test)]
mod tests;
