use passport_sms_client::{Bill, Cause, Class, Outcome};
use secrecy::ExposeSecret;
use time::OffsetDateTime;

use crate::custom_http::plan::Plan;
use crate::custom_http::rules::{Answered, Place};
use crate::custom_http::values::Values;
use crate::kit::bill::{parts, price};
use crate::kit::transport::Answer;
use crate::kit::verdict::{GatewayReply, Verdict, find};

/// Limit of a code; a longer text, such as a page, is none.
const LONGEST_CODE: usize = 64;

impl Plan {
    /// The outcome of a message by an `answer` that was read at `now`: by the rules of an acceptance, then
    /// by the code, then by the status.
    pub(super) fn outcome(
        &self,
        answer: &Answer,
        values: &Values<'_>,
        now: OffsetDateTime,
    ) -> Outcome {
        let answered = Answered {
            json: serde_json::from_slice(&answer.body).ok(),
            text: String::from_utf8_lossy(&answer.body),
            message: values.message,
        };
        let status = answer.status;
        let is_success = self.accepted_statuses.contains(&status);
        if is_success && self.accepted.iter().all(|rule| rule.holds(&answered)) {
            let id = self.id.as_ref().and_then(|place| place.scalar(&answered));
            let outcome = Verdict::Accepted.outcome(GatewayReply::default(), id, now);
            return outcome.with_bill(self.bill(&answered));
        }
        let code = self.code.iter().find_map(|place| Some((place, code(place, &answered)?)));
        // The code of an acceptance that lacks something else tells nothing.
        let tells_acceptance = code.as_ref().is_some_and(|(place, _)| {
            self.accepted.iter().any(|rule| rule.is_about(place) && rule.holds(&answered))
        });
        let code = code.map(|(_, code)| code);
        let verdict = match &code {
            Some(_) if tells_acceptance => None,
            // The code of an acceptance counts only with its status and its rules.
            Some(code) => match find(&self.codes, code) {
                Verdict::Accepted => None,
                Verdict::UNLISTED => self.by_status(status, true),
                verdict => Some(verdict),
            },
            None => self.by_status(status, false),
        };
        match verdict {
            Some(verdict) => {
                let reason = self.reason.as_ref().and_then(|place| place.scalar(&answered));
                let code = code.unwrap_or_else(|| status.to_string());
                let reply = GatewayReply::about(
                    values.message,
                    &self.mask(&code),
                    &self.mask(&reason.unwrap_or_default()),
                );
                let mut outcome = verdict.outcome(reply, None, now);
                if let Outcome::Rejected(rejection) = &mut outcome
                    && rejection.class == Class::AccountThrottled
                {
                    rejection.until = rejection.until.or_else(|| answer.retry_after(now));
                }
                outcome
            }
            None if status == 429 => answer.busy(now),
            None if is_success => Outcome::Unknown(Cause::Unreadable(
                "no rule for accepted or refused messages fits it",
            )),
            None => Outcome::Unknown(Cause::Status(status)),
        }
    }

    fn bill(&self, answered: &Answered<'_>) -> Bill {
        let told = |place: &Option<Place>| Some(place.as_ref()?.scalar(answered)?.into());
        let price = price(told(&self.price).as_ref(), &self.currency);
        Bill::UNKNOWN.with_price(price).with_parts(parts(told(&self.parts).as_ref()))
    }

    /// The verdict of a status. Without a row, a status tells something only beside a code, which shows
    /// that the answer is the gateway's.
    fn by_status(&self, status: u16, has_code: bool) -> Option<Verdict> {
        match self.statuses.get(&status) {
            Some(verdict) => Some(*verdict),
            None if !has_code || matches!(status, 300..400 | 429 | 500..) => None,
            None => Some(Verdict::UNLISTED),
        }
    }

    /// The text without keys of the account, because some gateways repeat them.
    fn mask(&self, text: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), "***"))
    }
}

fn code(place: &Place, answered: &Answered<'_>) -> Option<String> {
    let code = place.scalar(answered)?;
    (1..=LONGEST_CODE).contains(&code.len()).then_some(code)
}
