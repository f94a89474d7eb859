//! Outcomes of steps as a cookie holds them: a name, and a number where one belongs to it.

use passport_pages::Notice;
use time::OffsetDateTime;

/// The text for the cookie.
pub(super) fn write(notice: Notice) -> String {
    let number = match notice {
        Notice::NumberChanged { undo_until: at } | Notice::Leaving { purge_at: at } => {
            Some(at.unix_timestamp().unsigned_abs())
        }
        Notice::OthersEnded { count } => Some(count),
        _ => None,
    };
    number.map_or_else(|| name(notice).to_owned(), |number| format!("{}.{number}", name(notice)))
}

/// The outcome that a cookie tells. Its text may be foreign, and is never shown.
pub(super) fn read(text: &str) -> Option<Notice> {
    let (name_of, number) = text.split_once('.').unwrap_or((text, "0"));
    let number: u32 = number.parse().ok()?;
    let at = OffsetDateTime::from_unix_timestamp(number.into()).ok()?;
    all(at, number.into()).into_iter().find(|notice| name(*notice) == name_of)
}

/// Every outcome, with this moment and this number.
fn all(at: OffsetDateTime, count: u64) -> [Notice; 19] {
    [
        Notice::SignedOut,
        Notice::SessionEnded,
        Notice::NothingDone,
        Notice::Confirmed,
        Notice::Renamed,
        Notice::PasswordSet,
        Notice::PasswordChanged,
        Notice::PasswordRemoved,
        Notice::NumberChanged { undo_until: at },
        Notice::DeviceEnded,
        Notice::OthersEnded { count },
        Notice::Leaving { purge_at: at },
        Notice::Deleted,
        Notice::NumberTaken,
        Notice::PasswordReset,
        Notice::NumberRestored,
        Notice::RestoreExpired,
        Notice::Expired,
        Notice::ReturnUnknown,
    ]
}

fn name(notice: Notice) -> &'static str {
    match notice {
        Notice::SignedOut => "signed-out",
        Notice::SessionEnded => "session-ended",
        Notice::NothingDone => "nothing-done",
        Notice::Confirmed => "confirmed",
        Notice::Renamed => "renamed",
        Notice::PasswordSet => "password-set",
        Notice::PasswordChanged => "password-changed",
        Notice::PasswordRemoved => "password-removed",
        Notice::NumberChanged { .. } => "number-changed",
        Notice::DeviceEnded => "device-ended",
        Notice::OthersEnded { .. } => "others-ended",
        Notice::Leaving { .. } => "leaving",
        Notice::Deleted => "deleted",
        Notice::NumberTaken => "number-taken",
        Notice::PasswordReset => "password-reset",
        Notice::NumberRestored => "number-restored",
        Notice::RestoreExpired => "restore-expired",
        Notice::Expired => "expired",
        Notice::ReturnUnknown => "return-unknown",
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn every_outcome_survives_the_cookie() {
        for notice in all(datetime!(2026-11-29 19:00:00 UTC), 3) {
            let text = write(notice);
            assert!(text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-.".contains(&it)));
            assert_eq!(read(&text), Some(notice), "{text}");
        }
    }

    #[test]
    fn foreign_cookies_tell_nothing() {
        for text in
            ["", ".", "x", "signed-out.x", "signed-out.-1", "leaving.99999999999999999999", "é"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
