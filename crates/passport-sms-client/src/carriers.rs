use crate::outcome::Class;

/// What carriers say in receipts of a gateway, by what it means for the next step.
pub(crate) type CarrierRow = (Class, &'static [&'static str]);

/// The class of a carrier's code. One that is in no row may stand for an opt-out or a cap, so nobody
/// may guess.
pub(crate) fn class_of(table: &[CarrierRow], code: &str) -> Class {
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
