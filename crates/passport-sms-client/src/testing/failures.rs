//! Clauses about an outbox that fails. An adapter runs them for each way in which it can fail.

use std::sync::Arc;

use crate::outbox::{Opened, Outbox, OutboxError};
use crate::testing::NOW;
use crate::testing::room::{lease, new_entry};

/// A message that was not written does not appear later.
///
/// `failing` cannot record a message; `repair` ends that, and returns an outbox with the same
/// records.
pub async fn unwritten_messages_do_not_exist(
    failing: Arc<dyn Outbox>,
    repair: impl AsyncFnOnce() -> Arc<dyn Outbox>,
) {
    let (entry, lease) = (new_entry("+8613800138000", NOW), lease(NOW));
    let refused = failing.open(&entry, lease, None, NOW).await;
    assert!(matches!(refused, Err(OutboxError::NotWritten(_))), "{refused:?}");
    let opened = repair().await.open(&entry, lease, None, NOW).await;
    assert_eq!(opened.expect("outbox answers again"), Opened::New, "the message was written");
}

/// If it is unknown whether a message was written, the error is [`OutboxError::Unknown`].
///
/// `failing` records a message and loses the answer; `repair` ends that once the message is
/// recorded, and returns an outbox with the same records.
pub async fn a_lost_answer_is_no_refusal(
    failing: Arc<dyn Outbox>,
    repair: impl AsyncFnOnce() -> Arc<dyn Outbox>,
) {
    let (entry, lease) = (new_entry("+8613800138000", NOW), lease(NOW));
    let lost = failing.open(&entry, lease, None, NOW).await;
    assert!(matches!(lost, Err(OutboxError::Unknown(_))), "{lost:?}");
    let opened = repair().await.open(&entry, lease, None, NOW).await;
    assert_eq!(opened.expect("outbox answers again"), Opened::Known, "the message was not written");
}
