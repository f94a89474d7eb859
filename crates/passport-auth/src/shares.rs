use std::{collections::HashMap, hash::Hash};

/// Number of uses of a costly thing by each key, at most `each` of one key.
///
/// A bound on all uses together belongs to the thing itself, such as the capacity of a queue. Without
/// a bound for each key, a single client can use up the whole.
#[derive(Debug)]
pub(crate) struct Counts<K> {
    each: usize,
    used: HashMap<K, usize>,
}

impl<K: Eq + Hash> Counts<K> {
    pub(crate) fn new(each: usize) -> Self {
        Self { each, used: HashMap::new() }
    }

    /// Number of uses by `key`.
    pub(crate) fn of(&self, key: &K) -> usize {
        self.used.get(key).copied().unwrap_or_default()
    }

    /// Whether `key` has a use left.
    pub(crate) fn has_room(&self, key: &K) -> bool {
        self.of(key) < self.each
    }

    /// Adds a use of `key`.
    pub(crate) fn add(&mut self, key: K) {
        *self.used.entry(key).or_default() += 1;
    }

    /// Removes a use of `key`. Keys without a use take no memory.
    pub(crate) fn remove(&mut self, key: &K) {
        if let Some(used) = self.used.get_mut(key) {
            *used -= 1;
            if *used == 0 {
                self.used.remove(key);
            }
        }
    }
}
