//! Settings of a [`World`](crate::world::World): the defaults of the product, unless a test changes
//! them.

use std::{sync::Arc, time::Duration};

use passport_auth::{
    AuditAddresses, Backoffs, Quotas, SeparateStores, SessionLifetimes, SignedInUsers, Terms,
    UserCache, UserCacheKey,
};
use passport_codes::{CodeLength, CodePolicy};
use passport_session::Lifetime;
use passport_storage_memory::MemorySessionStore;
use passport_throttle::{Backoff, Quota};
use passport_user::{CountryCode, UserRepository};

use crate::{doubles::Hasher, faulty::Faulty, world::COOLDOWN};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) quotas: Quotas,
    pub(crate) backoffs: Backoffs,
    pub(crate) sign_up_is_open: bool,
    pub(crate) passwordless: bool,
    pub(crate) terms: Terms,
    pub(crate) grace: Duration,
    pub(crate) addresses: AuditAddresses,
    pub(crate) challenges_per_client: Quota,
    pub(crate) code_policy: CodePolicy,
    pub(crate) code_length: CodeLength,
    pub(crate) countries: Vec<CountryCode>,
    pub(crate) lifetimes: SessionLifetimes,
    pub(crate) test_answer: Option<String>,
    pub(crate) hasher: Arc<Hasher>,
    /// Whether users are cached in the records of their sessions.
    pub(crate) users_are_cached: bool,
    pub(crate) challenge_counts: ChallengeCounts,
}

/// Where challenges are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChallengeCounts {
    /// In the store that counts messages.
    WithMessages,
    /// In a store of their own.
    Apart,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            quotas: Quotas {
                sms_per_phone_cooldown: quota(1, COOLDOWN),
                sms_per_phone_hour: quota(5, HOUR),
                sms_per_phone_day: quota(10, DAY),
                sms_per_client_hour: quota(10, HOUR),
                sms_per_client_day: quota(30, DAY),
                wrong_codes_per_client: quota(10, DAY),
                login_failures_per_client: quota(10, MINUTE),
                notices_per_phone: quota(10, DAY),
                sign_ins_per_client: quota(60, MINUTE),
                sign_ins_per_phone: quota(60, HOUR),
                wrong_answers_per_client: quota(20, HOUR),
            },
            backoffs: Backoffs {
                password: backoff(4, Duration::from_secs(1), Duration::from_mins(15), 100),
                code: backoff(19, DAY, DAY, 100),
                confirmation: backoff(5, Duration::ZERO, Duration::ZERO, 5),
            },
            sign_up_is_open: true,
            passwordless: true,
            terms: Terms::default(),
            grace: 7 * DAY,
            addresses: AuditAddresses::Full,
            challenges_per_client: quota(60, MINUTE),
            code_policy: CodePolicy::new(5 * MINUTE, 5).expect("within bounds"),
            code_length: CodeLength::SIX,
            countries: vec![CountryCode::CN],
            lifetimes: SessionLifetimes {
                standard: lifetime(HOUR, DAY),
                remembered: lifetime(7 * DAY, 30 * DAY),
            },
            test_answer: None,
            hasher: Arc::new(Hasher::new(4)),
            users_are_cached: true,
            challenge_counts: ChallengeCounts::WithMessages,
        }
    }
}

impl Setup {
    /// The repository of users, and the reader of sessions and users.
    pub(crate) fn readers(
        &self,
        users: Arc<dyn UserRepository>,
        sessions: &Arc<Faulty<MemorySessionStore>>,
    ) -> (Arc<dyn UserRepository>, Arc<dyn SignedInUsers>) {
        let sessions = Arc::clone(sessions);
        if self.users_are_cached {
            let cache = UserCache::new(sessions, UserCacheKey::new([6; 32]));
            (cache.guard(Arc::clone(&users)), cache.signed_in(users))
        } else {
            let stores = SeparateStores { sessions, users: Arc::clone(&users) };
            (users, Arc::new(stores))
        }
    }

    /// Allows `count` messages to a number in a minute, an hour and a day.
    pub(crate) fn allow_messages_to_a_phone(&mut self, count: u32) {
        self.quotas.sms_per_phone_cooldown = quota(count, COOLDOWN);
        self.quotas.sms_per_phone_hour = quota(count, HOUR);
        self.quotas.sms_per_phone_day = quota(count, DAY);
    }

    /// Allows many messages to a number, and for a client.
    pub(crate) fn allow_many_messages(&mut self) {
        self.allow_messages_to_a_phone(1_000);
        self.quotas.sms_per_client_hour = quota(1_000, HOUR);
        self.quotas.sms_per_client_day = quota(1_000, DAY);
    }

    /// Allows `count` wrong codes for a number in a row, and many of a client.
    pub(crate) fn allow_wrong_codes(&mut self, count: u32) {
        self.backoffs.code = backoff(count - 1, DAY, DAY, 100);
        self.quotas.wrong_codes_per_client = quota(100, DAY);
    }

    /// Lets the window of the client alone limit wrong passwords, up to 100.
    pub(crate) fn never_delay_passwords(&mut self) {
        self.backoffs.password = backoff(100, Duration::ZERO, Duration::ZERO, 100);
    }
}

pub(crate) fn quota(limit: u32, window: Duration) -> Quota {
    Quota::new(limit, window).expect("within bounds")
}

pub(crate) fn backoff(free: u32, first: Duration, longest: Duration, stop: u32) -> Backoff {
    Backoff::new(free, first, longest, stop).expect("within bounds")
}

fn lifetime(idle: Duration, absolute: Duration) -> Lifetime {
    Lifetime::new(idle, absolute).expect("within bounds")
}
