//! The clauses about an outbox that fails. An adapter runs them in each way in which it can.

use std::sync::Arc;

use crate::outbox::{Opened, Outbox, OutboxError};
use crate::testing::NOW;
use crate::testing::room::{lease, new_entry};

/// Of a message that was not written nothing is there later.
///
/// `failing` cannot take a message; `mend` ends that, and answers an outbox on the same records.
pub async fn what_was_not_written_is_not_there(
    failing: Arc<dyn Outbox>,
    mend: impl AsyncFnOnce() -> Arc<dyn Outbox>,
) {
    let (entry, lease) = (new_entry("+8613800138000", NOW), lease(NOW));
    let refused = failing.open(&entry, lease, NOW).await;
    assert!(matches!(refused, Err(OutboxError::NotWritten(_))), "{refused:?}");
    let opened = mend().await.open(&entry, lease, NOW).await;
    assert_eq!(opened.expect("outbox answers again"), Opened::New, "it is there");
}

/// Who does not know whether a message was written says so.
///
/// `failing` takes a message and does not learn of it; `mend` ends that when the message is there,
/// and answers an outbox on the same records.
pub async fn a_lost_answer_is_no_refusal(
    failing: Arc<dyn Outbox>,
    mend: impl AsyncFnOnce() -> Arc<dyn Outbox>,
) {
    let (entry, lease) = (new_entry("+8613800138000", NOW), lease(NOW));
    let lost = failing.open(&entry, lease, NOW).await;
    assert!(matches!(lost, Err(OutboxError::Unknown(_))), "{lost:?}");
    let opened = mend().await.open(&entry, lease, NOW).await;
    assert_eq!(opened.expect("outbox answers again"), Opened::Known, "it is not there");
}
