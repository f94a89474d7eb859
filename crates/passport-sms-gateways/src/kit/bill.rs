//! What gateways charge, as they write it. A value that cannot be read is unknown, and changes nothing
//! else.

use passport_sms_client::Price;
use serde_json::Value;

/// Most parts of a message that can be real.
const MOST_PARTS: u32 = 255;

/// A price in a JSON string or number.
pub fn price(value: Option<&Value>, currency: &str) -> Option<Price> {
    Price::parse(&text(value?)?, currency)
}

/// A number of parts in a JSON string or number.
pub fn parts(value: Option<&Value>) -> Option<u32> {
    text(value?)?.parse().ok().filter(|parts| (1..=MOST_PARTS).contains(parts))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn l4_strings_and_numbers_are_read_and_nothing_else() {
        let shown = |value: Value| price(Some(&value), "EUR").map(|price| price.to_string());
        assert_eq!(shown(json!("0.03330000")).as_deref(), Some("0.0333 EUR"));
        assert_eq!(shown(json!(0.0333)).as_deref(), Some("0.0333 EUR"));
        assert_eq!(shown(json!(1e-9)), None);
        for value in [json!(null), json!("n/a"), json!([1]), json!(true)] {
            assert_eq!((shown(value.clone()), parts(Some(&value))), (None, None), "{value}");
        }
        assert_eq!((parts(Some(&json!("2"))), parts(Some(&json!(2)))), (Some(2), Some(2)));
        for value in [json!(0), json!(-1), json!(256), json!("1.5")] {
            assert_eq!(parts(Some(&value)), None, "{value}");
        }
    }
}
