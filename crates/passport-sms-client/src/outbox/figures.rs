use crate::client::Delivery;
use crate::message::Prefix;
use crate::outbox::AttemptStatus;

/// Statistics of the attempts at one gateway to numbers of one carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Name of the gateway.
    pub gateway: String,
    /// Country of the numbers.
    pub country: Prefix,
    /// The country and the carrier's digits.
    pub carrier: Prefix,
    /// Messages that the gateway accepted.
    pub accepted: u64,
    /// Accepted messages that reached their recipients: delivered, or with a redeemed code.
    pub converted: u64,
    /// Accepted messages with a receipt of delivery.
    pub delivered: u64,
    /// Accepted messages with a receipt of failure.
    pub undelivered: u64,
    /// Messages that the gateway refused.
    pub refused: u64,
    /// Messages that the gateway certainly does not have.
    pub not_sent: u64,
    /// Messages that the gateway may or may not have.
    pub in_doubt: u64,
    /// Messages whose code was redeemed, those in doubt included.
    pub redeemed: u64,
}

impl Figure {
    /// Statistics without attempts.
    pub fn new(gateway: impl Into<String>, country: Prefix, carrier: Prefix) -> Self {
        Self {
            gateway: gateway.into(),
            country,
            carrier,
            accepted: 0,
            converted: 0,
            delivered: 0,
            undelivered: 0,
            refused: 0,
            not_sent: 0,
            in_doubt: 0,
            redeemed: 0,
        }
    }

    /// Adds `count` attempts with this end.
    pub fn add(
        &mut self,
        status: AttemptStatus,
        delivery: Option<Delivery>,
        redeemed: bool,
        count: u64,
    ) {
        match status {
            AttemptStatus::Accepted => {
                self.accepted += count;
                self.converted +=
                    if redeemed || delivery == Some(Delivery::Delivered) { count } else { 0 };
            }
            AttemptStatus::Refused | AttemptStatus::Barred => self.refused += count,
            AttemptStatus::NotSent => self.not_sent += count,
            AttemptStatus::InDoubt => self.in_doubt += count,
        }
        match delivery {
            Some(Delivery::Delivered) => self.delivered += count,
            Some(Delivery::Undelivered) => self.undelivered += count,
            Some(Delivery::Sent) | None => {}
        }
        self.redeemed += if redeemed { count } else { 0 };
    }
}

/// Messages to numbers of one carrier for which no gateway was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untried {
    /// Country of the numbers.
    pub country: Prefix,
    /// The country and the carrier's digits.
    pub carrier: Prefix,
    /// Number of messages.
    pub count: u64,
}
