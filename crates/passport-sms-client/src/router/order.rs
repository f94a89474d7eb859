use std::cmp::Reverse;

use rand::{Rng, RngExt};
use tokio::time::Instant;

use crate::client::MessageKind;
use crate::message::Message;
use crate::router::Router;
use crate::router::breaker::BreakerState;
use crate::router::lane::Lane;

/// How much more a gateway that converts is preferred: one that converts 95 % over one at 60 %
/// about six times.
const PREFERENCE: i32 = 4;

impl Router {
    /// The gateways for `message`, the one to try first in front: by how closely their route names
    /// the number, then drawn by weight and conversion. Those that failed lately come last, and then
    /// those that want to be left alone, without those that cannot work before the deadline.
    pub(super) fn order(&self, message: &Message, deadline: Instant) -> Vec<&Lane> {
        let kind = MessageKind::by(message);
        let now = self.clock.now();
        let mut rng = self.rng();
        let explores = rng.random_bool(self.policy.explore);
        let mut lanes: Vec<_> = self
            .lanes
            .iter()
            .filter(|lane| lane.covers(kind).is_ok())
            .map(|lane| (lane, lane.breaker_state()))
            .filter(|(_, state)| !matches!(state, BreakerState::Out(until) if *until >= deadline))
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
        // A stable sort: gateways without weight keep their order.
        lanes.sort_by(|one, other| {
            (one.1, one.2).cmp(&(other.1, other.2)).then(one.3.total_cmp(&other.3))
        });
        lanes.into_iter().map(|(lane, ..)| lane).collect()
    }
}

/// A number by which the lowest is first with a probability proportional to its weight: the time
/// until a process with that rate strikes (Efraimidis and Spirakis, 2006).
fn draw(weight: f64, rng: &mut dyn Rng) -> f64 {
    // In (0, 1], so that the logarithm is finite.
    let uniform = 1.0 - rng.random::<f64>();
    if weight > 0.0 { -uniform.ln() / weight } else { f64::INFINITY }
}
