//! Whether the service knows filled people: without that the rows are worth nothing.

use crate::{driver::Target, outcome::Outcome, people, request::Request};

/// Asks the service who person `n` is.
///
/// # Errors
///
/// If it answers anything else than that user.
pub(crate) async fn knows(target: &Target, n: usize) -> Outcome {
    let reply = target.once(&Request::who_am_i(n)).await?;
    let expected = people::user_id(n).to_string();
    if reply.json()["user"]["id"] == expected {
        return Ok(());
    }
    Err(format!("person {n} should be {expected}: {}", reply.shown()).into())
}
