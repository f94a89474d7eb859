use std::future::Future;

use tokio::task_local;
use tokio::time::Instant;

task_local! {
    static LIMIT: Instant;
}

/// Runs `call` with a time limit that its implementation can read.
///
/// A caller that only drops the call at the limit learns nothing from it, so the outcome is
/// [`Unknown`](crate::Outcome::Unknown). The called gateway knows whether a byte of the request was
/// sent, if it gives up by itself.
pub async fn with_call_limit<F: Future>(limit: Instant, call: F) -> F::Output {
    LIMIT.scope(limit, call).await
}

/// The moment at which this call has to end, if its caller set a limit.
///
/// The router sets one for each call, and drops the call soon after it. Code that
/// spawns a task for the call has to pass the limit on.
#[must_use]
pub fn call_limit() -> Option<Instant> {
    LIMIT.try_with(|limit| *limit).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_limit_holds_for_its_call_only() {
        let limit = Instant::now() + Duration::from_secs(1);
        assert_eq!(with_call_limit(limit, async { call_limit() }).await, Some(limit));
        assert_eq!(call_limit(), None);
    }
}
