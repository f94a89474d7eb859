use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

use crate::message::Message;
use crate::outcome::{Cause, Outcome};
use crate::router::lane::Lane;
use crate::router::verdict::{Knowledge, Next};

/// How many calls for one message may be on the way to a gateway at once.
const MOST_CALLS: usize = 3;

/// Hands `message` to the gateway and waits until `limit`; with `hedge_after`, joined by another
/// call under the same key each time that it takes so long, as long as none of them was answered.
pub(super) async fn attempt(
    lane: &Lane,
    message: &Message,
    limit: Instant,
    hedge_after: Option<Duration>,
) -> Knowledge {
    let mut known = None;
    let all_answered = match hedge_after {
        None => timeout_at(limit, async { known = Some(lane.send(message).await.into()) }).await,
        Some(patience) => timeout_at(limit, hedged(lane, message, patience, &mut known)).await,
    };
    // Whoever stops listening does not know what was said then, but what was said before.
    match (known, all_answered) {
        (Some(known), Ok(())) => known,
        (Some(known), Err(_)) => known.and(Outcome::Unknown(Cause::TimedOut)),
        (None, _) => Outcome::Unknown(Cause::TimedOut).into(),
    }
}

/// Keeps in `known` what the calls say; it ends when one was sent or all of them ended.
async fn hedged(lane: &Lane, message: &Message, patience: Duration, known: &mut Option<Knowledge>) {
    let call = async |slot: Option<SemaphorePermit<'_>>| {
        let outcome = lane.send(message).await;
        drop(slot);
        outcome
    };
    let mut calls = FuturesUnordered::new();
    // The first call has the slot of the whole attempt.
    calls.push(call(None));
    let mut next_at = Instant::now() + patience;
    loop {
        // Who was refused by one call, or did not reach the gateway, gains nothing by another.
        let is_open = known.as_ref().is_none_or(|known| known.next() == Next::Doubt);
        let answer = if is_open && calls.len() < MOST_CALLS {
            timeout_at(next_at, calls.next()).await
        } else {
            Ok(calls.next().await)
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
            // What one call says does not say what became of the others: all of them ended.
            Ok(None) => return,
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
