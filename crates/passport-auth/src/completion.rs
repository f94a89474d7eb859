use std::{future::Future, panic};

use tracing::Instrument;

/// Runs `act` to its end even when the caller goes away.
///
/// A web server drops the future of a request whose client hung up. Dropped between two steps, an
/// act would be half done: a code spent and no account, a message paid for and not counted.
pub(crate) async fn to_the_end<T, F>(act: F) -> T
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    match tokio::spawn(act.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(payload) => panic::resume_unwind(payload),
            // Only a runtime that is shutting down cancels; it drops this future too.
            Err(_) => std::future::pending().await,
        },
    }
}
