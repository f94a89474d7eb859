use std::cmp::Reverse;

use rand::{Rng, RngExt};

use crate::client::MessageKind;
use crate::message::Message;
use crate::router::Router;
use crate::router::lane::Lane;

/// Exponent of the preference for delivery rates: a gateway with 95 % is preferred about six times
/// over one with 60 %.
const PREFERENCE: i32 = 4;

impl Router {
    /// The gateways for `message` in the order of attempts: first by how closely their routes name
    /// the number, then drawn by weight and delivery rate. Gateways that failed recently come last,
    /// then throttled ones, then those that refused such a message.
    pub(super) fn order(&self, message: &Message) -> Vec<&Lane> {
        let kind = MessageKind::by(message);
        let now = self.clock.now();
        let mut rng = self.rng();
        let explores = rng.random_bool(self.policy.explore);
        let mut lanes: Vec<_> = self
            .lanes
            .iter()
            .filter(|lane| lane.covers(kind).is_ok())
            .map(|lane| (lane, lane.breaker_state(message)))
            .map(|(lane, state)| {
                let rate = if explores {
                    1.0
                } else {
                    self.conversion.rate(lane.name(), &message.to, now).powi(PREFERENCE)
                };
                let draw = draw(f64::from(lane.weight()) * rate, &mut **rng);
                (lane, state, Reverse(lane.closeness(kind.destination)), draw)
            })
            .collect();
        // The sort is stable, so gateways without weight keep their order.
        lanes.sort_by(|one, other| {
            (one.1, one.2).cmp(&(other.1, other.2)).then(one.3.total_cmp(&other.3))
        });
        lanes.into_iter().map(|(lane, ..)| lane).collect()
    }
}

/// A random number, the lowest of which is first with a probability proportional to its weight: the
/// time until an event of a process with that rate (Efraimidis and Spirakis, 2006).
fn draw(weight: f64, rng: &mut dyn Rng) -> f64 {
    // In (0, 1], so that the logarithm is finite.
    let uniform = 1.0 - rng.random::<f64>();
    if weight > 0.0 { -uniform.ln() / weight } else { f64::INFINITY }
}
