use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};

use passport_user::{AccountEvent, EventId, PhoneNumber, User, UserId};
use time::OffsetDateTime;

/// Users, their numbers and events, behind one lock, so that a change and its event are one act. Clones
/// share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts(Arc<Mutex<State>>);

#[derive(Debug, Default)]
pub(crate) struct State {
    /// Users who are not purged. Their current numbers are in here.
    pub(crate) users: HashMap<UserId, User>,
    /// Numbers that are kept back for an undo.
    pub(crate) kept_back: HashMap<PhoneNumber, KeptBack>,
    pub(crate) events: BTreeMap<EventId, AccountEvent>,
}

/// Why a number is kept back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptBack {
    pub(crate) user: UserId,
    /// Time of the change.
    pub(crate) since: OffsetDateTime,
    /// End of the undo period.
    pub(crate) until: OffsetDateTime,
}

impl Accounts {
    /// The state, or `error` if a thread panicked while it held the lock.
    pub(crate) fn lock<E>(
        &self,
        error: impl FnOnce(&'static str) -> E,
    ) -> Result<MutexGuard<'_, State>, E> {
        self.0.lock().map_err(|_| error("a thread panicked while it held the lock of the users"))
    }
}

impl State {
    pub(crate) fn by_phone(&self, phone: &PhoneNumber) -> Option<&User> {
        self.users.values().find(|user| user.phone.as_ref() == Some(phone))
    }

    /// Whether `user` cannot have `phone` at `now`, because it belongs to another user or is kept back
    /// for one.
    pub(crate) fn is_taken(&self, phone: &PhoneNumber, user: UserId, now: OffsetDateTime) -> bool {
        let of_another = self.by_phone(phone).is_some_and(|other| other.id != user);
        let kept_back = self.kept_back.get(phone);
        of_another || kept_back.is_some_and(|kept| kept.user != user && kept.until > now)
    }

    pub(crate) fn record(&mut self, event: &AccountEvent) {
        self.events.entry(event.id).or_insert_with(|| event.clone());
    }
}
