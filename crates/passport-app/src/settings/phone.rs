use passport_sms_client::Prefix;
use passport_user::CountryCode;

use super::reader::Reader;

/// Countries whose numbers receive messages.
#[derive(Debug, Clone)]
pub struct PhoneSettings {
    /// `phone.countries`
    pub countries: Vec<CountryCode>,
}

impl PhoneSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let countries = reader.list(
            "phone.countries",
            "CN",
            "countries by two upper-case letters (ISO 3166-1), such as CN,HK",
            |item| item.parse().ok().filter(|country| calling_prefix(*country).is_some()),
        );
        if countries.is_empty() {
            reader.fault("phone.countries must name a country, because sign-up needs a number");
        }
        Self { countries }
    }
}

/// Calling prefix of a country, such as `+86`; `None` if the code belongs to no country.
pub(crate) fn calling_prefix(country: CountryCode) -> Option<Prefix> {
    format!("+{}", country.calling_code()?).parse().ok()
}
