//! All limits of a subject, for operators.

use passport_throttle::{Charge, Usage};
use passport_user::{PhoneNumber, UserId};

use super::{Limits, PER_DAY_3, policies};
use crate::{ClientAddress, Denied};

impl Limits {
    /// How much of each charge is used. Counts nothing.
    pub(crate) async fn usage(&self, charges: &[Charge]) -> Result<Vec<Usage>, Denied> {
        Ok(self.store.usage(charges, self.clock.now()).await?)
    }

    /// Removes what the charges have counted.
    pub(crate) async fn clear(&self, charges: &[Charge]) -> Result<(), Denied> {
        Ok(self.store.clear(charges).await?)
    }

    /// The limits of `phone`.
    pub(crate) fn all_of_phone(&self, phone: &PhoneNumber) -> Vec<Charge> {
        let quotas = &self.quotas;
        [
            (policies::SMS_PER_PHONE_COOLDOWN, quotas.sms_per_phone_cooldown),
            (policies::SMS_PER_PHONE_HOUR, quotas.sms_per_phone_hour),
            (policies::SMS_PER_PHONE_DAY, quotas.sms_per_phone_day),
            (policies::SIGN_INS_PER_PHONE, quotas.sign_ins_per_phone),
            (policies::NOTICES_PER_PHONE, quotas.notices_per_phone),
        ]
        .map(|(policy, quota)| self.of_phone(policy, phone, quota))
        .concat()
    }

    /// The limits of `user`. Marks of single numbers are not among them.
    pub(crate) fn all_of_user(&self, user: UserId) -> Vec<Charge> {
        let new_numbers = self.of_user(policies::NEW_NUMBERS_PER_USER, user, PER_DAY_3);
        [
            new_numbers,
            self.confirm_code(user),
            self.change_code(user),
            self.wrong_proof(user),
            self.reset(user),
            self.history(user),
            self.export(user),
            self.rename(user),
        ]
        .concat()
    }

    /// The limits of `client`, without those of challenges.
    pub(crate) fn all_of_client(&self, client: ClientAddress) -> Vec<Charge> {
        let quotas = &self.quotas;
        let mut charges = [
            (policies::SMS_PER_CLIENT_HOUR, quotas.sms_per_client_hour),
            (policies::SMS_PER_CLIENT_DAY, quotas.sms_per_client_day),
            (policies::LOGIN_FAILURES_PER_CLIENT, quotas.login_failures_per_client),
            (policies::SIGN_INS_PER_CLIENT, quotas.sign_ins_per_client),
        ]
        .map(|(policy, quota)| self.of_client(policy, client, quota))
        .concat();
        charges.extend(self.wrong_code(client));
        charges.extend(self.operator_refusal(client));
        charges
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, sync::Arc};

    use passport_storage_memory::MemoryThrottleStore;
    use passport_throttle::Quota;

    use super::*;
    use crate::{Quotas, SubjectKey, SystemClock};

    /// A new policy is listed for a subject, or here.
    const OF_NONE: [&str; 5] = [
        // Marks of a single number or challenge.
        "new-number",
        "challenge-answers",
        "challenge-languages",
        "challenge-in-zh",
        "challenge-in-en",
    ];

    #[test]
    fn each_policy_belongs_to_a_subject() {
        let quota = Quota::new(1, std::time::Duration::from_secs(1)).unwrap();
        let quotas = Quotas {
            sms_per_phone_cooldown: quota,
            sms_per_phone_hour: quota,
            sms_per_phone_day: quota,
            sms_per_client_hour: quota,
            sms_per_client_day: quota,
            wrong_codes_per_client: quota,
            login_failures_per_client: quota,
            sign_ins_per_client: quota,
            sign_ins_per_phone: quota,
            notices_per_phone: quota,
            wrong_answers_per_client: quota,
        };
        let store = Arc::new(MemoryThrottleStore::default());
        let limits = Limits::new(store, SubjectKey::new([1; 32]), quotas, Arc::new(SystemClock));
        let client = IpAddr::from([192, 0, 2, 1]).into();
        let user = UserId::from_uuid(uuid::Uuid::from_u128(1));
        let mut listed: Vec<_> = limits
            .all_of_phone(&"13800138000".parse().unwrap())
            .into_iter()
            .chain(limits.all_of_user(user))
            .chain(limits.all_of_client(client))
            .chain(limits.wrong_answer(client))
            .map(|charge| charge.policy.as_str())
            .chain(policies::IN_PROCESS.map(passport_throttle::Policy::as_str))
            .chain(OF_NONE)
            .collect();
        let mut all = policies::ALL.map(passport_throttle::Policy::as_str).to_vec();
        listed.sort_unstable();
        listed.dedup();
        all.sort_unstable();
        assert_eq!(listed, all);
    }
}
