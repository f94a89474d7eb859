//! What delivers: the sender, and the tasks that claim what is due.

mod connection;
mod deliveries;
mod sender;
mod tls;

pub use deliveries::{Clock, Deliveries};
pub use sender::{Answer, Attempt, Sender, SenderError, Unsent};
