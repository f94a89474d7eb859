use serde::Deserialize;
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

use crate::client::Finding;
use crate::transport::Answer;
use crate::verdict::usable_id;

/// How far the two clocks may be apart.
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
}

/// What the list of messages to the number says about the one with this text, sent at `sent_at` or
/// later. Only when `settled` does its absence count.
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
    let is_ours = |listed: &Listed| {
        let created = listed.date_created.as_deref();
        listed.body.as_deref() == Some(text)
            && created
                .and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok())
                .is_some_and(|created| created >= sent_at - SKEW)
    };
    match page.messages.into_iter().find(is_ours) {
        Some(listed) => Finding::Has {
            delivery: listed.status.as_deref().and_then(super::callback::delivery),
            provider_id: usable_id(listed.sid),
        },
        None if settled && page.next_page_uri.is_none() => Finding::HasNot,
        None => Finding::Unsure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Delivery;
    use crate::fixtures::{NOW, answer};

    fn page(body: &str, date: &str, next: &str) -> Answer {
        answer(
            200,
            &format!(
                r#"{{"messages":[{{"sid":"SM00","body":"other","date_created":"{date}","status":"sent"}},
                {{"sid":"SM01","body":"{body}","date_created":"{date}","status":"delivered"}}],"next_page_uri":{next}}}"#
            ),
        )
    }

    const CREATED: &str = "Sun, 22 Nov 2026 09:43:31 +0000";

    #[test]
    fn the_same_text_settles_it() {
        let has = Finding::Has {
            provider_id: Some("SM01".to_owned()),
            delivery: Some(Delivery::Delivered),
        };
        let page = page("code 004217", CREATED, r#""/next""#);
        assert_eq!(finding(&page, "code 004217", NOW, false), has);
    }

    #[test]
    fn absence_counts_when_the_list_is_whole_and_settled() {
        let whole = page("code 1234", CREATED, "null");
        assert_eq!(finding(&whole, "code 004217", NOW, true), Finding::HasNot);
        assert_eq!(finding(&whole, "code 004217", NOW, false), Finding::Unsure);
        let more = page("code 1234", CREATED, r#""/next""#);
        assert_eq!(finding(&more, "code 004217", NOW, true), Finding::Unsure);
    }

    #[test]
    fn an_older_message_with_the_same_text_is_another() {
        let old = page("code 004217", "Sun, 22 Nov 2026 09:40:00 +0000", "null");
        assert_eq!(finding(&old, "code 004217", NOW, true), Finding::HasNot);
    }

    #[test]
    fn what_is_no_list_settles_nothing() {
        for answer in [answer(200, ""), answer(200, "{}"), answer(500, r#"{"messages":[]}"#)] {
            assert_eq!(finding(&answer, "code 004217", NOW, true), Finding::Unsure);
        }
    }
}
