use crate::kit::verdict::Verdict;

/// A row of a table of codes. A name with a final `*` stands for all codes with that beginning.
pub type Row = (&'static str, Verdict);

/// The verdict of the longest name in `table` that fits `code`, so that the row of a code takes
/// precedence over that of its family.
pub fn find<N: AsRef<str>>(table: &[(N, Verdict)], code: &str) -> Verdict {
    let fit = |name: &str| match name.strip_suffix('*') {
        Some(family) => code.starts_with(family).then_some((family.len(), false)),
        None => (name == code).then_some((name.len(), true)),
    };
    table
        .iter()
        .filter_map(|(name, verdict)| Some((fit(name.as_ref())?, verdict)))
        .max_by_key(|(length, _)| *length)
        .map_or(Verdict::UNLISTED, |(_, verdict)| *verdict)
}

#[cfg(test)]
mod tests {
    use passport_sms_client::Class;

    use super::*;
    use crate::kit::verdict::rejected;

    #[test]
    fn the_longest_name_wins_and_an_exact_one_most() {
        let table = [
            ("Internal*", rejected(Class::Transient)),
            ("Internal.Timeout", Verdict::Undecided),
            ("Internal.T*", rejected(Class::BadRequest)),
            ("Internal", rejected(Class::Config)),
        ];
        for (code, verdict) in [
            ("Internal.Timeout", Verdict::Undecided),
            ("Internal.Timeouts", rejected(Class::BadRequest)),
            ("Internal.Else", rejected(Class::Transient)),
            ("Internal", rejected(Class::Config)),
            ("internal", Verdict::UNLISTED),
            ("", Verdict::UNLISTED),
        ] {
            assert_eq!(find(&table, code), verdict, "{code}");
        }
    }
}
