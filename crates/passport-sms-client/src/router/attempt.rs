use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

use crate::message::Message;
use crate::outcome::{Cause, Outcome};
use crate::router::lane::Lane;
use crate::router::verdict::Knowledge;

/// How many calls for one message may be on the way to a gateway at once.
const MOST_CALLS: usize = 3;

/// Hands `message` to the gateway and waits until `limit`; with `hedge_after`, joined by another
/// call under the same key each time that it takes so long.
pub(super) async fn attempt(
    lane: &Lane,
    message: &Message,
    limit: Instant,
    hedge_after: Option<Duration>,
) -> Knowledge {
    let answer = async {
        match hedge_after {
            None => lane.send(message).await.into(),
            Some(patience) => hedged(lane, message, patience).await,
        }
    };
    // Whoever stops listening does not know what was said.
    timeout_at(limit, answer).await.unwrap_or(Outcome::Unknown(Cause::TimedOut).into())
}

async fn hedged(lane: &Lane, message: &Message, patience: Duration) -> Knowledge {
    let call = async |slot: Option<SemaphorePermit<'_>>| {
        let outcome = lane.send(message).await;
        drop(slot);
        outcome
    };
    let mut calls = FuturesUnordered::new();
    // The first call has the slot of the whole attempt.
    calls.push(call(None));
    let mut known = None::<Knowledge>;
    let mut next_at = Instant::now() + patience;
    loop {
        let answer = if calls.len() < MOST_CALLS {
            timeout_at(next_at, calls.next()).await
        } else {
            Ok(calls.next().await)
        };
        match answer {
            Ok(Some(outcome)) => {
                let is_sent = outcome.is_sent();
                known = Some(match known {
                    Some(known) => known.and(outcome),
                    None => outcome.into(),
                });
                if is_sent {
                    calls.clear();
                }
            }
            // What one call says does not say what became of the others: all of them ended.
            Ok(None) => return known.unwrap_or(Outcome::Unknown(Cause::TimedOut).into()),
            Err(_) => {
                next_at = Instant::now() + patience;
                // Another call takes a slot like any other; without one, there is none.
                if let Some(slot) = lane.slot() {
                    calls.push(call(Some(slot)));
                }
            }
        }
    }
}
