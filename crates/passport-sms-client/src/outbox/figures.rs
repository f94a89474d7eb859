use crate::client::Delivery;
use crate::message::Prefix;
use crate::outbox::AttemptStatus;

/// What became of the attempts at one gateway to send to one carrier's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The gateway's name.
    pub gateway: String,
    /// The country of the numbers.
    pub country: Prefix,
    /// The country and the carrier's digits.
    pub carrier: Prefix,
    /// How many messages the gateway took.
    pub accepted: u64,
    /// How many of them reached a person: the telephone has it, or the code was typed in.
    pub converted: u64,
    /// How many of them a telephone has, by receipt.
    pub delivered: u64,
    /// How many of them the carrier gave up on, by receipt.
    pub undelivered: u64,
    /// How many messages the gateway refused.
    pub refused: u64,
    /// How many messages it certainly did not get.
    pub not_sent: u64,
    /// How many messages it may have, or not.
    pub in_doubt: u64,
    /// How many messages had their code typed in, in doubt or not.
    pub redeemed: u64,
}

impl Figure {
    /// Nothing yet.
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

    /// Counts `count` attempts more that ended like this.
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

/// Messages to one carrier's numbers that no gateway was asked to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untried {
    /// The country of the numbers.
    pub country: Prefix,
    /// The country and the carrier's digits.
    pub carrier: Prefix,
    /// How many.
    pub count: u64,
}
