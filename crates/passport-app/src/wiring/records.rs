//! What is recorded of every act: events, and failures in a row.

use std::time::Duration;

use passport_auth::{AuditAddresses, Backoffs};
use passport_throttle::Backoff;

use crate::settings::{LimitSettings, RecordedAddress, Settings};

/// Part of clients' addresses that events carry.
pub(super) fn addresses(settings: &Settings) -> AuditAddresses {
    match settings.audit.addresses {
        RecordedAddress::Full => AuditAddresses::Full,
        RecordedAddress::Prefix => AuditAddresses::Prefix,
        RecordedAddress::None => AuditAddresses::None,
    }
}

/// Delays after failures in a row.
pub(super) fn backoffs(limits: &LimitSettings) -> Backoffs {
    const ALLOWED: &str = "settings are within the bounds of a backoff";
    let password = Backoff::new(
        limits.failures_free,
        Duration::from_secs(1),
        limits.failures_longest,
        limits.failures_stop,
    );
    Backoffs::new(password.expect(ALLOWED), limits.wrong_codes_stop).expect(ALLOWED)
}
