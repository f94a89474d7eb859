use std::{collections::HashSet, time::Duration};

use passport_auth::{ChallengeKey, Ticket};
use passport_captcha::Pattern;
use rand::{SeedableRng, rngs::StdRng};
use time::{OffsetDateTime, macros::datetime};

use super::*;

const SPOKEN: [(Locale, &str, Language); 3] = [
    (Locale::ZhHans, "sound zh", Language::Chinese),
    (Locale::ZhHant, "sound zh", Language::Chinese),
    (Locale::En, "sound en", Language::English),
];

fn renderer(length: usize) -> CaptchaRenderer {
    CaptchaRenderer::new(length, Styles::Calm)
}

fn patterned(key: u8) -> CaptchaRenderer {
    CaptchaRenderer::new(5, Styles::Patterned(rotation(key)))
}

fn rotation(key: u8) -> StyleRotation {
    StyleRotation::new([key; 32], Duration::from_hours(1))
}

fn ticket(now: OffsetDateTime, seed: u64) -> Ticket {
    Ticket::generate(now, &mut StdRng::seed_from_u64(seed))
}

fn seeds(count: u64) -> impl Iterator<Item = ChallengeSeed> {
    let key = ChallengeKey::new([7; 32]);
    (0..count).map(move |n| key.seed(ticket(OffsetDateTime::UNIX_EPOCH, n)))
}

/// Width and height of a PNG, and its contents from the pixels on: without the palette.
fn parts(picture: &Picture) -> ((u32, u32), &[u8]) {
    let number = |at: usize| u32::from_be_bytes(picture.bytes[at..at + 4].try_into().unwrap());
    let pixels = picture.bytes.windows(4).position(|it| it == b"IDAT").unwrap();
    ((number(16), number(20)), &picture.bytes[pixels..])
}

#[test]
fn p19_both_themes_are_one_drawing_in_other_colours() {
    for renderer in [renderer(5), patterned(7)] {
        for seed in seeds(20) {
            let Drawing { light, dark } = renderer.draw(&seed).unwrap();
            assert_eq!(parts(&light), parts(&dark));
            assert_ne!(light, dark);
        }
    }
}

/// The pages show a picture on the colour that its own ground has.
#[test]
fn p19_the_grounds_of_calm_pictures_are_those_of_the_style_sheet() {
    let sheet = include_str!("../../../../static/css/tokens.css");
    let (light, dark) = sheet.split_once("prefers-color-scheme: dark").unwrap();
    let seed = seeds(1).next().unwrap();
    let drawn = renderer(5).draw(&seed).unwrap();
    for (picture, sheet) in [(drawn.light, light), (drawn.dark, dark)] {
        let start = picture.bytes.windows(4).position(|it| it == b"PLTE").unwrap() + 4;
        let [red, green, blue] = picture.bytes[start..start + 3] else { unreachable!() };
        let line = format!("--sunken: #{red:02x}{green:02x}{blue:02x};");
        assert!(sheet.contains(&line), "{line}");
    }
}

#[test]
fn every_length_and_style_that_can_be_set_is_drawn_and_spoken() {
    let calm = (4..=8).map(|length| (renderer(length), Style::calm()));
    let all = calm.chain([(patterned(7), Style::new(Pattern::Bands))]);
    for (renderer, style) in all {
        for seed in seeds(3) {
            assert_eq!(renderer.answer(&seed).expose().chars().count(), renderer.length);
            let (width, height) = style.size(renderer.length);
            let drawn = renderer.draw(&seed).unwrap().light;
            assert_eq!(parts(&drawn).0, (2 * width, 2 * height), "twice the size of the page");
            for (language, ..) in SPOKEN {
                assert!(renderer.speak(&seed, language).unwrap().bytes.starts_with(b"RIFF"));
            }
        }
    }
}

/// Compares with images and a sound that the test makes from the stored answer.
#[test]
fn cap_5_picture_and_sound_of_a_seed_hold_its_answer() {
    for seed in seeds(50) {
        let renderer = renderer(5);
        let captcha = Captcha::new(renderer.answer(&seed).expose()).unwrap().scale(2);
        let themes = [Theme::Light, Theme::Dark].map(|theme| captcha.clone().theme(theme));
        let drawn = renderer.draw(&seed).unwrap();
        let calm = themes.clone().map(|captcha| {
            captcha.render(&Style::calm(), &mut seed.rng("picture")).unwrap().into_png()
        });
        assert_eq!([drawn.light.bytes, drawn.dark.bytes], calm);
        let drawn = patterned(7).draw(&seed).unwrap();
        let patterned = themes.map(|captcha| {
            let (family, mut rng) = (rotation(7).at(seed.made_at()), seed.rng("picture"));
            captcha.render(family.choose(&mut rng), &mut rng).unwrap().into_png()
        });
        assert_eq!([drawn.light.bytes, drawn.dark.bytes], patterned);
        for (language, part, spoken) in SPOKEN {
            let sound = captcha.speak(spoken, &mut seed.rng(part));
            assert_eq!(renderer.speak(&seed, language).unwrap().bytes, sound.into_wav());
        }
    }
}

#[test]
fn seeds_give_texts_and_pictures_of_their_own() {
    let renderer = renderer(5);
    let picture = |it| renderer.draw(&it).unwrap().light.bytes;
    let pictures: HashSet<_> = seeds(200).map(picture).collect();
    let answers: HashSet<_> =
        seeds(200).map(|it| renderer.answer(&it).expose().to_owned()).collect();
    assert_eq!((pictures.len(), answers.len()), (200, 200));
}

/// Otherwise a client that loads the image again later would get a second drawing of one answer.
#[test]
fn cap_5_a_challenge_keeps_its_style_when_the_period_changes() {
    let (renderer, rotation) = (patterned(7), rotation(7));
    let key = ChallengeKey::new([7; 32]);
    let (before, after) = (datetime!(2026-11-23 09:59:59 UTC), datetime!(2026-11-23 10:00:00 UTC));
    let [early, late] = [before, after].map(|now| key.seed(ticket(now, 1)));
    let picture = renderer.draw(&early).unwrap();
    assert_ne!(*rotation.at(before), *rotation.at(after));
    renderer.draw(&late).unwrap();
    assert_eq!(renderer.draw(&early).unwrap(), picture);
}

#[test]
fn deployments_have_patterned_styles_of_their_own() {
    for seed in seeds(20) {
        assert_ne!(patterned(8).draw(&seed).unwrap(), patterned(7).draw(&seed).unwrap());
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
