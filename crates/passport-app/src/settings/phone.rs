use passport_sms_client::Prefix;
use passport_user::{CountryCode, NumberingPlans};
use time::Date;

use super::reader::Reader;

/// Countries whose numbers receive messages.
#[derive(Debug, Clone)]
pub struct PhoneSettings {
    /// `phone.countries`
    pub countries: Vec<CountryCode>,
}

impl PhoneSettings {
    /// `today` decides whether the numbering plans of this build are old.
    pub(super) fn read(reader: &mut Reader, today: Date) -> Self {
        let countries = reader.list(
            "phone.countries",
            "CN",
            "countries by two upper-case letters (ISO 3166-1), such as CN,HK",
            |item| item.parse().ok().filter(|country| calling_prefix(*country).is_some()),
        );
        if countries.is_empty() {
            reader.fault("phone.countries must name a country, because sign-up needs a number");
        }
        let plans = NumberingPlans::of_this_build();
        // Numbers of mainland China follow a rule that has no date.
        if countries.iter().any(|country| *country != CountryCode::CN) && plans.is_old(today) {
            reader.warn(
                "phone.countries",
                format!(
                    "whose numbering plans are more than a year old (libphonenumber {} of {}): \
                     numbers that came into use since then are refused; install a newer release",
                    plans.version, plans.date
                ),
            );
        }
        Self { countries }
    }
}

/// Calling prefix of a country, such as `+86`; `None` if the code belongs to no country.
pub(crate) fn calling_prefix(country: CountryCode) -> Option<Prefix> {
    format!("+{}", country.calling_code()?).parse().ok()
}
