//! Every limit: its name, its quota, its subject.

use std::{error::Error, sync::Arc, time::Duration};

use passport_throttle::{Charge, Decision, Hit, Policy, Quota, ThrottleStore};
use passport_user::PhoneNumber;
use time::OffsetDateTime;
use tracing::error;

use crate::{ClientAddress, Clock, Denied, SubjectKey, Ticket};

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
    /// Wrong codes of one client, over all numbers.
    pub const WRONG_CODES_PER_CLIENT: Policy = Policy::new("wrong-codes-per-client");
    /// Failed sign-ins from one client.
    pub const LOGIN_FAILURES_PER_CLIENT: Policy = Policy::new("login-failures-per-client");
    /// Failed sign-ins for one number, from all clients.
    pub const LOGIN_FAILURES_PER_PHONE: Policy = Policy::new("login-failures-per-phone");
    /// Sign-ins that one client tries, whether they succeed, fail or find the service busy.
    pub const SIGN_INS_PER_CLIENT: Policy = Policy::new("sign-ins-per-client");
    /// Successful sign-ins to one account.
    pub const SIGN_INS_PER_PHONE: Policy = Policy::new("sign-ins-per-phone");
    /// Challenges for one client. Counted in the process.
    pub const CHALLENGES: Policy = Policy::new("challenges");
    /// Pictures and sounds that one client fetches. Counted in the process.
    pub const CHALLENGE_FETCHES: Policy = Policy::new("challenge-fetches");
    /// Answers of one challenge: one.
    pub const CHALLENGE_ANSWERS: Policy = Policy::new("challenge-answers");
    /// Wrong answers of one client.
    pub const WRONG_ANSWERS_PER_CLIENT: Policy = Policy::new("challenge-wrong-per-client");
    /// Wrong answers of the networks around one client.
    pub const WRONG_ANSWERS_PER_NETWORK: Policy = Policy::new("challenge-wrong-per-network");
    /// Wrong answers of all clients. Counted in the process.
    pub const WRONG_ANSWERS_IN_ALL: Policy = Policy::new("challenge-wrong-in-all");
    /// Languages in which one challenge is spoken: one.
    pub const CHALLENGE_LANGUAGES: Policy = Policy::new("challenge-languages");
    /// Marks a challenge that is spoken in Chinese.
    pub const CHALLENGE_IN_CHINESE: Policy = Policy::new("challenge-in-zh");
    /// Marks a challenge that is spoken in English.
    pub const CHALLENGE_IN_ENGLISH: Policy = Policy::new("challenge-in-en");

    /// Policies that no store counts.
    pub const IN_PROCESS: [Policy; 3] = [CHALLENGES, CHALLENGE_FETCHES, WRONG_ANSWERS_IN_ALL];

    /// Those of a message that are charged to its number, and not to the client.
    pub(crate) const SMS_PER_PHONE: [Policy; 3] =
        [SMS_PER_PHONE_COOLDOWN, SMS_PER_PHONE_HOUR, SMS_PER_PHONE_DAY];
    /// Those of a message that are charged to the client, and not to its number.
    pub(crate) const SMS_PER_CLIENT: [Policy; 2] = [SMS_PER_CLIENT_HOUR, SMS_PER_CLIENT_DAY];

    /// All of the above.
    pub const ALL: [Policy; 20] = [
        SMS_PER_PHONE_COOLDOWN,
        SMS_PER_PHONE_HOUR,
        SMS_PER_PHONE_DAY,
        SMS_PER_CLIENT_HOUR,
        SMS_PER_CLIENT_DAY,
        WRONG_CODES_PER_PHONE,
        WRONG_CODES_PER_CLIENT,
        LOGIN_FAILURES_PER_CLIENT,
        LOGIN_FAILURES_PER_PHONE,
        SIGN_INS_PER_CLIENT,
        SIGN_INS_PER_PHONE,
        CHALLENGES,
        CHALLENGE_FETCHES,
        CHALLENGE_ANSWERS,
        WRONG_ANSWERS_PER_CLIENT,
        WRONG_ANSWERS_PER_NETWORK,
        WRONG_ANSWERS_IN_ALL,
        CHALLENGE_LANGUAGES,
        CHALLENGE_IN_CHINESE,
        CHALLENGE_IN_ENGLISH,
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
    /// Quota of [`WRONG_CODES_PER_CLIENT`](policies::WRONG_CODES_PER_CLIENT).
    pub wrong_codes_per_client: Quota,
    /// Quota of [`LOGIN_FAILURES_PER_CLIENT`](policies::LOGIN_FAILURES_PER_CLIENT).
    pub login_failures_per_client: Quota,
    /// Quota of [`LOGIN_FAILURES_PER_PHONE`](policies::LOGIN_FAILURES_PER_PHONE)
    /// (NIST SP 800-63B-4 §3.2.2: at most 100).
    pub login_failures_per_phone: Quota,
    /// Quota of [`SIGN_INS_PER_CLIENT`](policies::SIGN_INS_PER_CLIENT).
    pub sign_ins_per_client: Quota,
    /// Quota of [`SIGN_INS_PER_PHONE`](policies::SIGN_INS_PER_PHONE).
    pub sign_ins_per_phone: Quota,
    /// Quota of [`WRONG_ANSWERS_PER_CLIENT`](policies::WRONG_ANSWERS_PER_CLIENT). That of a network
    /// is a multiple.
    pub wrong_answers_per_client: Quota,
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

    /// Refunds the charges of `hit` that name one of `policies`; the others remain.
    pub(crate) async fn refund_only(&self, policies: &[Policy], hit: &Hit) {
        let charges = hit.charges.iter().filter(|charge| policies.contains(&charge.policy));
        self.refund(&Hit { id: hit.id, charges: charges.copied().collect() }).await;
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

    /// One code sent to `phone` for `client`. The client's charges come first; see [`ThrottleStore`] for
    /// the reason.
    pub(crate) fn sms(&self, phone: &PhoneNumber, client: ClientAddress) -> [Charge; 5] {
        let quotas = &self.quotas;
        [
            self.of_client(policies::SMS_PER_CLIENT_HOUR, client, quotas.sms_per_client_hour),
            self.of_client(policies::SMS_PER_CLIENT_DAY, client, quotas.sms_per_client_day),
            self.of_phone(policies::SMS_PER_PHONE_COOLDOWN, phone, quotas.sms_per_phone_cooldown),
            self.of_phone(policies::SMS_PER_PHONE_HOUR, phone, quotas.sms_per_phone_hour),
            self.of_phone(policies::SMS_PER_PHONE_DAY, phone, quotas.sms_per_phone_day),
        ]
    }

    /// One wrong code for `phone` by `client`.
    pub(crate) fn wrong_code(&self, phone: &PhoneNumber, client: ClientAddress) -> [Charge; 2] {
        let (per_client, per_phone) =
            (self.quotas.wrong_codes_per_client, self.quotas.wrong_codes_per_phone);
        [
            self.of_client(policies::WRONG_CODES_PER_CLIENT, client, per_client),
            self.of_phone(policies::WRONG_CODES_PER_PHONE, phone, per_phone),
        ]
    }

    /// One sign-in that `client` tries.
    pub(crate) fn sign_in_attempt(&self, client: ClientAddress) -> Charge {
        self.of_client(policies::SIGN_INS_PER_CLIENT, client, self.quotas.sign_ins_per_client)
    }

    /// One sign-in with `phone` by `client`, which may fail or succeed.
    pub(crate) fn sign_in(&self, phone: &PhoneNumber, client: ClientAddress) -> [Charge; 3] {
        let quotas = &self.quotas;
        let per_client = quotas.login_failures_per_client;
        [
            self.of_client(policies::LOGIN_FAILURES_PER_CLIENT, client, per_client),
            self.of_phone(
                policies::LOGIN_FAILURES_PER_PHONE,
                phone,
                quotas.login_failures_per_phone,
            ),
            self.of_phone(policies::SIGN_INS_PER_PHONE, phone, quotas.sign_ins_per_phone),
        ]
    }

    /// One wrong answer of `client`, which counts for the networks around it too.
    pub(crate) fn wrong_answer(&self, client: ClientAddress) -> Vec<Charge> {
        let quota = self.quotas.wrong_answers_per_client;
        let of_network = |(network, clients)| {
            let subject = self.subjects.network(network);
            Charge::new(policies::WRONG_ANSWERS_PER_NETWORK, subject, widened(quota, clients))
        };
        [self.of_client(policies::WRONG_ANSWERS_PER_CLIENT, client, quota)]
            .into_iter()
            .chain(client.networks().map(of_network))
            .collect()
    }

    /// One of the things that are done once with the challenge of `ticket`, during `lifetime`.
    pub(crate) fn once(&self, policy: Policy, ticket: Ticket, lifetime: Quota) -> Charge {
        Charge::new(policy, self.subjects.challenge(ticket), lifetime)
    }

    fn of_phone(&self, policy: Policy, phone: &PhoneNumber, quota: Quota) -> Charge {
        Charge::new(policy, self.subjects.phone(phone).into(), quota)
    }

    fn of_client(&self, policy: Policy, client: ClientAddress, quota: Quota) -> Charge {
        Charge::new(policy, self.subjects.client(client), quota)
    }
}

/// Quota of a network that may use the quotas of `clients` clients together.
pub(crate) fn widened(quota: Quota, clients: u32) -> Quota {
    let limit = quota.limit().get().saturating_mul(clients).min(Quota::MAX_LIMIT);
    Quota::new(limit, quota.window()).unwrap_or(quota)
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
