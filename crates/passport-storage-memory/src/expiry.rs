use std::{collections::HashMap, hash::Hash};

/// A map whose dead entries are swept out as it grows, so that it holds at most twice its live ones
/// (and [`FLOOR`](Self::FLOOR)), and room for as many. A sweep costs each insertion a constant share.
#[derive(Debug)]
pub(crate) struct ExpiringMap<K, V> {
    entries: HashMap<K, V>,
    sweep_at: usize,
}

impl<K: Eq + Hash, V> ExpiringMap<K, V> {
    const FLOOR: usize = 1_024;

    /// The entry under `key`, made by `new` if there is none. Sweeps out what is not
    /// `live` when it is time to.
    pub(crate) fn entry(
        &mut self,
        key: K,
        live: impl Fn(&V) -> bool,
        new: impl FnOnce() -> V,
    ) -> &mut V {
        if self.entries.len() >= self.sweep_at {
            self.entries.retain(|_, value| live(value));
            self.sweep_at = (2 * self.entries.len()).max(Self::FLOOR);
            // A sweep visits the empty places too: without this, each one after a crowd would pay
            // for the crowd.
            self.entries.shrink_to(self.sweep_at);
        }
        self.entries.entry(key).or_insert_with(new)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.entries.remove(key);
    }
}

impl<K, V> Default for ExpiringMap<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), sweep_at: 1_024 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_stays_bounded_when_entries_die() {
        let mut map = ExpiringMap::default();
        for now in 0..1_000_000_u32 {
            map.entry(now, |born| now - born < 100, || now);
            assert!(map.entries.len() <= ExpiringMap::<u32, u32>::FLOOR);
        }
    }

    #[test]
    fn what_a_crowd_took_is_given_back() {
        let mut map = ExpiringMap::default();
        for now in 0..300_000_u32 {
            map.entry(now, |_| true, || now);
        }
        assert!(map.entries.capacity() >= 300_000);
        for now in 300_000..1_000_000 {
            map.entry(now, |born| now - born < 100, || now);
        }
        let room = map.entries.capacity();
        assert!(room <= 4 * ExpiringMap::<u32, u32>::FLOOR, "there is room for {room}");
    }
}
