use passport_sms_client::Prefix;
use passport_user::CountryCode;
use phonenumber::metadata::DATABASE;

use super::reader::Reader;

/// Settings of accepted phone numbers.
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
            reader.fault("phone.countries is empty, but must have at least one country");
        }
        Self { countries }
    }
}

/// Calling code of a country as a prefix, such as `+86`; `None` for an unknown country code.
pub(crate) fn calling_prefix(country: CountryCode) -> Option<Prefix> {
    let code = DATABASE.by_id(country.as_str())?.country_code();
    format!("+{code}").parse().ok()
}
