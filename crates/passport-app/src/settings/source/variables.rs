//! Environment variables `PASSPORT__SECTION__KEY`.

use std::{collections::BTreeMap, ffi::OsString};

use super::{
    super::remark::{Remark, SettingsError},
    Source,
    given::{Given, GivenValue},
};

const START: &str = "PASSPORT__";
/// How variables begin that were perhaps meant as settings.
const NEAR_START: &str = "PASSPORT";

impl Source {
    /// Adds the values of environment variables, which override the file.
    pub(super) fn add_variables(
        &mut self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<(), SettingsError> {
        let mut faults = Vec::new();
        let mut names = BTreeMap::new();
        for (name, value) in variables {
            let shown = name.to_string_lossy().to_uppercase();
            let Some(rest) = shown.strip_prefix(START) else {
                if shown.starts_with(NEAR_START) {
                    self.unread_variables.push(shown);
                }
                continue;
            };
            // The value may be a secret, so it is not shown.
            let (Some(_), Ok(text)) = (name.to_str(), value.into_string()) else {
                faults.push(Remark::new(format!("{shown} is not UTF-8: set it again as UTF-8")));
                continue;
            };
            if let Some(other) = names.insert(shown.clone(), name.clone()) {
                let (one, other) = (other.display(), name.display());
                faults.push(Remark::new(format!("{one} and {other} are both set: unset one")));
            }
            let key = rest.replace("__", ".").to_lowercase();
            self.given.insert(key, Given { value: GivenValue::Text(text), origin: shown });
        }
        if faults.is_empty() { Ok(()) } else { Err(SettingsError { faults, warnings: Vec::new() }) }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn read(variables: &[(&[u8], &[u8])]) -> Result<Source, Vec<String>> {
        let text = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        let mut source = Source::default();
        let variables = variables.iter().map(|(name, value)| (text(name), text(value)));
        match source.add_variables(variables) {
            Ok(()) => Ok(source),
            Err(error) => Err(error.faults.iter().map(ToString::to_string).collect()),
        }
    }

    #[test]
    fn w4_a_variable_that_is_not_utf_8_is_refused_without_its_value() {
        let faults = read(&[(b"PASSPORT__SECRET", b"hunter2\xb0\xa2")]).unwrap_err();
        assert_eq!(faults, ["PASSPORT__SECRET is not UTF-8: set it again as UTF-8"]);
        let faults = read(&[(b"PASSPORT__HTTP__LIST\xff", b"hunter2")]).unwrap_err();
        assert!(faults[0].contains("LIST\u{fffd} is not UTF-8"), "{faults:?}");
        assert!(read(&[(b"OTHER", b"\xff"), (b"\xff", b"1")]).is_ok(), "variables of others");
    }

    #[test]
    fn a_key_has_one_variable() {
        let faults = read(&[(b"PASSPORT__SECRET", b"a"), (b"passport__secret", b"b")]).unwrap_err();
        assert_eq!(faults, ["PASSPORT__SECRET and passport__secret are both set: unset one"]);
    }

    #[test]
    fn w12_variables_that_begin_alike_are_noted() {
        let source = read(&[
            (b"PASSPORT_HTTP_LISTEN", b"1"),
            (b"PASSPORT__HTTP__LISTEN", b"2"),
            (b"PASSWORD", b"3"),
        ]);
        let source = source.unwrap();
        assert_eq!(source.unread_variables, ["PASSPORT_HTTP_LISTEN"]);
        assert_eq!(source.given["http.listen"].value.text(), "2");
    }
}
