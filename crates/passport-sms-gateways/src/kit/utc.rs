//! Coordinated Universal Time, as headers have it.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// The moment as `yyyy-MM-ddTHH:mm:ssZ`.
pub fn timestamp(moment: OffsetDateTime) -> String {
    // Without the fraction, RFC 3339 is of that form; it cannot write the year ten thousand.
    let second = moment.to_offset(UtcOffset::UTC).replace_nanosecond(0);
    second.ok().and_then(|second| second.format(&Rfc3339).ok()).unwrap_or_default()
}
