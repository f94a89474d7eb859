//! Fields of a user as both databases store them.

use passport_user::{Consent, Epoch, Standing, StandingKind};
use time::OffsetDateTime;

use crate::failure::Failure;

/// Standing of a row that remains of a purged user.
pub(crate) const PURGED: i16 = 9;

pub(crate) fn kind_number(kind: StandingKind) -> i16 {
    match kind {
        StandingKind::Active => 0,
        StandingKind::Disabled => 1,
        StandingKind::Leaving => 2,
    }
}

/// Time of the change, and time from which on the user may be purged.
pub(crate) fn standing_times(
    standing: Standing,
) -> (Option<OffsetDateTime>, Option<OffsetDateTime>) {
    match standing {
        Standing::Active => (None, None),
        Standing::Disabled { since } => (Some(since), None),
        Standing::Leaving { since, purge_at } => (Some(since), Some(purge_at)),
    }
}

pub(crate) fn standing(
    number: i16,
    since: Option<OffsetDateTime>,
    purge_at: Option<OffsetDateTime>,
) -> Result<Standing, Failure> {
    match (number, since, purge_at) {
        (0, None, None) => Ok(Standing::Active),
        (1, Some(since), None) => Ok(Standing::Disabled { since }),
        (2, Some(since), Some(purge_at)) => Ok(Standing::Leaving { since, purge_at }),
        _ => Err(Failure::Row(format!("standing {number} of a user is not valid").into())),
    }
}

/// The consent of a row that has a version and a time, or neither.
pub(crate) fn consent(
    version: Option<String>,
    at: Option<OffsetDateTime>,
) -> Result<Option<Consent>, Failure> {
    match (version, at) {
        (None, None) => Ok(None),
        (Some(version), Some(at)) => {
            let version = version.parse().map_err(|error| Failure::Row(Box::new(error)))?;
            Ok(Some(Consent { version, at }))
        }
        _ => Err(Failure::Row("consent of a user is not valid".into())),
    }
}

/// The greatest number is never stored: [`Epoch::next`] ends before it, and rows of others are valid.
pub(crate) fn epoch_number(epoch: Epoch) -> i32 {
    i32::try_from(epoch.number()).unwrap_or(i32::MAX)
}

pub(crate) fn epoch(number: i32) -> Result<Epoch, Failure> {
    u32::try_from(number).map(Epoch::new).map_err(|error| Failure::Row(error.into()))
}
