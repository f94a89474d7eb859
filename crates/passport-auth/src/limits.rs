//! Every limit: its name, its quota, its subject.

mod by_subject;

use std::{error::Error, sync::Arc, time::Duration};

use passport_throttle::{Charge, Decision, Hit, Policy, Quota, Subject, ThrottleStore};
use passport_user::{PhoneNumber, UserId};
use time::OffsetDateTime;
use tracing::error;

use crate::{ClientAddress, Clock, Denied, Quotas, SubjectKey, Ticket};

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
    /// Wrong codes of one client, over all numbers.
    pub const WRONG_CODES_PER_CLIENT: Policy = Policy::new("wrong-codes-per-client");
    /// Failed sign-ins from one client.
    pub const LOGIN_FAILURES_PER_CLIENT: Policy = Policy::new("login-failures-per-client");
    /// Sign-ins that one client tries, whether they succeed, fail or find the service busy.
    pub const SIGN_INS_PER_CLIENT: Policy = Policy::new("sign-ins-per-client");
    /// Successful sign-ins to one account.
    pub const SIGN_INS_PER_PHONE: Policy = Policy::new("sign-ins-per-phone");
    /// Codes by which one user confirms sessions.
    pub const CONFIRM_CODES_PER_USER: Policy = Policy::new("confirm-codes-per-user-hour");
    /// Codes that one user sends to new numbers in an hour.
    pub const CHANGE_CODES_PER_USER_HOUR: Policy = Policy::new("change-codes-per-user-hour");
    /// Codes that one user sends to new numbers in a day.
    pub const CHANGE_CODES_PER_USER_DAY: Policy = Policy::new("change-codes-per-user-day");
    /// New numbers of one user in a day.
    pub const NEW_NUMBERS_PER_USER: Policy = Policy::new("new-numbers-per-user-day");
    /// Marks a new number that is counted for its user.
    pub const NEW_NUMBER: Policy = Policy::new("new-number");
    /// Wrong proofs of one user, over all sessions.
    pub const WRONG_PROOFS_PER_USER: Policy = Policy::new("wrong-proofs-per-user-hour");
    /// Passwords that one user resets.
    pub const RESETS_PER_USER: Policy = Policy::new("resets-per-user-day");
    /// Pages of the own history that one user reads.
    pub const HISTORY_PER_USER: Policy = Policy::new("history-per-user-minute");
    /// Exports of one user.
    pub const EXPORTS_PER_USER: Policy = Policy::new("exports-per-user-day");
    /// Nick names of one user.
    pub const RENAMES_PER_USER: Policy = Policy::new("renames-per-user-day");
    /// Notices to one number.
    pub const NOTICES_PER_PHONE: Policy = Policy::new("notices-per-phone-day");
    /// Challenges for one client. Counted in the process.
    pub const CHALLENGES: Policy = Policy::new("challenges");
    /// Refused requests of one client to the API for operators.
    pub const OPERATOR_REFUSALS_PER_CLIENT: Policy = Policy::new("operator-refusals-per-client");
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
    pub const ALL: [Policy; 30] = [
        SMS_PER_PHONE_COOLDOWN,
        SMS_PER_PHONE_HOUR,
        SMS_PER_PHONE_DAY,
        SMS_PER_CLIENT_HOUR,
        SMS_PER_CLIENT_DAY,
        WRONG_CODES_PER_CLIENT,
        LOGIN_FAILURES_PER_CLIENT,
        SIGN_INS_PER_CLIENT,
        SIGN_INS_PER_PHONE,
        CONFIRM_CODES_PER_USER,
        CHANGE_CODES_PER_USER_HOUR,
        CHANGE_CODES_PER_USER_DAY,
        NEW_NUMBERS_PER_USER,
        NEW_NUMBER,
        WRONG_PROOFS_PER_USER,
        RESETS_PER_USER,
        HISTORY_PER_USER,
        EXPORTS_PER_USER,
        RENAMES_PER_USER,
        NOTICES_PER_PHONE,
        OPERATOR_REFUSALS_PER_CLIENT,
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

/// Quotas that no setting changes: they bound what a signed-in person does, and no person meets them.
const PER_MINUTE_60: Quota = quota(60, Duration::from_mins(1));
const PER_MINUTE_10: Quota = quota(10, Duration::from_mins(1));
const PER_HOUR_3: Quota = quota(3, HOUR);
const PER_HOUR_5: Quota = quota(5, HOUR);
const PER_HOUR_20: Quota = quota(20, HOUR);
const ONCE_A_DAY: Quota = quota(1, DAY);
const PER_DAY_3: Quota = quota(3, DAY);
const PER_DAY_5: Quota = quota(5, DAY);
const PER_DAY_10: Quota = quota(10, DAY);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

const fn quota(limit: u32, window: Duration) -> Quota {
    match Quota::new(limit, window) {
        Ok(quota) => quota,
        Err(_) => panic!("quota is out of bounds"),
    }
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

    /// Whether `other` counts in the same store, so that charges of both can be one act.
    pub(crate) fn share_store(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.store, &other.store)
    }

    /// Counts one hit on each charge, or none of them.
    pub(crate) async fn charge(&self, charges: &[Charge]) -> Result<Hit, Denied> {
        self.charge_within(charges, &[]).await
    }

    /// Counts one hit on each of `charges` if `checked` has room too, which is not counted; or none.
    pub(crate) async fn charge_within(
        &self,
        charges: &[Charge],
        checked: &[Charge],
    ) -> Result<Hit, Denied> {
        match self.store.hit(charges, checked, self.clock.now()).await? {
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
            Ok(())
            | Err(
                Denied::TooSoon { .. }
                | Denied::Stopped
                | Denied::Busy { .. }
                | Denied::Unavailable(_),
            ) => stated,
        }
    }

    /// One code sent to `phone` for `client`. The client's charges come first; see [`ThrottleStore`] for
    /// the reason.
    pub(crate) fn sms(&self, phone: &PhoneNumber, client: ClientAddress) -> Vec<Charge> {
        let quotas = &self.quotas;
        [
            self.of_client(policies::SMS_PER_CLIENT_HOUR, client, quotas.sms_per_client_hour),
            self.of_client(policies::SMS_PER_CLIENT_DAY, client, quotas.sms_per_client_day),
            self.of_phone(policies::SMS_PER_PHONE_COOLDOWN, phone, quotas.sms_per_phone_cooldown),
            self.of_phone(policies::SMS_PER_PHONE_HOUR, phone, quotas.sms_per_phone_hour),
            self.of_phone(policies::SMS_PER_PHONE_DAY, phone, quotas.sms_per_phone_day),
        ]
        .concat()
    }

    /// One wrong code by `client`.
    pub(crate) fn wrong_code(&self, client: ClientAddress) -> Vec<Charge> {
        let quota = self.quotas.wrong_codes_per_client;
        self.of_client(policies::WRONG_CODES_PER_CLIENT, client, quota)
    }

    /// One sign-in that `client` tries.
    pub(crate) fn sign_in_attempt(&self, client: ClientAddress) -> Vec<Charge> {
        self.of_client(policies::SIGN_INS_PER_CLIENT, client, self.quotas.sign_ins_per_client)
    }

    /// One sign-in with `phone` by `client`, which may fail or succeed.
    pub(crate) fn sign_in(&self, phone: &PhoneNumber, client: ClientAddress) -> Vec<Charge> {
        let quotas = &self.quotas;
        let per_client = quotas.login_failures_per_client;
        [
            self.of_client(policies::LOGIN_FAILURES_PER_CLIENT, client, per_client),
            self.of_phone(policies::SIGN_INS_PER_PHONE, phone, quotas.sign_ins_per_phone),
        ]
        .concat()
    }

    /// One code that `user` sends to confirm a session.
    pub(crate) fn confirm_code(&self, user: UserId) -> Vec<Charge> {
        self.of_user(policies::CONFIRM_CODES_PER_USER, user, PER_HOUR_5)
    }

    /// One code that `user` sends to a new number.
    pub(crate) fn change_code(&self, user: UserId) -> Vec<Charge> {
        [
            self.of_user(policies::CHANGE_CODES_PER_USER_HOUR, user, PER_HOUR_3),
            self.of_user(policies::CHANGE_CODES_PER_USER_DAY, user, PER_DAY_5),
        ]
        .concat()
    }

    /// Charges `user` with the new number `phone`, unless that number is charged already today.
    pub(crate) async fn charge_new_number(
        &self,
        user: UserId,
        phone: &PhoneNumber,
    ) -> Result<(), Denied> {
        let subjects = self.subjects.user_phones(user, phone);
        let mark = charges(policies::NEW_NUMBER, subjects, ONCE_A_DAY);
        match self.check(&mark).await {
            Ok(()) => {}
            Err(Denied::TooMany(_)) => return Ok(()),
            Err(denied) => return Err(denied),
        }
        let number = self.of_user(policies::NEW_NUMBERS_PER_USER, user, PER_DAY_3);
        match self.charge(&[number, mark].concat()).await {
            // A parallel request has charged the number.
            Err(Denied::TooMany(refusal)) if refusal.policy == policies::NEW_NUMBER => Ok(()),
            charged => charged.map(drop),
        }
    }

    /// One wrong proof of `user`.
    pub(crate) fn wrong_proof(&self, user: UserId) -> Vec<Charge> {
        self.of_user(policies::WRONG_PROOFS_PER_USER, user, PER_HOUR_20)
    }

    /// One reset of the password of `user`.
    pub(crate) fn reset(&self, user: UserId) -> Vec<Charge> {
        self.of_user(policies::RESETS_PER_USER, user, PER_DAY_3)
    }

    /// One page of history that `user` reads.
    pub(crate) fn history(&self, user: UserId) -> Vec<Charge> {
        self.of_user(policies::HISTORY_PER_USER, user, PER_MINUTE_60)
    }

    /// One export of the data of `user`.
    pub(crate) fn export(&self, user: UserId) -> Vec<Charge> {
        self.of_user(policies::EXPORTS_PER_USER, user, PER_DAY_3)
    }

    /// One new nick name of `user`.
    pub(crate) fn rename(&self, user: UserId) -> Vec<Charge> {
        self.of_user(policies::RENAMES_PER_USER, user, PER_DAY_10)
    }

    /// One refused request of `client` to the API for operators.
    pub(crate) fn operator_refusal(&self, client: ClientAddress) -> Vec<Charge> {
        self.of_client(policies::OPERATOR_REFUSALS_PER_CLIENT, client, PER_MINUTE_10)
    }

    /// One notice to `phone`.
    pub(crate) fn notice(&self, phone: &PhoneNumber) -> Vec<Charge> {
        self.of_phone(policies::NOTICES_PER_PHONE, phone, self.quotas.notices_per_phone)
    }

    /// Pause between two codes to one number.
    pub(crate) fn resend_after(&self) -> Duration {
        self.quotas.sms_per_phone_cooldown.window()
    }

    /// One wrong answer of `client`, which counts for the networks around it too.
    pub(crate) fn wrong_answer(&self, client: ClientAddress) -> Vec<Charge> {
        let quota = self.quotas.wrong_answers_per_client;
        let of_network = |(network, clients)| {
            let subjects = self.subjects.networks(network);
            charges(policies::WRONG_ANSWERS_PER_NETWORK, subjects, quota.widened(clients))
        };
        let own = self.of_client(policies::WRONG_ANSWERS_PER_CLIENT, client, quota);
        own.into_iter().chain(client.networks().flat_map(of_network)).collect()
    }

    /// One of the things that are done once with the challenge of `ticket`, during `lifetime`.
    pub(crate) fn once(&self, policy: Policy, ticket: Ticket, lifetime: Quota) -> Vec<Charge> {
        charges(policy, self.subjects.challenges(ticket), lifetime)
    }

    fn of_phone(&self, policy: Policy, phone: &PhoneNumber, quota: Quota) -> Vec<Charge> {
        charges(policy, self.subjects.phones(phone).map(Subject::from), quota)
    }

    fn of_user(&self, policy: Policy, user: UserId, quota: Quota) -> Vec<Charge> {
        charges(policy, self.subjects.users(user), quota)
    }

    fn of_client(&self, policy: Policy, client: ClientAddress, quota: Quota) -> Vec<Charge> {
        charges(policy, self.subjects.clients(client), quota)
    }
}

/// One charge under each key of subjects, so that a count does not start anew with a new key.
fn charges(policy: Policy, subjects: impl Iterator<Item = Subject>, quota: Quota) -> Vec<Charge> {
    subjects.map(|subject| Charge::new(policy, subject, quota)).collect()
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
