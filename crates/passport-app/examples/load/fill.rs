//! Fills the tables of the service in bulk, as if people had used it for a while: users with numbers, a session
//! for each, and as many messages with their attempts and events.

mod filling;
mod postgres;
mod redis;
mod sqlite;

#[cfg(test)]
mod tests;

use crate::outcome::Outcome;

pub(crate) use filling::Filling;
pub(crate) use redis::fill_sessions;

/// Fills the database at `url`, whose tables must be empty.
pub(crate) async fn fill_database(filling: &Filling, url: &str) -> Outcome {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            // On a thread of its own, so that a signal ends the command meanwhile.
            let (filling, path) = (filling.clone(), path.to_owned());
            tokio::task::spawn_blocking(move || sqlite::fill(&filling, &path)).await?
        }
        None => postgres::fill(filling, url).await,
    }
}
