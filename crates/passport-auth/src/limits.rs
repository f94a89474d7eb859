//! Every limit: its name, its quota, its subject.

use std::{error::Error, sync::Arc, time::Duration};

use passport_throttle::{Charge, Decision, Hit, Policy, Quota, ThrottleStore};
use passport_user::PhoneNumber;
use time::OffsetDateTime;
use tracing::error;

use crate::{ClientAddress, Clock, Denied, SubjectKey};

/// Names of all limits.
///
/// The names stand in the keys of stores, in events and in `RateLimit` header fields: a renamed
/// policy starts its counts anew and is visible to API clients.
pub mod policies {
    use passport_throttle::Policy;

    /// Pause between two codes to one number.
    pub const SMS_PER_PHONE_COOLDOWN: Policy = Policy::new("sms-per-phone-cooldown");
    /// Codes to one number in an hour.
    pub const SMS_PER_PHONE_HOUR: Policy = Policy::new("sms-per-phone-hour");
    /// Codes to one number in a day.
    pub const SMS_PER_PHONE_DAY: Policy = Policy::new("sms-per-phone-day");
    /// Codes for one client in an hour.
    pub const SMS_PER_CLIENT_HOUR: Policy = Policy::new("sms-per-client-hour");
    /// Codes for one client in a day.
    pub const SMS_PER_CLIENT_DAY: Policy = Policy::new("sms-per-client-day");
    /// Wrong codes for one number, over all codes that the number gets.
    pub const WRONG_CODES_PER_PHONE: Policy = Policy::new("wrong-codes-per-phone");
    /// Failed sign-ins from one client.
    pub const LOGIN_FAILURES_PER_CLIENT: Policy = Policy::new("login-failures-per-client");
    /// Failed sign-ins for one number, from all clients.
    pub const LOGIN_FAILURES_PER_PHONE: Policy = Policy::new("login-failures-per-phone");
    /// Challenges for one client.
    pub const CHALLENGES: Policy = Policy::new("challenges");
    /// Pictures and sounds that one client fetches.
    pub const CHALLENGE_FETCHES: Policy = Policy::new("challenge-fetches");

    /// Those of a message that are charged to its number, and not to the client.
    pub(super) const OF_NUMBER: [Policy; 3] =
        [SMS_PER_PHONE_COOLDOWN, SMS_PER_PHONE_HOUR, SMS_PER_PHONE_DAY];

    /// All of the above.
    pub const ALL: [Policy; 10] = [
        SMS_PER_PHONE_COOLDOWN,
        SMS_PER_PHONE_HOUR,
        SMS_PER_PHONE_DAY,
        SMS_PER_CLIENT_HOUR,
        SMS_PER_CLIENT_DAY,
        WRONG_CODES_PER_PHONE,
        LOGIN_FAILURES_PER_CLIENT,
        LOGIN_FAILURES_PER_PHONE,
        CHALLENGES,
        CHALLENGE_FETCHES,
    ];
}

/// Quota of each policy.
#[derive(Debug, Clone, Copy)]
pub struct Quotas {
    /// Quota of [`SMS_PER_PHONE_COOLDOWN`](policies::SMS_PER_PHONE_COOLDOWN).
    pub sms_per_phone_cooldown: Quota,
    /// Quota of [`SMS_PER_PHONE_HOUR`](policies::SMS_PER_PHONE_HOUR).
    pub sms_per_phone_hour: Quota,
    /// Quota of [`SMS_PER_PHONE_DAY`](policies::SMS_PER_PHONE_DAY).
    pub sms_per_phone_day: Quota,
    /// Quota of [`SMS_PER_CLIENT_HOUR`](policies::SMS_PER_CLIENT_HOUR).
    pub sms_per_client_hour: Quota,
    /// Quota of [`SMS_PER_CLIENT_DAY`](policies::SMS_PER_CLIENT_DAY).
    pub sms_per_client_day: Quota,
    /// Quota of [`WRONG_CODES_PER_PHONE`](policies::WRONG_CODES_PER_PHONE)
    /// (NIST SP 800-63B-4 §3.2.2: at most 100).
    pub wrong_codes_per_phone: Quota,
    /// Quota of [`LOGIN_FAILURES_PER_CLIENT`](policies::LOGIN_FAILURES_PER_CLIENT).
    pub login_failures_per_client: Quota,
    /// Quota of [`LOGIN_FAILURES_PER_PHONE`](policies::LOGIN_FAILURES_PER_PHONE)
    /// (NIST SP 800-63B-4 §3.2.2: at most 100).
    pub login_failures_per_phone: Quota,
    /// Quota of [`CHALLENGES`](policies::CHALLENGES) and, counted separately, of
    /// [`CHALLENGE_FETCHES`](policies::CHALLENGE_FETCHES).
    pub challenges_per_client: Quota,
}

/// Charges operations to limits. Numbers and addresses reach the store only as keyed digests.
#[derive(Debug, Clone)]
pub struct Limits {
    store: Arc<dyn ThrottleStore>,
    subjects: SubjectKey,
    quotas: Quotas,
    clock: Arc<dyn Clock>,
}

