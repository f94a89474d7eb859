//! Coordinated Universal Time in the form of headers.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// The moment as `yyyy-MM-ddTHH:mm:ssZ`.
pub fn timestamp(moment: OffsetDateTime) -> String {
    // RFC 3339 without the fraction has that form; it has no year 10,000.
    let second = moment.to_offset(UtcOffset::UTC).replace_nanosecond(0);
    second.ok().and_then(|second| second.format(&Rfc3339).ok()).unwrap_or_default()
}
