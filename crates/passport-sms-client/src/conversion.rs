use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::message::{Prefix, Recipient};

/// What is assumed of a gateway of which nothing is known: as much as of a good one, so that it is
/// tried.
const ASSUMED: f64 = 0.9;
/// How many messages the wider knowledge weighs beside the narrower one.
const PRIOR: f64 = 20.0;
/// More than all carriers of the world; beyond that, what is oldest goes.
const MOST_TALLIES: usize = 10_000;

/// Which share of the messages reached a person: was delivered or redeemed, per gateway, country
/// and carrier.
///
/// What is observed loses half its weight each half-life, and a carrier of which little is known is
/// taken to be like its country. Only messages whose time is over should be counted: one that was
/// sent a second ago is not redeemed yet.
#[derive(Debug)]
pub struct Conversion {
    half_life: Duration,
    tallies: Mutex<HashMap<(String, Prefix), Tally>>,
}

/// What a gateway converts to a country or a carrier.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// The gateway's name.
    pub gateway: String,
    /// The country, or the part of it.
    pub destination: Prefix,
    /// How many messages that is known from, faded.
    pub messages: f64,
    /// The share that reached a person, from 0 to 1.
    pub rate: f64,
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    sent: f64,
    converted: f64,
    at: OffsetDateTime,
}

impl Tally {
    fn faded(self, half_life: Duration, now: OffsetDateTime) -> Self {
        let age = (now - self.at).as_seconds_f64().max(0.0);
        let factor = 0.5_f64.powf(age / half_life.as_secs_f64().max(1.0));
        Self { sent: self.sent * factor, converted: self.converted * factor, at: now.max(self.at) }
    }
}

impl Default for Conversion {
    /// With a half-life of six hours.
    fn default() -> Self {
        Self::new(Duration::from_hours(6))
    }
}

impl Conversion {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(half_life: Duration) -> Self {
        Self { half_life, tallies: Mutex::default() }
    }

    /// Of `sent` messages that `gateway` took for numbers with `carrier` in `country`, `converted`
    /// reached a person, as of `at`.
    pub fn observe(
        &self,
        gateway: &str,
        [country, carrier]: [Prefix; 2],
        [sent, converted]: [u32; 2],
        at: OffsetDateTime,
    ) {
        let mut tallies = self.tallies();
        if tallies.len() >= MOST_TALLIES
            && let Some(oldest) = tallies.iter().min_by_key(|(_, it)| it.at).map(|it| it.0.clone())
        {
            tallies.remove(&oldest);
        }
        let mut destinations = vec![country, carrier];
        destinations.dedup();
        for destination in destinations {
            let empty = Tally { sent: 0.0, converted: 0.0, at };
            let tally = tallies.entry((gateway.to_owned(), destination)).or_insert(empty);
            *tally = tally.faded(self.half_life, at);
            tally.sent += f64::from(sent);
            tally.converted += f64::from(converted.min(sent));
        }
    }

    /// The share of the messages to numbers like `number` that reach a person through `gateway`.
    #[must_use]
    pub fn rate(&self, gateway: &str, number: &Recipient, now: OffsetDateTime) -> f64 {
        let tallies = self.tallies();
        let destinations = [Prefix::country_of(number), Prefix::carrier_of(number)];
        destinations.into_iter().fold(ASSUMED, |wider, destination| {
            match tallies.get(&(gateway.to_owned(), destination)) {
                Some(tally) => {
                    let tally = tally.faded(self.half_life, now);
                    (tally.converted + PRIOR * wider) / (tally.sent + PRIOR)
                }
                None => wider,
            }
        })
    }

    /// Everything that is known, as it was observed, in the order of gateways and destinations.
    #[must_use]
    pub fn rates(&self, now: OffsetDateTime) -> Vec<Rate> {
        let mut rates: Vec<_> = self
            .tallies()
            .iter()
            .map(|((gateway, destination), tally)| {
                let Tally { sent, converted, .. } = tally.faded(self.half_life, now);
                let rate = if sent > 0.0 { converted / sent } else { 0.0 };
                Rate { gateway: gateway.clone(), destination: *destination, messages: sent, rate }
            })
            .collect();
        rates.sort_by(|one, other| {
            (&one.gateway, one.destination).cmp(&(&other.gateway, other.destination))
        });
        rates
    }

    fn tallies(&self) -> MutexGuard<'_, HashMap<(String, Prefix), Tally>> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

    fn number(text: &str) -> Recipient {
        text.parse().unwrap()
    }

    fn destination(number: &Recipient) -> [Prefix; 2] {
        [Prefix::country_of(number), Prefix::carrier_of(number)]
    }

    #[test]
    fn the_narrower_knowledge_outweighs_the_wider() {
        let conversion = Conversion::default();
        let (mobile, unicom) = (number("+8613800138000"), number("+8613000138000"));
        conversion.observe("a", destination(&mobile), [1000, 950], NOW);
        conversion.observe("a", destination(&unicom), [1000, 300], NOW);
        let rate = |number: &Recipient| conversion.rate("a", number, NOW);
        assert!((0.93..0.96).contains(&rate(&mobile)), "{}", rate(&mobile));
        assert!((0.29..0.33).contains(&rate(&unicom)), "{}", rate(&unicom));
        let telecom = rate(&number("+8618900138000"));
        assert!((0.62..0.64).contains(&telecom), "a carrier not seen is as its country: {telecom}");
        assert!((conversion.rate("b", &mobile, NOW) - ASSUMED).abs() < f64::EPSILON);
    }

    #[test]
    fn the_past_fades() {
        let conversion = Conversion::new(Duration::from_hours(1));
        let number = number("+8613800138000");
        conversion.observe("a", destination(&number), [1000, 0], NOW);
        assert!(conversion.rate("a", &number, NOW) < 0.03);
        let later = NOW + Duration::from_hours(12);
        assert!(conversion.rate("a", &number, later) > 0.87, "one gets another chance");
        conversion.observe("a", destination(&number), [100, 50], later);
        let rates = conversion.rates(later);
        assert_eq!(rates.len(), 2, "{rates:?}");
        assert!((rates[0].rate - 0.5).abs() < 0.01, "{rates:?}");
    }
}