impl Limits {
    /// Counts in `store`, under subjects that are digested with `subjects`.
    pub fn new(
        store: Arc<dyn ThrottleStore>,
        subjects: SubjectKey,
        quotas: Quotas,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, subjects, quotas, clock }
    }

    /// Counts one hit on each charge, or none of them.
    pub(crate) async fn charge(&self, charges: &[Charge]) -> Result<Hit, Denied> {
        match self.store.hit(charges, self.clock.now()).await? {
            Decision::Allowed(hit) => Ok(hit),
            Decision::Refused(refusal) => Err(Denied::TooMany(refusal)),
        }
    }

    /// Refuses as [`charge`](Self::charge) would now, and counts nothing.
    pub(crate) async fn check(&self, charges: &[Charge]) -> Result<(), Denied> {
        match self.store.check(charges, self.clock.now()).await? {
            None => Ok(()),
            Some(refusal) => Err(Denied::TooMany(refusal)),
        }
    }

    /// Refunds a hit. A failed refund is logged and the charge remains.
    pub(crate) async fn refund(&self, hit: &Hit) {
        if let Err(error) = self.store.refund(hit).await {
            error!(error = &error as &dyn Error, "charge was not refunded");
        }
    }

    /// Refunds the part of a message's hit that was charged to its number; the client stays charged.
    pub(crate) async fn refund_number(&self, hit: &Hit) {
        self.refund_part(hit, |policy| policies::OF_NUMBER.contains(&policy)).await;
    }

    /// Refunds the part of a message's hit that was charged to the client; its number stays charged.
    pub(crate) async fn refund_client(&self, hit: &Hit) {
        self.refund_part(hit, |policy| !policies::OF_NUMBER.contains(&policy)).await;
    }

    async fn refund_part(&self, hit: &Hit, is_refunded: impl Fn(Policy) -> bool) {
        let part = hit.charges.iter().filter(|charge| is_refunded(charge.policy));
        self.refund(&Hit { charges: part.copied().collect(), ..*hit }).await;
    }

    /// Time until `until`, or until these charges have room if that is later.
    pub(crate) async fn wait(&self, charges: &[Charge], until: Option<OffsetDateTime>) -> Duration {
        let stated = until.map_or(Duration::ZERO, |until| {
            Duration::try_from(until - self.clock.now()).unwrap_or_default()
        });
        match self.check(charges).await {
            Err(Denied::TooMany(refusal)) => stated.max(refusal.retry_after),
            Ok(()) | Err(Denied::Busy { .. } | Denied::Unavailable(_)) => stated,
        }
    }

    /// One code sent to `phone` for `client`.
    pub(crate) fn sms(&self, phone: &PhoneNumber, client: ClientAddress) -> [Charge; 5] {
        let quotas = &self.quotas;
        [
            self.of_phone(policies::SMS_PER_PHONE_COOLDOWN, phone, quotas.sms_per_phone_cooldown),
            self.of_phone(policies::SMS_PER_PHONE_HOUR, phone, quotas.sms_per_phone_hour),
            self.of_phone(policies::SMS_PER_PHONE_DAY, phone, quotas.sms_per_phone_day),
            self.of_client(policies::SMS_PER_CLIENT_HOUR, client, quotas.sms_per_client_hour),
            self.of_client(policies::SMS_PER_CLIENT_DAY, client, quotas.sms_per_client_day),
        ]
    }

    /// One wrong code for `phone`.
    pub(crate) fn wrong_code(&self, phone: &PhoneNumber) -> Charge {
        self.of_phone(policies::WRONG_CODES_PER_PHONE, phone, self.quotas.wrong_codes_per_phone)
    }

    /// One failed sign-in with `phone` by `client`.
    pub(crate) fn login_failure(&self, phone: &PhoneNumber, client: ClientAddress) -> [Charge; 2] {
        let (per_client, per_phone) =
            (self.quotas.login_failures_per_client, self.quotas.login_failures_per_phone);
        [
            self.of_client(policies::LOGIN_FAILURES_PER_CLIENT, client, per_client),
            self.of_phone(policies::LOGIN_FAILURES_PER_PHONE, phone, per_phone),
        ]
    }

    /// One challenge for `client`, whether its picture is drawn at once or fetched.
    pub(crate) fn challenge(&self, client: ClientAddress) -> Charge {
        self.of_client(policies::CHALLENGES, client, self.quotas.challenges_per_client)
    }

    /// One picture or sound fetched by `client`.
    pub(crate) fn challenge_fetch(&self, client: ClientAddress) -> Charge {
        self.of_client(policies::CHALLENGE_FETCHES, client, self.quotas.challenges_per_client)
    }

    fn of_phone(&self, policy: Policy, phone: &PhoneNumber, quota: Quota) -> Charge {
        Charge::new(policy, self.subjects.phone(phone).into(), quota)
    }

    fn of_client(&self, policy: Policy, client: ClientAddress, quota: Quota) -> Charge {
        Charge::new(policy, self.subjects.client(client), quota)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn policies_have_distinct_names() {
        let names: HashSet<_> = policies::ALL.iter().map(|policy| policy.as_str()).collect();
        assert_eq!(names.len(), policies::ALL.len());
    }
}
