use std::{collections::HashSet, time::Duration};

use passport_auth::{ChallengeKey, Ticket};
use rand::{SeedableRng, rngs::StdRng};
use time::{OffsetDateTime, macros::datetime};

use super::*;

const SPOKEN: [(Locale, &str, Language); 3] = [
    (Locale::ZhHans, "sound zh", Language::Chinese),
    (Locale::ZhHant, "sound zh", Language::Chinese),
    (Locale::En, "sound en", Language::English),
];

fn renderer(length: usize) -> CaptchaRenderer {
    CaptchaRenderer::new(length, Level::default(), styles(7))
}

fn styles(key: u8) -> StyleRotation {
    StyleRotation::new([key; 32], Duration::from_hours(1))
}

fn ticket(difficulty: Difficulty, now: OffsetDateTime, seed: u64) -> Ticket {
    Ticket::generate(difficulty, now, &mut StdRng::seed_from_u64(seed))
}

fn seeds(count: u64) -> impl Iterator<Item = ChallengeSeed> {
    let key = ChallengeKey::new([7; 32]);
    (0..count).map(move |n| key.seed(ticket(Difficulty::Usual, OffsetDateTime::UNIX_EPOCH, n)))
}

#[test]
fn difficulty_raises_the_level_up_to_the_hardest() {
    let levels = |level| {
        let renderer = CaptchaRenderer { level, ..renderer(5) };
        [Difficulty::Usual, Difficulty::Raised, Difficulty::High]
            .map(|it| renderer.level_of(it).number())
    };
    assert_eq!(Level::ALL.map(levels), [[0, 1, 2], [1, 2, 3], [2, 3, 3], [3, 3, 3]]);
    let seed = |difficulty| {
        ChallengeKey::new([7; 32]).seed(ticket(difficulty, OffsetDateTime::UNIX_EPOCH, 1))
    };
    let (high, renderer) = (seed(Difficulty::High), renderer(5));
    let hardest = CaptchaRenderer { level: Level::MAX, ..self::renderer(5) };
    assert_eq!(renderer.draw(&high).unwrap(), hardest.draw(&high).unwrap());
    let usual = seed(Difficulty::Usual);
    assert_ne!(renderer.draw(&usual).unwrap(), hardest.draw(&usual).unwrap());
}

#[test]
fn every_length_and_level_that_can_be_set_is_drawn_and_spoken() {
    for seed in seeds(3) {
        for (length, level) in (4..=8).flat_map(|length| Level::ALL.map(|level| (length, level))) {
            let renderer = CaptchaRenderer { level, ..renderer(length) };
            assert_eq!(renderer.answer(&seed).expose().chars().count(), length);
            assert!(renderer.draw(&seed).unwrap().bytes.starts_with(b"\x89PNG"));
            for (language, ..) in SPOKEN {
                assert!(renderer.speak(&seed, language).unwrap().bytes.starts_with(b"RIFF"));
            }
        }
    }
}

/// Compares with an image and a sound that the test makes from the stored answer.
#[test]
fn cap_5_picture_and_sound_of_a_seed_hold_its_answer() {
    let renderer = renderer(5);
    for seed in seeds(50) {
        let captcha = Captcha::new(renderer.answer(&seed).expose()).unwrap();
        let mut rng = seed.rng("picture");
        let family = renderer.styles.at(seed.made_at());
        let picture = captcha.render(family.choose(&mut rng), &mut rng).unwrap();
        assert_eq!(renderer.draw(&seed).unwrap().bytes, picture.into_png());
        for (language, part, spoken) in SPOKEN {
            let sound = captcha.speak(spoken, &mut seed.rng(part));
            assert_eq!(renderer.speak(&seed, language).unwrap().bytes, sound.into_wav());
        }
    }
}

#[test]
fn seeds_give_texts_and_pictures_of_their_own() {
    let renderer = renderer(5);
    let pictures: HashSet<_> = seeds(200).map(|it| renderer.draw(&it).unwrap().bytes).collect();
    let answers: HashSet<_> =
        seeds(200).map(|it| renderer.answer(&it).expose().to_owned()).collect();
    assert_eq!((pictures.len(), answers.len()), (200, 200));
}

/// Otherwise a client that loads the image again later would get a second drawing of one answer.
#[test]
fn cap_5_a_challenge_keeps_its_style_when_the_period_changes() {
    let renderer = renderer(5);
    let key = ChallengeKey::new([7; 32]);
    let (before, after) = (datetime!(2026-11-23 09:59:59 UTC), datetime!(2026-11-23 10:00:00 UTC));
    let [early, late] = [before, after].map(|now| key.seed(ticket(Difficulty::Usual, now, 1)));
    let picture = renderer.draw(&early).unwrap();
    assert_ne!(*renderer.styles.at(before), *renderer.styles.at(after));
    renderer.draw(&late).unwrap();
    assert_eq!(renderer.draw(&early).unwrap(), picture);
}

#[test]
fn deployments_have_styles_of_their_own() {
    let other = CaptchaRenderer { styles: styles(8), ..renderer(5) };
    for seed in seeds(20) {
        assert_ne!(other.draw(&seed).unwrap(), renderer(5).draw(&seed).unwrap());
    }
}

#[test]
fn cap_3_case_and_width_do_not_matter() {
    let renderer = renderer(5);
    assert_eq!(["ｋ4mＲp", "K4MRP"].map(|it| renderer.normalise(it)), ["K4MRP"; 2]);
}

#[test]
fn cap_3_no_answer_has_a_confusable_pair_and_each_is_its_own_normal_form() {
    let renderer = renderer(5);
    for seed in seeds(1_000) {
        let answer = renderer.answer(&seed);
        let answer = answer.expose();
        assert_eq!(answer, renderer.normalise(answer));
        assert!(!answer.contains(['0', 'O', '1', 'I', 'L', '7', 'X']), "{answer}");
    }
}
