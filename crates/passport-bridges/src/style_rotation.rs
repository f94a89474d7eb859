use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use passport_captcha::StyleFamily;
use sha2::Sha256;
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// Patterned styles of the deployment, replaced at regular intervals. An attack that was trained on the
/// images of one period is less accurate in the next; one that was trained on many keys is not.
///
/// The styles derive from the key and the period, so all nodes have the same.
pub struct StyleRotation {
    key: Zeroizing<[u8; 32]>,
    interval: Duration,
    latest: RwLock<(Period, Arc<StyleFamily>)>,
}

/// Number of intervals since 1 January 1970.
type Period = u64;

impl StyleRotation {
    /// Replaces the styles at each multiple of `interval` since 1 January 1970. An interval has at
    /// least one second.
    pub fn new(key: [u8; 32], interval: Duration) -> Self {
        let (key, interval) = (Zeroizing::new(key), interval.max(Duration::from_secs(1)));
        let latest = RwLock::new((0, Arc::new(family(&key, 0))));
        Self { key, interval, latest }
    }

    /// The styles of challenges that are issued at `time`.
    pub(crate) fn at(&self, time: OffsetDateTime) -> Arc<StyleFamily> {
        let period = time.unix_timestamp().unsigned_abs() / self.interval.as_secs();
        let latest = {
            let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
            if latest.0 == period {
                return Arc::clone(&latest.1);
            }
            latest.0
        };
        let family = Arc::new(family(&self.key, period));
        // Challenges of the former period are rare and expire soon, so its styles are not kept.
        if period > latest {
            let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
            *latest = (period, Arc::clone(&family));
        }
        family
    }
}

fn family(key: &[u8; 32], period: Period) -> StyleFamily {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("an HMAC key may have any length");
    mac.update(&period.to_be_bytes());
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(mac.finalize().into_bytes().into());
    StyleFamily::derive(&key).with_classic()
}

impl fmt::Debug for StyleRotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StyleRotation").field("interval", &self.interval).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn at(rotation: &StyleRotation, second: i64) -> Arc<StyleFamily> {
        rotation.at(OffsetDateTime::from_unix_timestamp(second).unwrap())
    }

    #[test]
    fn styles_change_with_the_period_and_not_before() {
        let rotation = StyleRotation::new([7; 32], HOUR);
        let first = at(&rotation, 7_200);
        assert_eq!(at(&rotation, 10_799), first);
        let second = at(&rotation, 10_800);
        assert!(second.styles().iter().all(|style| !first.styles().contains(style)));
        assert_eq!((at(&rotation, 7_200), at(&rotation, 10_800)), (first, second));
    }

    #[test]
    fn nodes_with_one_key_have_the_same_styles() {
        let family = |key, second| at(&StyleRotation::new([key; 32], HOUR), second);
        assert_eq!(family(7, 7_201), family(7, 10_799));
        assert_ne!(family(7, 7_201), family(8, 7_201));
    }

    #[test]
    fn debug_hides_the_key() {
        assert_eq!(
            format!("{:?}", StyleRotation::new([7; 32], HOUR)),
            "StyleRotation { interval: 3600s, .. }"
        );
    }
}
