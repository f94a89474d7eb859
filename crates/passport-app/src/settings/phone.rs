use passport_user::CountryCode;

use super::reader::Reader;

/// Whose numbers get messages.
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
            |item| item.parse().ok(),
        );
        if countries.is_empty() {
            reader.fault("phone.countries is empty, so nobody could sign up");
        }
        Self { countries }
    }
}
