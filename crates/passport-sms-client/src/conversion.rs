use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::message::{Prefix, Recipient};

/// Rate assumed for a gateway without statistics: that of a good gateway, so that it is tried.
const ASSUMED: f64 = 0.9;
/// Number of messages with which the statistics of the country weigh against those of the carrier.
const PRIOR: f64 = 20.0;
/// Limit of the number of entries, larger than the number of carriers of the world. Beyond it the
/// oldest entry is discarded.
const MOST_TALLIES: usize = 10_000;

/// Share of messages that reached their recipient, by delivery or redeemed code, per gateway,
/// country and carrier.
///
/// An observation loses half its weight each half-life, and a carrier with few observations is
/// estimated by its country. Only messages whose code has expired should be counted, because a code
/// that was sent a second ago is not redeemed yet.
#[derive(Debug)]
pub struct Conversion {
    half_life: Duration,
    tallies: Mutex<HashMap<(String, Prefix), Tally>>,
}

/// Delivery rate of a gateway for a country or a carrier.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Name of the gateway.
    pub gateway: String,
    /// The country, or the carrier's part of it.
    pub destination: Prefix,
    /// Number of messages observed, reduced by age.
    pub messages: f64,
    /// Share that reached the recipient, from 0 to 1.
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
    /// Statistics with a half-life of six hours.
    fn default() -> Self {
        Self::new(Duration::from_hours(6))
    }
}

impl Conversion {
    /// Statistics without observations.
    #[must_use]
    pub fn new(half_life: Duration) -> Self {
        Self { half_life, tallies: Mutex::default() }
    }

    /// Records that `gateway` accepted `sent` messages for numbers with `carrier` in `country`, of
    /// which `converted` reached their recipients, as of `at`.
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

    /// Estimated share of the messages to numbers like `number` that reach their recipients through
    /// `gateway`.
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

    /// All observations, by gateway and destination.
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
    fn statistics_of_the_carrier_outweigh_those_of_the_country() {
        let conversion = Conversion::default();
        let (mobile, unicom) = (number("+8613800138000"), number("+8613000138000"));
        conversion.observe("a", destination(&mobile), [1000, 950], NOW);
        conversion.observe("a", destination(&unicom), [1000, 300], NOW);
        let rate = |number: &Recipient| conversion.rate("a", number, NOW);
        assert!((0.93..0.96).contains(&rate(&mobile)), "{}", rate(&mobile));
        assert!((0.29..0.33).contains(&rate(&unicom)), "{}", rate(&unicom));
        let telecom = rate(&number("+8618900138000"));
        assert!(
            (0.62..0.64).contains(&telecom),
            "a carrier without observations is estimated by its country: {telecom}"
        );
        assert!((conversion.rate("b", &mobile, NOW) - ASSUMED).abs() < f64::EPSILON);
    }

    #[test]
    fn old_observations_lose_weight() {
        let conversion = Conversion::new(Duration::from_hours(1));
        let number = number("+8613800138000");
        conversion.observe("a", destination(&number), [1000, 0], NOW);
        assert!(conversion.rate("a", &number, NOW) < 0.03);
        let later = NOW + Duration::from_hours(12);
        assert!(conversion.rate("a", &number, later) > 0.87, "an old failure counts little");
        conversion.observe("a", destination(&number), [100, 50], later);
        let rates = conversion.rates(later);
        assert_eq!(rates.len(), 2, "{rates:?}");
        assert!((rates[0].rate - 0.5).abs() < 0.01, "{rates:?}");
    }
}
