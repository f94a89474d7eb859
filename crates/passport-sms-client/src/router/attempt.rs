use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

use crate::message::Message;
use crate::outcome::{Cause, Outcome};
use crate::router::budget::Calls;
use crate::router::lane::Lane;
use crate::router::verdict::{Knowledge, Next};

/// Maximum number of simultaneous calls for one message at a gateway.
const MOST_CALLS: usize = 3;

/// Hands `message` to the gateway and waits until `limit`. With `hedge_after`, another call with
/// the same idempotency key starts each time that this long passed without an answer.
pub(super) async fn attempt(
    lane: &Lane,
    message: &Message,
    limit: Instant,
    hedge_after: Option<Duration>,
    calls: &mut Calls,
) -> Knowledge {
    let start = Instant::now();
    let mut known = None;
    let all_answered = match hedge_after {
        None => {
            timeout_at(limit, async { known = Some(lane.send(message, limit).await.into()) }).await
        }
        Some(pause) => {
            timeout_at(limit, hedged(lane, message, limit, pause, calls, &mut known)).await
        }
    };
    // After the limit, only answers that came before it are known.
    match (known, all_answered) {
        (Some(known), Ok(())) => known,
        (Some(known), Err(_)) => known.and(timed_out(start)),
        (None, _) => timed_out(start).into(),
    }
}

fn timed_out(start: Instant) -> Outcome {
    Outcome::Unknown(Cause::TimedOutAfter(start.elapsed()))
}

/// Collects the answers of the calls in `known`; ends when one was sent or all have ended.
async fn hedged(
    lane: &Lane,
    message: &Message,
    limit: Instant,
    pause: Duration,
    calls: &mut Calls,
    known: &mut Option<Knowledge>,
) {
    let call = async |slot: Option<SemaphorePermit<'_>>| {
        let outcome = lane.send(message, limit).await;
        drop(slot);
        outcome
    };
    let mut running = FuturesUnordered::new();
    // The first call uses the slot of the whole attempt.
    running.push(call(None));
    let mut next_at = Instant::now() + pause;
    loop {
        // After a refusal, or without a connection, another call is useless.
        let is_open = known.as_ref().is_none_or(|known| known.next() == Next::Doubt);
        let answer = if is_open && running.len() < MOST_CALLS {
            timeout_at(next_at, running.next()).await
        } else {
            Ok(running.next().await)
        };
        match answer {
            Ok(Some(outcome)) => {
                let is_sent = outcome.is_sent();
                *known = Some(match known.take() {
                    Some(known) => known.and(outcome),
                    None => outcome.into(),
                });
                if is_sent {
                    return;
                }
            }
            // The answer of one call proves nothing about the others, and all have ended.
            Ok(None) => return,
            Err(_) => {
                next_at = Instant::now() + pause;
                // Another call needs a slot of its own.
                if let Some(slot) = lane.slot()
                    && lane.may_repeat(calls)
                {
                    running.push(call(Some(slot)));
                }
            }
        }
    }
}
