//! Tables of the codes that carriers report in receipts.

use passport_sms_client::Class;

/// Codes of carriers in the receipts of a gateway, by class.
pub type CarrierRow = (Class, &'static [&'static str]);

/// The class of a carrier's code; [`Class::UnknownCode`] if it is in no row, because it may mean an
/// opt-out or a cap.
pub fn class_of(table: &[CarrierRow], code: &str) -> Class {
    let row = table.iter().find(|(_, codes)| codes.contains(&code));
    row.map_or(Class::UnknownCode, |(class, _)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_code_counts() {
        let table: &[CarrierRow] = &[(Class::Transient, &["EXPIRED", "8"])];
        assert_eq!(class_of(table, "8"), Class::Transient);
        for code in ["", "EXPIRE", "expired", "88", "EXPIRED "] {
            assert_eq!(class_of(table, code), Class::UnknownCode, "{code}");
        }
    }
}
