use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Permits of one key; one for each comparison, all for a comparison that must be alone.
const ALL: u32 = 1_024;

/// Comparisons that are running, by client or number.
///
/// A running comparison is charged as a failure, and the charge may be refunded. A further one of the
/// same key that is refused therefore waits until it is [alone](Comparison::alone), and only then a
/// refusal is final. Clones share the comparisons, which are local to the process.
#[derive(Debug, Clone)]
pub(crate) struct Comparisons<K>(Arc<Mutex<HashMap<K, Running>>>);

impl<K> Default for Comparisons<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

#[derive(Debug)]
struct Running {
    count: usize,
    semaphore: Arc<Semaphore>,
}

impl Default for Running {
    fn default() -> Self {
        Self { count: 0, semaphore: Arc::new(Semaphore::new(ALL as usize)) }
    }
}

impl<K: Eq + Hash + Clone> Comparisons<K> {
    /// Waits while another comparison of `key` must be alone.
    pub(crate) async fn begin(&self, key: K) -> Comparison<K> {
        let semaphore = {
            let mut all = self.lock();
            let running = all.entry(key.clone()).or_default();
            running.count += 1;
            Arc::clone(&running.semaphore)
        };
        let mut comparison = Comparison { all: self.clone(), key, semaphore, permit: None };
        comparison.take(1).await;
        comparison
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running comparison, until it is dropped.
pub(crate) struct Comparison<K: Eq + Hash + Clone> {
    all: Comparisons<K>,
    key: K,
    semaphore: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl<K: Eq + Hash + Clone> Comparison<K> {
    /// Waits until no other comparison of the key is running, and keeps others from beginning.
    /// Those that want to be alone are so in the order of their calls.
    pub(crate) async fn alone(&mut self) {
        self.permit = None;
        self.take(ALL).await;
    }

    /// Ends being alone.
    pub(crate) fn share(&mut self) {
        self.permit = self.permit.as_mut().and_then(|all| all.split(1));
    }

    async fn take(&mut self, permits: u32) {
        // The semaphore is never closed.
        self.permit = Arc::clone(&self.semaphore).acquire_many_owned(permits).await.ok();
    }
}

impl<K: Eq + Hash + Clone> Drop for Comparison<K> {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(running) = all.get_mut(&self.key) {
            running.count -= 1;
            if running.count == 0 {
                all.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, pin::pin};

    use futures::poll;

    use super::*;
    use crate::ClientAddress;

    fn client(last: u8) -> ClientAddress {
        IpAddr::from([192, 0, 2, last]).into()
    }

    #[tokio::test]
    async fn a_comparison_that_is_alone_waits_for_others_and_others_wait_for_it() {
        let comparisons = Comparisons::default();
        let mut first = comparisons.begin(client(1)).await;
        let second = comparisons.begin(client(1)).await;
        let mut alone = Box::pin(first.alone());
        assert!(poll!(&mut alone).is_pending());
        let mut third = pin!(comparisons.begin(client(1)));
        assert!(poll!(&mut third).is_pending());
        comparisons.begin(client(2)).await;
        drop(second);
        alone.await;
        assert!(poll!(&mut third).is_pending());
        first.share();
        let third = third.await;
        drop((first, third));
        assert!(comparisons.lock().is_empty(), "no address is kept");
    }
}
