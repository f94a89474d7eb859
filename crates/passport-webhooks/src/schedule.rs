use std::time::Duration;

/// Tries until a delivery has failed.
pub const MOST_TRIES: u32 = 10;

/// Pauses after the first nine tries: about 28 hours together.
const PAUSES: [Duration; MOST_TRIES as usize - 1] = [
    Duration::from_secs(5),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(1),
    Duration::from_hours(2),
    Duration::from_hours(4),
    Duration::from_hours(8),
    Duration::from_hours(12),
];

/// Pause after the `tries`th try; `None` if it was the last one. `jitter`, between 0 and 1, lengthens the
/// pause by up to a fifth, so that deliveries that failed together are not tried together.
pub fn retry_after(tries: u32, jitter: f64) -> Option<Duration> {
    let place = usize::try_from(tries.max(1) - 1).ok()?;
    Some(PAUSES.get(place)?.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 5.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_take_about_28_hours() {
        for (jitter, hours) in [(0.0, 27..28), (1.0, 33..34)] {
            let pauses = (1..=MOST_TRIES).map_while(|tries| retry_after(tries, jitter));
            let pauses: Vec<_> = pauses.collect();
            assert_eq!(pauses.len(), 9);
            assert!(pauses.is_sorted());
            let all: Duration = pauses.iter().sum();
            assert!(hours.contains(&(all.as_secs() / 3_600)), "{all:?}");
        }
        assert_eq!(retry_after(1, 0.0), Some(Duration::from_secs(5)));
        assert_eq!(retry_after(1, 1.0), Some(Duration::from_secs(6)));
        assert_eq!(retry_after(MOST_TRIES, 0.0), None);
    }
}
