use std::sync::Arc;

use super::room::{NOW, Room, SECOND, backoff};
use crate::{Backoff, FailureStore, Tally};

/// The tallies of series are read in the order of their keys, as long as they are remembered; reading
/// counts nothing.
pub async fn tallies_are_read_and_not_changed(store: Arc<dyn FailureStore>) {
    let room = Room::new(store, backoff(4, 1, 900, 100));
    let other = room.beside(backoff(0, 1, 900, 100));
    let read = async |now| {
        let keys = [other.key(), room.key()];
        room.store.read(&keys, now).await.expect("store answers")
    };
    assert_eq!(read(NOW).await, [None, None]);
    room.go(NOW).await;
    room.go(NOW + 3 * SECOND).await;
    let last = NOW + 3 * SECOND;
    for _ in 0..3 {
        assert_eq!(read(NOW + 5 * SECOND).await, [None, Some(Tally { failures: 2, last })]);
    }
    assert_eq!(read(last + Backoff::REMEMBERED).await, [None, None]);
    other.go(NOW).await;
    room.store.clear(&room.key()).await.expect("store answers");
    assert_eq!(read(NOW).await, [Some(Tally { failures: 1, last: NOW }), None]);
    assert_eq!(room.store.read(&[], NOW).await.expect("store answers"), []);
}
