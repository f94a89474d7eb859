use std::collections::BTreeSet;

use passport_user::{AccountEvent, EventId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{EndpointName, EventType};

/// The types that an endpoint gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Endpoint.
    pub endpoint: EndpointName,
    /// Types.
    pub events: BTreeSet<EventType>,
}

/// One event for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId {
    /// Endpoint.
    pub endpoint: EndpointName,
    /// Account event.
    pub event: EventId,
    /// Type under which the event is delivered.
    pub event_type: EventType,
}

impl DeliveryId {
    /// Value of `webhook-id`: the same for each try, each replay and each endpoint.
    pub fn webhook_id(&self) -> String {
        let name = self.event_type.as_str().replace('.', "_");
        format!("evt_{}_{name}", self.event.as_uuid().simple())
    }

    /// Event and type of a `webhook-id`.
    pub fn parse_webhook_id(text: &str) -> Option<(EventId, EventType)> {
        let (event, name) = text.strip_prefix("evt_")?.split_once('_')?;
        let event = EventId::from_uuid(Uuid::try_parse(event).ok()?);
        Some((event, EventType::from_name(&name.replace('_', "."))?))
    }
}

/// The exclusive right of one process to deliver.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// Token, used for one claim.
    pub token: Uuid,
    /// End: from then on others can claim what was not settled.
    pub until: OffsetDateTime,
}

/// A delivery that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Id.
    pub id: DeliveryId,
    /// The event.
    pub event: AccountEvent,
    /// Number of tries, with the one that begins now.
    pub tries: u32,
}

/// Result of a try. Notes are for operators and have at most 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The endpoint has taken the event.
    Delivered {
        /// Time.
        at: OffsetDateTime,
    },
    /// The event is tried again.
    Retry {
        /// Time of the next try.
        due_at: OffsetDateTime,
        /// What failed.
        note: String,
    },
    /// The event is not tried again.
    Failed {
        /// Time.
        at: OffsetDateTime,
        /// What failed.
        note: String,
    },
}

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It is to be tried, or is tried now.
    Waiting,
    /// The endpoint has taken it.
    Delivered,
    /// It is not tried again.
    Failed,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Failed];

    /// The number to store.
    pub const fn number(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::Delivered => 1,
            Self::Failed => 2,
        }
    }

    /// The state of a stored number.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.number() == number)
    }

    /// Name for operators.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// A delivery, for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// Id.
    pub id: DeliveryId,
    /// State.
    pub state: DeliveryState,
    /// Number of tries.
    pub tries: u32,
    /// Time of the event.
    pub event_at: OffsetDateTime,
    /// Time of the next try, or the end of the lease of the present one.
    pub due_at: OffsetDateTime,
    /// Time of the end.
    pub ended_at: Option<OffsetDateTime>,
    /// What failed at the last try.
    pub note: Option<String>,
}

/// What waits for an endpoint, measured against its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Backlog {
    /// There is room.
    #[default]
    Room,
    /// Decisions are left out.
    ChangesOnly,
    /// All events are left out.
    Full,
}

impl Backlog {
    /// Most deliveries that wait for an endpoint before decisions are left out.
    pub const MOST_WITH_DECISIONS: u64 = 10_000;
    /// Most deliveries that wait for an endpoint.
    pub const MOST: u64 = 1_000_000;

    /// The backlog with `waiting` deliveries.
    pub fn of(waiting: u64) -> Self {
        if waiting >= Self::MOST {
            Self::Full
        } else if waiting >= Self::MOST_WITH_DECISIONS {
            Self::ChangesOnly
        } else {
            Self::Room
        }
    }

    /// The number to store. Events are delivered whose [`Weight`](crate::Weight) is greater.
    pub const fn number(self) -> i16 {
        match self {
            Self::Room => 0,
            Self::ChangesOnly => 1,
            Self::Full => 2,
        }
    }

    /// The backlog of a stored number.
    pub fn from_number(number: i16) -> Option<Self> {
        [Self::Room, Self::ChangesOnly, Self::Full].into_iter().find(|it| it.number() == number)
    }

    /// Name for operators.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::ChangesOnly => "changes-only",
            Self::Full => "full",
        }
    }
}

/// State of an endpoint, for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointState {
    /// Name.
    pub name: EndpointName,
    /// Time at which the endpoint answered that it is gone (410); `None` while it gets events.
    pub disabled_at: Option<OffsetDateTime>,
    /// Bound that was reached when it was measured last.
    pub backlog: Backlog,
    /// Number of deliveries that wait.
    pub waiting: u64,
    /// Time of the oldest event that waits.
    pub oldest_waiting: Option<OffsetDateTime>,
}

/// Deliveries of an endpoint that ended, as far back as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedDeliveries {
    /// Name of the endpoint.
    pub endpoint: EndpointName,
    /// Number of deliveries that were taken.
    pub delivered: u64,
    /// Number of deliveries that failed.
    pub failed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_id_names_event_and_type() {
        let event = EventId::from_uuid(Uuid::from_u128(0x0193_a5c7_9f0e_7c3d_8a51_3f1b_2c4d_5e6f));
        for event_type in EventType::ALL {
            let endpoint = "shop".parse().unwrap();
            let id = DeliveryId { endpoint, event, event_type: *event_type }.webhook_id();
            // A signature separates its parts by dots.
            assert!(!id.contains('.'), "{id}");
            assert_eq!(DeliveryId::parse_webhook_id(&id), Some((event, *event_type)));
        }
        for bad in ["", "evt_1_user_created", "0193a5c79f0e7c3d8a513f1b2c4d5e6f"] {
            assert_eq!(DeliveryId::parse_webhook_id(bad), None, "{bad}");
        }
    }

    #[test]
    fn decisions_are_left_out_first() {
        assert_eq!(Backlog::of(9_999), Backlog::Room);
        assert_eq!(Backlog::of(10_000), Backlog::ChangesOnly);
        assert_eq!(Backlog::of(1_000_000), Backlog::Full);
    }
}
