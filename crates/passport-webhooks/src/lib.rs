#![doc = include_str!("../README.md")]

mod address;
mod body;
mod control;
mod endpoint;
mod event_type;
mod record;
mod schedule;
mod secret;
mod store;

#[cfg(feature = "delivery")]
mod delivery;

#[cfg(feature = "testing")]
pub mod testing;

pub use address::is_public;
pub use body::{Body, EventData, SessionScope};
pub use control::{Replay, WebhookControl};
pub use endpoint::{Endpoint, EndpointName, EndpointUrl, ParseEndpointNameError, UrlFault};
pub use event_type::{EventType, Source, UNREPORTED_LIMITS, Weight};
pub use record::{
    Backlog, Claimed, DeliveryId, DeliveryRecord, DeliveryState, EndedDeliveries, EndpointState,
    Lease, Settled, Subscription,
};
pub use schedule::{MOST_TRIES, retry_after};
pub use secret::{ParseSecretError, WebhookSecret, signature};
pub use store::{WebhookStore, WebhookStoreError};

#[cfg(feature = "delivery")]
pub use delivery::{Answer, Attempt, Clock, Deliveries, Sender, SenderError, Unsent};
