use std::{collections::HashMap, hash::Hash};

/// Map that removes expired entries as it grows. It holds at most twice as many entries as are live,
/// or [`FLOOR`](Self::FLOOR), and its capacity follows. Removal adds a constant cost per insertion.
#[derive(Debug)]
pub(crate) struct ExpiringMap<K, V> {
    entries: HashMap<K, V>,
    sweep_at: usize,
}

impl<K: Eq + Hash, V> ExpiringMap<K, V> {
    const FLOOR: usize = 1_024;

    /// Entry under `key`, created by `new` if there is none. Removes entries that are not `live` if
    /// the map has grown enough.
    pub(crate) fn entry(
        &mut self,
        key: K,
        live: impl Fn(&V) -> bool,
        new: impl FnOnce() -> V,
    ) -> &mut V {
        if self.entries.len() >= self.sweep_at {
            self.entries.retain(|_, value| live(value));
            self.sweep_at = (2 * self.entries.len()).max(Self::FLOOR);
            // Removal visits empty buckets as well, so after a peak it would stay slow without this.
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
    fn memory_stays_bounded_when_entries_expire() {
        let mut map = ExpiringMap::default();
        for now in 0..1_000_000_u32 {
            map.entry(now, |born| now - born < 100, || now);
            assert!(map.entries.len() <= ExpiringMap::<u32, u32>::FLOOR);
        }
    }

    #[test]
    fn capacity_shrinks_after_a_peak() {
        let mut map = ExpiringMap::default();
        for now in 0..300_000_u32 {
            map.entry(now, |_| true, || now);
        }
        assert!(map.entries.capacity() >= 300_000);
        for now in 300_000..1_000_000 {
            map.entry(now, |born| now - born < 100, || now);
        }
        let capacity = map.entries.capacity();
        assert!(capacity <= 4 * ExpiringMap::<u32, u32>::FLOOR, "capacity is {capacity}");
    }
}
