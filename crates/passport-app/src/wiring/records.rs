//! What is recorded of every act: events, and failures in a row.

use std::{sync::Arc, time::Duration};

use passport_auth::{AuditAddresses, Backoffs, Clock, EventObserver, Events, Failures, SubjectKey};
use passport_throttle::{Backoff, FailureStore};
use passport_user::Journal;
use tokio::runtime::Handle;

use crate::settings::{LimitSettings, RecordedAddress, Settings};

/// Events on their way to `journal`, and to another reader if there is one.
pub(super) fn events(
    settings: &Settings,
    journal: &Arc<dyn Journal>,
    subjects: SubjectKey,
    clock: &Arc<dyn Clock>,
    observer: Option<Arc<dyn EventObserver>>,
) -> Events {
    let addresses = match settings.audit.addresses {
        RecordedAddress::Full => AuditAddresses::Full,
        RecordedAddress::Prefix => AuditAddresses::Prefix,
        RecordedAddress::None => AuditAddresses::None,
    };
    let (runtime, clock) = (Handle::current(), Arc::clone(clock));
    Events::start_observed(Arc::clone(journal), &runtime, subjects, addresses, clock, observer)
}

/// Failures in a row, in `store`.
pub(super) fn failures(
    limits: &LimitSettings,
    store: &Arc<dyn FailureStore>,
    subjects: SubjectKey,
    clock: &Arc<dyn Clock>,
) -> Failures {
    const SECOND: Duration = Duration::from_secs(1);
    const DAY: Duration = Duration::from_hours(24);
    const ALLOWED: &str = "settings are within the bounds of a backoff";
    let backoffs = Backoffs {
        password: Backoff::new(
            limits.failures_free,
            SECOND,
            limits.failures_longest,
            limits.failures_stop,
        )
        .expect(ALLOWED),
        // A stop would lock out an account that has no password, so the next guess waits for a day.
        code: Backoff::new(limits.wrong_codes_stop - 1, DAY, DAY, NIST_FAILURES).expect(ALLOWED),
        confirmation: Backoff::new(CONFIRMATIONS, SECOND, SECOND, CONFIRMATIONS).expect(ALLOWED),
    };
    Failures::new(Arc::clone(store), subjects, backoffs, Arc::clone(clock))
}

/// Wrong codes in a row after which a number gets none any more (NIST SP 800-63B-4 §3.2.2).
const NIST_FAILURES: u32 = 100;
/// Wrong proofs in one session after which it cannot be confirmed any more.
const CONFIRMATIONS: u32 = 5;
