use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use passport_auth::Clock;
use passport_captcha::StyleFamily;
use zeroize::Zeroizing;

/// The styles of the deployment, which are others every so often: what was trained on pictures of
/// one period is worth less in the next.
///
/// They follow from the key and the time, so that all nodes have the same.
pub(crate) struct Looks {
    key: Zeroizing<[u8; 32]>,
    every: Duration,
    clock: Arc<dyn Clock>,
    present: RwLock<(Period, Arc<StyleFamily>)>,
}

/// Which period it is, counted from the first of January 1970.
type Period = u64;

impl Looks {
    /// Has new styles whenever a multiple of `every`, which is at least a second, has passed since
    /// the first of January 1970.
    pub(crate) fn new(key: [u8; 32], every: Duration, clock: Arc<dyn Clock>) -> Self {
        let (key, every) = (Zeroizing::new(key), every.max(Duration::from_secs(1)));
        let period = period(&*clock, every);
        let present = RwLock::new((period, Arc::new(family(&key, period))));
        Self { key, every, clock, present }
    }

    /// The styles of the present period.
    pub(crate) fn present(&self) -> Arc<StyleFamily> {
        let now = period(&*self.clock, self.every);
        {
            let present = self.present.read().unwrap_or_else(PoisonError::into_inner);
            if present.0 == now {
                return Arc::clone(&present.1);
            }
        }
        let family = Arc::new(family(&self.key, now));
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = (now, Arc::clone(&family));
        family
    }
}

fn period(clock: &dyn Clock, every: Duration) -> Period {
    clock.now().unix_timestamp().unsigned_abs() / every.as_secs()
}

fn family(key: &[u8; 32], period: Period) -> StyleFamily {
    let key = Zeroizing::new([&key[..], &period.to_be_bytes()].concat());
    StyleFamily::derive(&key).with_classic()
}

impl fmt::Debug for Looks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looks").field("every", &self.every).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use passport_auth::ManualClock;
    use time::OffsetDateTime;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn at(second: i64) -> Arc<ManualClock> {
        Arc::new(ManualClock::new(OffsetDateTime::from_unix_timestamp(second).unwrap()))
    }

    #[test]
    fn change_with_the_hour_and_not_before() {
        let clock = at(7_200);
        let looks = Looks::new([7; 32], HOUR, clock.clone());
        let first = looks.present();
        clock.advance(Duration::from_secs(3_599));
        assert_eq!(looks.present(), first);
        clock.advance(Duration::from_secs(1));
        assert!(looks.present().styles().iter().all(|style| !first.styles().contains(style)));
    }

    #[test]
    fn are_those_of_every_node_with_the_key() {
        let family = |key, second| Looks::new([key; 32], HOUR, at(second)).present();
        assert_eq!(family(7, 7_201), family(7, 10_799));
        assert_ne!(family(7, 7_201), family(8, 7_201));
    }

    #[test]
    fn do_not_print_the_key() {
        assert_eq!(format!("{:?}", Looks::new([7; 32], HOUR, at(0))), "Looks { every: 3600s, .. }");
    }
}
