use passport_sms_client::Bill;
use serde::Deserialize;
use serde_json::Value;

use crate::kit::bill::{parts, price};

/// What a receiver says about the charge, in answers and receipts: `"price":"0.0333"` with
/// `"currency":"EUR"`, and `"parts":2`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Charged {
    price: Option<Value>,
    currency: Option<Value>,
    parts: Option<Value>,
}

impl Charged {
    pub(super) fn bill(&self) -> Bill {
        let currency = self.currency.as_ref().and_then(Value::as_str).unwrap_or_default();
        let price = price(self.price.as_ref(), currency);
        Bill::UNKNOWN.with_price(price).with_parts(parts(self.parts.as_ref()))
    }
}
