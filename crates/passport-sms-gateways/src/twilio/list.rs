use passport_sms_client::Finding;
use serde::Deserialize;
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

use crate::kit::transport::Answer;
use crate::kit::verdict::usable_id;
use crate::twilio::callback::delivery;
use crate::twilio::charged::Charged;

/// Allowance for the difference between the two clocks.
const SKEW: Duration = Duration::MINUTE;

#[derive(Deserialize)]
struct Page {
    messages: Vec<Listed>,
    next_page_uri: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    sid: String,
    body: Option<String>,
    date_created: Option<String>,
    status: Option<String>,
    error_code: Option<u32>,
    #[serde(flatten)]
    charged: Charged,
}

/// Looks for the message with this text, sent at `sent_at` or later, in the list of messages to the
/// number.
///
/// It is absent only if the list is `settled`, complete, and has no other message since then: an
/// account can have texts changed, so a new message with other words may be this one.
/// account can have texts changed on their way in, so a new one in other words may be ours.
pub(super) fn finding(
    answer: &Answer,
    text: &str,
    sent_at: OffsetDateTime,
    settled: bool,
) -> Finding {
    let Ok(page) = answer.json::<Page>() else { return Finding::Unsure };
    if answer.status != 200 {
        return Finding::Unsure;
    }
    let mut recent: Vec<Listed> =
        page.messages.into_iter().filter(|listed| listed.is_since(sent_at - SKEW)).collect();
    match recent.iter().position(|listed| listed.body.as_deref() == Some(text)) {
        Some(ours) => {
            let Listed { sid, status, error_code, charged, .. } = recent.swap_remove(ours);
            Finding::Has {
                provider_id: usable_id(sid),
                delivery: status.as_deref().and_then(delivery),
                code: error_code.map(|code| code.to_string()).unwrap_or_default(),
                bill: charged.bill(),
            }
        }
        None if settled && recent.is_empty() && page.next_page_uri.is_none() => Finding::HasNot,
        None => Finding::Unsure,
    }
}

impl Listed {
    /// Whether the message was created at `moment` or later, or at an unknown time.
    fn is_since(&self, moment: OffsetDateTime) -> bool {
        let created = self.date_created.as_deref();
        created
            .and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok())
            .is_none_or(|created| created >= moment)
    }
}

#[cfg(test)]
mod tests {
    use passport_sms_client::{Bill, Delivery};

    use super::*;
    use crate::fixtures::{NOW, answer};

    fn page(body: &str, date: &str, next: &str) -> Answer {
        answer(
            200,
            &format!(
                r#"{{"messages":[{{"sid":"SM00","body":"other","date_created":"{date}","status":"sent"}},
                {{"sid":"SM01","body":"{body}","date_created":"{date}","status":"undelivered","error_code":30005}}],"next_page_uri":{next}}}"#
            ),
        )
    }

    const CREATED: &str = "Sun, 22 Nov 2026 09:43:31 +0000";

    #[test]
    fn the_same_text_settles_it() {
        let has = Finding::Has {
            provider_id: Some("SM01".to_owned()),
            delivery: Some(Delivery::Undelivered),
            code: "30005".to_owned(),
            bill: Bill::UNKNOWN,
        };
        let page = page("code 004217", CREATED, r#""/next""#);
        assert_eq!(finding(&page, "code 004217", NOW, false), has);
    }

    #[test]
    fn l4_the_list_tells_the_price_that_the_answer_did_not_have() {
        let body = format!(
            r#"{{"messages":[{{"sid":"SM01","body":"a","date_created":"{CREATED}","status":"delivered","price":"-0.00750","price_unit":"USD","num_segments":"2"}}]}}"#
        );
        let Finding::Has { bill, .. } = finding(&answer(200, &body), "a", NOW, false) else {
            panic!("it is there")
        };
        let price = bill.price.map(|price| price.to_string());
        assert_eq!((price.as_deref(), bill.parts), (Some("0.0075 USD"), Some(2)));
    }

    const OLDER: &str = "Sun, 22 Nov 2026 09:40:00 +0000";

    #[test]
    fn absence_counts_if_the_list_is_complete_and_settled() {
        // An older message with the same text is another message.
        let whole = page("code 004217", OLDER, "null");
        assert_eq!(finding(&whole, "code 004217", NOW, true), Finding::HasNot);
        assert_eq!(finding(&whole, "code 004217", NOW, false), Finding::Unsure);
        let more = page("code 004217", OLDER, r#""/next""#);
        assert_eq!(finding(&more, "code 004217", NOW, true), Finding::Unsure);
    }

    #[test]
    fn a_new_message_in_other_words_may_be_ours() {
        for date in [CREATED, "yesterday"] {
            let other = page("code 004217 ", date, "null");
            assert_eq!(finding(&other, "code 004217", NOW, true), Finding::Unsure, "{date}");
        }
    }

    #[test]
    fn a_malformed_list_settles_nothing() {
        for answer in [answer(200, ""), answer(200, "{}"), answer(500, r#"{"messages":[]}"#)] {
            assert_eq!(finding(&answer, "code 004217", NOW, true), Finding::Unsure);
        }
    }
}
