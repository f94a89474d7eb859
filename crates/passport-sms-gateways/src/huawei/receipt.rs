use std::collections::BTreeMap;

use passport_sms_client::{Delivery, Receipt, ReceiptError};

use crate::huawei::carriers;
use crate::kit::verdict::usable_id;

/// The status report in a pushed form.
pub(super) fn read(body: &[u8]) -> Result<Vec<Receipt>, ReceiptError> {
    let fields: BTreeMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| fields.get(name).cloned().and_then(usable_id);
    let provider_id =
        field("smsMsgId").ok_or(ReceiptError::Unreadable("it has no usable smsMsgId"))?;
    let code = field("status").ok_or(ReceiptError::Unreadable("it has no usable status"))?;
    // The states of SMPP 3.4, section 5.2.28, and the codes that replace them. Other codes tell
    // nothing.
    let delivery = match code.as_str() {
        "DELIVRD" => Delivery::Delivered,
        "EXPIRED" | "DELETED" | "UNDELIV" | "REJECTD" => Delivery::Undelivered,
        "ACCEPTD" | "ENROUTE" => Delivery::Sent,
        code if carriers::is_failure(code) => Delivery::Undelivered,
        _ => return Ok(Vec::new()),
    };
    Ok(vec![Receipt::new(provider_id, delivery, code)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_documented_form() {
        for (status, delivery) in [
            ("DELIVRD", Delivery::Delivered),
            ("EXPIRED", Delivery::Undelivered),
            ("ENROUTE", Delivery::Sent),
            ("MBBLACK", Delivery::Undelivered),
        ] {
            let body =
                format!("sequence=1&total=1&updateTime=t&source=2&smsMsgId=d6e3_1&status={status}");
            let receipt = Receipt::new("d6e3_1", delivery, status);
            assert_eq!(read(body.as_bytes()), Ok(vec![receipt]));
        }
        assert_eq!(read(b"smsMsgId=d6e3_1&status=UNKNOWN"), Ok(Vec::new()));
        for body in ["", "smsMsgId=1", "status=DELIVRD", "smsMsgId=a b&status=DELIVRD"] {
            assert!(matches!(read(body.as_bytes()), Err(ReceiptError::Unreadable(_))), "{body}");
        }
    }
}
