use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry},
    sync::{Arc, Mutex, MutexGuard},
};

use passport_user::{AccountEvent, Epoch, EventId, PhoneNumber, User, UserId};
use time::OffsetDateTime;

use crate::queue::Queue;

/// Users, events and webhooks. One lock protects both, so that a change and its event are one act.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts(Arc<Mutex<State>>);

/// What the lock protects.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Users who were not purged.
    pub(crate) users: HashMap<UserId, User>,
    /// Time of the purge of each purged user.
    pub(crate) purged: HashMap<UserId, OffsetDateTime>,
    /// Former numbers, each with its user.
    pub(crate) kept_back: HashMap<PhoneNumber, KeptBack>,
    /// Events in the order of their ids.
    pub(crate) events: BTreeMap<EventId, AccountEvent>,
    /// Webhooks that deliver the events.
    pub(crate) webhooks: Queue,
}

/// A former number that its user can get back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptBack {
    pub(crate) user: UserId,
    pub(crate) changed_at: OffsetDateTime,
    /// Epoch that began with the change. It orders the changes of one user.
    pub(crate) changed_in: Epoch,
    pub(crate) undo_until: OffsetDateTime,
}

impl Accounts {
    /// Locks the state; `None` if a thread panicked while it held the lock.
    pub(crate) fn lock(&self) -> Option<MutexGuard<'_, State>> {
        self.0.lock().ok()
    }
}

impl State {
    /// The user who can undo the change from `phone` at `now`, and the change.
    pub(crate) fn kept_back(&self, phone: &PhoneNumber, now: OffsetDateTime) -> Option<KeptBack> {
        self.kept_back.get(phone).copied().filter(|kept| now < kept.undo_until)
    }

    /// Whether `phone` is the current number of a user, or kept back for another user than `id`.
    pub(crate) fn is_taken(&self, phone: &PhoneNumber, id: UserId, now: OffsetDateTime) -> bool {
        self.users.values().any(|user| user.phone.as_ref() == Some(phone))
            || self.kept_back(phone, now).is_some_and(|kept| kept.user != id)
    }

    /// The user, and the epoch that follows `expected`, if the user has this epoch.
    pub(crate) fn raise(&mut self, id: UserId, expected: Epoch) -> Option<(&mut User, Epoch)> {
        let next = expected.next().ok()?;
        let user = self.users.get_mut(&id).filter(|user| user.epoch == expected)?;
        Some((user, next))
    }

    /// Adds `event`, unless it is already there.
    pub(crate) fn record(&mut self, event: &AccountEvent) {
        if let Entry::Vacant(place) = self.events.entry(event.id) {
            place.insert(event.clone());
            self.webhooks.add(event);
        }
    }
}
