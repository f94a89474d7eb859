use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::message::{Locale, Message, Prefix, Topic};
use crate::outcome::Scope;
use crate::router::breaker::BETWEEN_TRIALS;

/// Maximum number of paused parts. Beyond it the part whose pause ends first is discarded.
const MOST: usize = 1_000;

/// Parts of a gateway that are paused because a message was refused for their sake: a template in a
/// region, or a region. All other messages are sent.
#[derive(Debug, Default)]
pub(super) struct Rests(HashMap<Part, Rest>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Template(Topic, Locale, Prefix),
    Region(Prefix),
}

#[derive(Debug, Clone, Copy)]
struct Rest {
    until: Instant,
    length: Duration,
    /// Moment from which a message that would otherwise fail may try.
    trial_at: Instant,
}

impl Rests {
    /// Pauses the part that a refusal of `message` is about; returns whether nothing was paused
    /// before.
    pub(super) fn begin(
        &mut self,
        message: &Message,
        scope: Scope,
        length: Duration,
        now: Instant,
    ) -> bool {
        let Some(part) =
            parts(message).into_iter().find_map(|(its, part)| (its == scope).then_some(part))
        else {
            return false;
        };
        self.0.retain(|_, rest| now < rest.until + rest.length);
        let is_news = self.0.is_empty();
        if self.0.len() >= MOST
            && let Some(first) = self.0.iter().min_by_key(|(_, it)| it.until).map(|it| *it.0)
        {
            self.0.remove(&first);
        }
        let trial_at = self.0.get(&part).map_or(now, |it| it.trial_at.max(now));
        self.0.insert(part, Rest { until: now + length, length, trial_at });
        is_news
    }

    /// The end of the longest pause that concerns `message`.
    pub(super) fn until(&self, message: &Message, now: Instant) -> Option<Instant> {
        let ends = parts(message).into_iter().filter_map(|(_, part)| self.0.get(&part));
        ends.map(|rest| rest.until).filter(|until| now < *until).max()
    }

    /// Begins the next pauses of the parts whose pause is over, for a message that tries them.
    pub(super) fn enter(&mut self, message: &Message, now: Instant) {
        for (_, part) in parts(message) {
            if let Some(rest) = self.0.get_mut(&part) {
                rest.until = now + rest.length;
            }
        }
    }

    /// Moment of the next trial of the paused parts; the trial is taken if that is `now`.
    pub(super) fn take_trial(&mut self, message: &Message, now: Instant) -> Option<Instant> {
        let resting = parts(message).map(|(_, part)| part);
        let trials = resting.iter().filter_map(|part| self.0.get(part));
        let trial_at = trials.filter(|rest| now < rest.until).map(|rest| rest.trial_at).max()?;
        if trial_at <= now {
            for part in &resting {
                if let Some(rest) = self.0.get_mut(part) {
                    rest.trial_at = now + BETWEEN_TRIALS;
                }
            }
        }
        Some(trial_at.max(now))
    }

    /// Ends the pauses that concern an accepted message.
    pub(super) fn end(&mut self, message: &Message) {
        for (_, part) in parts(message) {
            self.0.remove(&part);
        }
    }
}

fn parts(message: &Message) -> [(Scope, Part); 2] {
    // Countries that share a calling code differ in the digits after it.
    let region = Prefix::carrier_of(&message.to);
    let topic = message.intent.topic();
    [
        (Scope::Template, Part::Template(topic, message.locale, region)),
        (Scope::Region, Part::Region(region)),
    ]
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::message::{Intent, Purpose};

    const MINUTE: Duration = Duration::from_mins(1);

    fn message(to: &str, locale: Locale) -> Message {
        let code = "004217".parse().unwrap();
        let valid_for = MINUTE;
        let intent = Intent::Code { purpose: Purpose::Login, code, valid_for };
        Message { id: Uuid::nil(), to: to.parse().unwrap(), intent, locale }
    }

    #[tokio::test]
    async fn s1_only_the_refused_part_is_paused() {
        let now = Instant::now();
        let english = message("+8613800138000", Locale::En);
        let same = message("+8613800139999", Locale::En);
        let chinese = message("+8613800138000", Locale::ZhHans);
        let other_carrier = message("+8613000138000", Locale::En);
        for (scope, paused) in [
            (Scope::Message, [false; 4]),
            (Scope::Number, [false; 4]),
            (Scope::Account, [false; 4]),
            (Scope::Template, [true, true, false, false]),
            (Scope::Region, [true, true, true, false]),
        ] {
            let mut rests = Rests::default();
            _ = rests.begin(&english, scope, MINUTE, now);
            let all = [&english, &same, &chinese, &other_carrier];
            assert_eq!(all.map(|it| rests.until(it, now).is_some()), paused, "{scope:?}");
            let later = now + MINUTE;
            assert!(all.iter().all(|it| rests.until(it, later).is_none()), "{scope:?}");
        }
    }

    #[tokio::test]
    async fn one_message_a_second_tries_a_paused_part() {
        let now = Instant::now();
        let (english, mut rests) = (message("+8613800138000", Locale::En), Rests::default());
        assert_eq!(rests.take_trial(&english, now), None);
        assert!(rests.begin(&english, Scope::Template, MINUTE, now));
        assert_eq!(rests.take_trial(&english, now), Some(now));
        let next = now + BETWEEN_TRIALS;
        assert_eq!(rests.take_trial(&english, now), Some(next));
        assert!(!rests.begin(&english, Scope::Template, MINUTE, now), "the trial was refused");
        assert_eq!(rests.take_trial(&english, now), Some(next));
        assert_eq!(rests.take_trial(&english, next), Some(next));
        rests.end(&english);
        assert_eq!(rests.until(&english, next), None);
    }

    #[tokio::test]
    async fn the_number_of_parts_is_bounded() {
        let (now, mut rests) = (Instant::now(), Rests::default());
        for number in 0..3_000_u64 {
            let message = message(&format!("+1{}", 2_000_000_000 + number * 1_000_000), Locale::En);
            _ = rests.begin(&message, Scope::Region, MINUTE, now);
            _ = rests.begin(&message, Scope::Template, MINUTE, now);
        }
        assert!(rests.0.len() <= MOST, "{}", rests.0.len());
    }
}
