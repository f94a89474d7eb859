use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use tokio::time::{Instant, sleep, timeout_at};

use crate::message::Message;
use crate::outcome::{Cause, Outcome};
use crate::router::lane::Lane;
use crate::router::verdict::Knowledge;

/// Hands `message` to the gateway and waits until `limit`; with `hedge_after`, joined by a second
/// call under the same key when the first one takes that long.
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
    let second_at = Instant::now() + patience;
    let second = async {
        sleep(patience).await;
        // The second call takes a slot like any other; without one, there is none.
        let _slot = lane.slot()?;
        Some(lane.send(message).await)
    };
    match select(pin!(lane.send(message)), pin!(second)).await {
        // The first one settles it, or there is no second one yet.
        Either::Left((first, _)) if first.is_sent() || Instant::now() < second_at => first.into(),
        // The second one may have been taken: what the first one says does not say that.
        Either::Left((first, second)) => and(first, second.await),
        Either::Right((Some(second), _)) if second.is_sent() => second.into(),
        Either::Right((second, first)) => and(first.await, second),
    }
}

fn and(first: Outcome, second: Option<Outcome>) -> Knowledge {
    let first = Knowledge::from(first);
    match second {
        Some(second) => first.and(second),
        None => first,
    }
}
