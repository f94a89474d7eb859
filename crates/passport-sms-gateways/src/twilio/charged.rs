use passport_sms_client::Bill;
use serde::Deserialize;
use serde_json::Value;

use crate::kit::bill::{parts, price};

/// The charge of a message: null until it is sent, and negative.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Charged {
    price: Option<Value>,
    price_unit: Option<Value>,
    /// Zero until a messaging service has chosen a sender.
    num_segments: Option<Value>,
}

impl Charged {
    pub(super) fn bill(&self) -> Bill {
        let currency = self.price_unit.as_ref().and_then(Value::as_str).unwrap_or_default();
        let price = price(self.price.as_ref(), currency);
        Bill::UNKNOWN.with_price(price).with_parts(parts(self.num_segments.as_ref()))
    }
}
