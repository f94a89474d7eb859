use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use passport_captcha::StyleFamily;
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// The styles of the deployment, which are others every so often: what was trained on pictures of
/// one period is worth less in the next.
///
/// They follow from the key and the time, so that all nodes have the same.
pub(crate) struct Looks {
    key: Zeroizing<[u8; 32]>,
    every: Duration,
    latest: RwLock<(Period, Arc<StyleFamily>)>,
}

/// Which period it is, counted from the first of January 1970.
type Period = u64;

impl Looks {
    /// Has new styles whenever a multiple of `every`, which is at least a second, has passed since
    /// the first of January 1970.
    pub(crate) fn new(key: [u8; 32], every: Duration) -> Self {
        let (key, every) = (Zeroizing::new(key), every.max(Duration::from_secs(1)));
        let latest = RwLock::new((0, Arc::new(family(&key, 0))));
        Self { key, every, latest }
    }

    /// The styles of what is made at that time.
    pub(crate) fn at(&self, time: OffsetDateTime) -> Arc<StyleFamily> {
        let period = time.unix_timestamp().unsigned_abs() / self.every.as_secs();
        let latest = {
            let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
            if latest.0 == period {
                return Arc::clone(&latest.1);
            }
            latest.0
        };
        let family = Arc::new(family(&self.key, period));
        // What was made in the period before is fetched now and then, and not for long.
        if period > latest {
            let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
            *latest = (period, Arc::clone(&family));
        }
        family
    }
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
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn at(looks: &Looks, second: i64) -> Arc<StyleFamily> {
        looks.at(OffsetDateTime::from_unix_timestamp(second).unwrap())
    }

    #[test]
    fn change_with_the_hour_and_not_before() {
        let looks = Looks::new([7; 32], HOUR);
        let first = at(&looks, 7_200);
        assert_eq!(at(&looks, 10_799), first);
        let second = at(&looks, 10_800);
        assert!(second.styles().iter().all(|style| !first.styles().contains(style)));
        assert_eq!((at(&looks, 7_200), at(&looks, 10_800)), (first, second));
    }

    #[test]
    fn are_those_of_every_node_with_the_key() {
        let family = |key, second| at(&Looks::new([key; 32], HOUR), second);
        assert_eq!(family(7, 7_201), family(7, 10_799));
        assert_ne!(family(7, 7_201), family(8, 7_201));
    }

    #[test]
    fn do_not_print_the_key() {
        assert_eq!(format!("{:?}", Looks::new([7; 32], HOUR)), "Looks { every: 3600s, .. }");
    }
}
