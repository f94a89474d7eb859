//! The settings file: UTF-8, then TOML.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use config::{ConfigError, Value, ValueKind};

use super::{
    super::remark::SettingsError,
    given::{Given, GivenValue},
    toml::{scalar, toml},
};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of the file; `None` if there is none and it `is_required` by nothing.
pub(super) fn read(path: &Path, is_required: bool) -> Result<Option<String>, SettingsError> {
    let refuse = |reason: &str| SettingsError::unreadable(format!("{}{reason}", path.display()));
    match fs::read(path) {
        Ok(bytes) => match decode(&bytes) {
            Ok(text) => Ok(Some(text)),
            Err(NotUtf8 { line, what }) => Err(refuse(&format!(
                ": line {line} is not UTF-8{what}: save the file as UTF-8, because other bytes would \
                 change values without a sign"
            ))),
        },
        Err(error) if error.kind() == ErrorKind::NotFound && !is_required => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(SettingsError::unreadable(
            format!("there is no file {}, which --config names", path.display()),
        )),
        Err(error) if error.kind() == ErrorKind::IsADirectory => {
            Err(refuse(" is a directory: name a settings file"))
        }
        Err(error) => Err(refuse(&format!(" cannot be read: {error}"))),
    }
}

/// Place of the first bytes that are not UTF-8, and a guess what they are.
#[derive(Debug, PartialEq, Eq)]
struct NotUtf8 {
    line: usize,
    what: &'static str,
}

/// The text, without a byte order mark at its start.
fn decode(bytes: &[u8]) -> Result<String, NotUtf8> {
    let line = |end: usize| bytes[..end].split(|byte| *byte == b'\n').count();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(NotUtf8 { line: 1, what: " but UTF-16" });
    }
    // In UTF-16 every second byte of an ASCII character is zero, and TOML has no zero byte.
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(NotUtf8 { line: line(at), what: " text (it has a zero byte, as UTF-16 has)" });
    }
    match std::str::from_utf8(bytes) {
        Err(error) => Err(NotUtf8 { line: line(error.valid_up_to()), what: "" }),
        Ok(text) => Ok(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).to_owned()),
    }
}

/// Adds the values of the file to `given`.
pub(super) fn parse(
    text: &str,
    path: &Path,
    given: &mut BTreeMap<String, Given>,
) -> Result<(), SettingsError> {
    let root = toml(text).map_err(|error| SettingsError::unreadable(one_line(&error, path)))?;
    let origin = path.display().to_string();
    flatten("", root, &origin, given).map_err(|key| {
        SettingsError::unreadable(format!(
            "{key} ({origin}) has a list or a table as an item: items are texts"
        ))
    })
}

/// Adds the values below `key`. The error is the key of a list whose items are not texts.
fn flatten(
    key: &str,
    value: Value,
    origin: &str,
    given: &mut BTreeMap<String, Given>,
) -> Result<(), String> {
    let value = match value.kind {
        ValueKind::Table(table) => {
            return table.into_iter().try_for_each(|(name, value)| {
                let key = if key.is_empty() { name } else { format!("{key}.{name}") };
                flatten(&key, value, origin, given)
            });
        }
        ValueKind::Array(items) => {
            let items: Option<_> = items.into_iter().map(scalar).collect();
            GivenValue::List(items.ok_or(key)?)
        }
        kind => GivenValue::Text(scalar(Value::new(None, kind)).unwrap_or_default()),
    };
    given.insert(key.to_owned(), Given { value, origin: origin.to_owned() });
    Ok(())
}

/// The error on one line, without the excerpt of the file, because the excerpt may contain a secret.
fn one_line(error: &ConfigError, path: &Path) -> String {
    let ConfigError::FileParse { cause, .. } = error else {
        return format!("{}: {error}", path.display());
    };
    let is_drawing = |line: &str| {
        line.trim_start_matches(|it: char| it == ' ' || it.is_ascii_digit()).starts_with('|')
    };
    let cause = cause.to_string();
    let lines = cause.lines().map(str::trim).filter(|line| !line.is_empty() && !is_drawing(line));
    format!("{}: {}", path.display(), lines.collect::<Vec<_>>().join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w4_bytes_that_are_not_utf_8_are_named_by_their_line() {
        // "sign_name = '阿里云'" in GBK.
        let gbk = b"[sms]\n# ok\nsign_name = '\xb0\xa2\xc0\xef\xd4\xc6'\n";
        assert_eq!(decode(gbk), Err(NotUtf8 { line: 3, what: "" }));
        assert_eq!(decode(b"a = '\xe4'").unwrap_err().line, 1, "Latin-1");
        assert_eq!(decode(b"a = 1\n\xe9\x98").unwrap_err().line, 2, "a cut character");
        assert_eq!(decode(b"\n\xed\xa0\x80").unwrap_err().line, 2, "a surrogate");
        let utf_16 =
            |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(decode(&utf_16("\u{feff}a = 1")).unwrap_err().what, " but UTF-16");
        assert_eq!(decode(&utf_16("a = 1")).unwrap_err().line, 1);
    }

    #[test]
    fn w4_a_byte_order_mark_changes_nothing() {
        assert_eq!(decode("\u{feff}a = '阿'".as_bytes()).unwrap(), "a = '阿'");
    }
}
