use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use time::OffsetDateTime;

/// Difficulty of a challenge: how dense its picture is drawn. A denser picture was not measured to be
/// harder, neither for programs nor for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Difficulty {
    /// Difficulty of the settings.
    #[default]
    Usual,
    /// One step denser.
    Raised,
    /// Two steps denser.
    High,
}

/// Counts right and wrong answers of the last minute, in this process.
///
/// Programs that guess are wrong most of the time. While most answers are wrong, new challenges are
/// drawn denser. Clients of several networks can cause this, and only the look of pictures changes; what
/// stops guessing is the limit on wrong answers.
#[derive(Debug, Default)]
pub struct AnswerTally(Mutex<VecDeque<Second>>);

/// Answers of one second.
#[derive(Debug)]
struct Second {
    /// Seconds since 1970.
    at: i64,
    right: u32,
    wrong: u32,
}

impl Second {
    /// Compares absolute differences, so entries also expire when the clock is set back.
    fn is_near(&self, now: OffsetDateTime) -> bool {
        (now.unix_timestamp() - self.at).abs() < AnswerTally::WINDOW
    }
}

impl AnswerTally {
    /// Seconds for which an answer counts.
    pub const WINDOW: i64 = 60;
    /// Minimum number of answers. With fewer, chance would decide.
    pub const FEWEST: u32 = 100;
    /// Percentage of wrong answers from which challenges are one step more difficult.
    pub const RAISED: u32 = 50;
    /// Percentage of wrong answers from which challenges are two steps more difficult.
    pub const HIGH: u32 = 80;

    /// Counts an answer.
    pub fn record(&self, is_right: bool, now: OffsetDateTime) {
        let mut seconds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seconds.retain(|second| second.is_near(now));
        let at = now.unix_timestamp();
        // A request that is overtaken by another may arrive with an earlier second.
        if seconds.back().is_none_or(|second| second.at < at) {
            seconds.push_back(Second { at, right: 0, wrong: 0 });
        }
        if let Some(second) = seconds.back_mut() {
            let count = if is_right { &mut second.right } else { &mut second.wrong };
            *count = count.saturating_add(1);
        }
    }

    /// Difficulty of a challenge that is created now.
    pub fn difficulty(&self, now: OffsetDateTime) -> Difficulty {
        let seconds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut right, mut wrong) = (0_u64, 0_u64);
        for second in seconds.iter().filter(|second| second.is_near(now)) {
            right += u64::from(second.right);
            wrong += u64::from(second.wrong);
        }
        let answers = right + wrong;
        let are_wrong = |percent: u32| wrong * 100 >= answers * u64::from(percent);
        if answers < Self::FEWEST.into() || !are_wrong(Self::RAISED) {
            Difficulty::Usual
        } else if are_wrong(Self::HIGH) {
            Difficulty::High
        } else {
            Difficulty::Raised
        }
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

    fn at(seconds: i64) -> OffsetDateTime {
        NOW + Duration::seconds(seconds)
    }

    fn tally(right: u32, wrong: u32) -> AnswerTally {
        let tally = AnswerTally::default();
        (0..right).for_each(|_| tally.record(true, NOW));
        (0..wrong).for_each(|_| tally.record(false, NOW));
        tally
    }

    #[test]
    fn the_share_of_wrong_answers_decides() {
        for (right, wrong, difficulty) in [
            (0, 0, Difficulty::Usual),
            (1_000, 0, Difficulty::Usual),
            (101, 99, Difficulty::Usual),
            (100, 100, Difficulty::Raised),
            (41, 159, Difficulty::Raised),
            (40, 160, Difficulty::High),
            (0, 1_000, Difficulty::High),
        ] {
            assert_eq!(tally(right, wrong).difficulty(NOW), difficulty, "{right} {wrong}");
        }
    }

    #[test]
    fn few_answers_decide_nothing() {
        assert_eq!(tally(0, 99).difficulty(NOW), Difficulty::Usual);
        assert_eq!(tally(0, 100).difficulty(NOW), Difficulty::High);
    }

    #[test]
    fn answers_expire_after_a_minute() {
        let tally = tally(0, 200);
        assert_eq!(tally.difficulty(at(59)), Difficulty::High);
        assert_eq!(tally.difficulty(at(60)), Difficulty::Usual);
    }

    #[test]
    fn answers_of_the_whole_minute_are_added() {
        let tally = AnswerTally::default();
        (0..120).for_each(|second| tally.record(false, at(second)));
        assert_eq!(tally.difficulty(at(119)), Difficulty::Usual, "60 answers in the last minute");
        (0..120).for_each(|half| tally.record(false, at(120 + half / 2)));
        assert_eq!(tally.difficulty(at(179)), Difficulty::High, "120 answers in the last minute");
    }

    #[test]
    fn memory_is_bounded_whatever_the_clock_does() {
        let tally = AnswerTally::default();
        for second in 0..1_000 {
            tally.record(false, at(second));
            tally.record(false, at(-second));
        }
        let kept = tally.0.lock().unwrap().len();
        assert!(kept <= 120, "{kept}");
        assert_eq!(tally.difficulty(at(-1_200)), Difficulty::Usual, "all answers have expired");
    }
}
