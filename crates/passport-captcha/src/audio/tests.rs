//! Recognises the spoken characters by comparing their spectrograms with those of the recordings.

use std::{f32::consts::TAU, ops::Range};

use rand::SeedableRng;

use super::*;

const LANGUAGES: [Language; 2] = [Language::Chinese, Language::English];
/// Every character once, then combinations of similar ones.
const TEXTS: [&str; 5] = ["34689", "EHKMNP", "RTWY", "NMNME", "3E8HK"];

#[test]
fn every_character_is_recorded_in_both_languages() {
    for character in Alphabet::CHARACTERS.chars() {
        for language in LANGUAGES {
            assert!(clip(character, language).len() > 2_000, "{character}");
        }
    }
    let total: usize = voices::LENGTHS.iter().flatten().map(|it| usize::from(*it)).sum();
    assert_eq!(total, voices::SAMPLES.len());
    assert_eq!(clip('0', Language::English), &[] as &[u8]);
}

#[test]
fn the_voice_speaks_the_characters_in_order() {
    for language in LANGUAGES {
        let listener = Listener::new(language);
        for (seed, text) in cases() {
            let voice = voice(text, language, &mut seeded(seed));
            let heard: String = words(&voice).map(|it| listener.hear(&voice[it])).collect();
            assert_eq!(heard, text, "{language:?}, seed {seed}");
        }
    }
}

/// The threshold is 85 %, because this simple recogniser makes mistakes with the background.
#[test]
fn the_file_speaks_the_characters_in_order() {
    for language in LANGUAGES {
        let listener = Listener::new(language);
        let (mut right, mut all) = (0, 0);
        for (seed, text) in cases() {
            let voice = voice(text, language, &mut seeded(seed));
            let file = played(text, language, seed);
            let heard = words(&voice).map(|it| listener.hear(&file[it]));
            right += heard.zip(text.chars()).filter(|(heard, said)| heard == said).count();
            all += text.len();
        }
        assert!(right * 100 >= all * 85, "{language:?}: {right} of {all}");
    }
}

/// The lower bounds of the SNR keep the voice intelligible for people; the upper bounds keep the
/// background loud enough to disturb programs.
#[test]
fn the_background_is_audible_below_the_voice_and_between_words() {
    for (seed, text) in cases() {
        for language in LANGUAGES {
            let voice = voice(text, language, &mut seeded(seed));
            let file = played(text, language, seed);
            let rest: Vec<_> = file.iter().zip(&voice).map(|(file, voice)| file - voice).collect();
            let spoken: Vec<f32> = words(&voice).flat_map(|word| &voice[word]).copied().collect();
            let whole = decibels(&spoken) - decibels(&rest);
            assert!((8.0..13.0).contains(&whole), "{text}, seed {seed}: {whole} dB");
            for word in words(&voice) {
                let word = decibels(&voice[word.clone()]) - decibels(&rest[word]);
                assert!(word > 5.0, "{text}, seed {seed}: {word} dB");
            }
            let first = words(&voice).next().unwrap().start;
            let before = decibels(&spoken) - decibels(&rest[..first]);
            assert!(before < 26.0, "{text}, seed {seed}: {before} dB");
        }
    }
}

fn cases() -> impl Iterator<Item = (u64, &'static str)> {
    (0..4).flat_map(|seed| TEXTS.map(|text| (seed, text)))
}

/// Mean power of a sound in dB.
fn decibels(sound: &[f32]) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a few seconds of samples")]
    let power = sound.iter().map(|it| it * it).sum::<f32>() / sound.len() as f32;
    10.0 * power.log10()
}

fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// The samples of the encoded file, from -1 to 1.
fn played(text: &str, language: Language, seed: u64) -> Vec<f32> {
    let audio = Audio::speak(text, language, &mut seeded(seed));
    audio.wav()[Audio::HEADER..].iter().map(|it| (f32::from(*it) - 128.0) / 127.0).collect()
}

/// Ranges of the words, separated by silences longer than any within a word.
fn words(voice: &[f32]) -> impl Iterator<Item = Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, _) in voice.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        match words.last_mut().filter(|word| at - word.end < 790) {
            Some(word) => word.end = at + 1,
            None => words.push(at..at + 1),
        }
    }
    words.into_iter()
}

/// Spectrograms of every recording at several pitches.
struct Listener {
    known: Vec<(char, Picture)>,
}

type Picture = Vec<f32>;

impl Listener {
    fn new(language: Language) -> Self {
        let mut known = Vec::new();
        for character in Alphabet::CHARACTERS.chars() {
            let clip: Vec<_> =
                clip(character, language).iter().map(|it| f32::from(*it) / 128.0 - 1.0).collect();
            let clip = &clip[words(&clip).next().unwrap()];
            for pitch in [0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15] {
                known.push((character, picture(clip, pitch)));
            }
        }
        Self { known }
    }

    /// The character whose recording has the largest correlation with `word`.
    fn hear(&self, word: &[f32]) -> char {
        let word = picture(word, 1.0);
        let like = |known: &Picture| known.iter().zip(&word).map(|(a, b)| a * b).sum::<f32>();
        let best = self.known.iter().max_by(|a, b| like(&a.1).total_cmp(&like(&b.1)));
        best.unwrap().0
    }
}

/// Spectrogram: log power per band at evenly spaced times, with the mean subtracted, normalised to
/// a unit vector. The bands are divided by `pitch`.
fn picture(sound: &[f32], pitch: f32) -> Picture {
    const MOMENTS: usize = 24;
    const BANDS: [u16; 15] = [
        150, 270, 400, 540, 690, 860, 1_050, 1_260, 1_500, 1_770, 2_070, 2_410, 2_790, 3_200, 3_600,
    ];
    const WINDOW: usize = 200;
    let mut picture = Vec::new();
    for moment in 0..MOMENTS {
        let start = sound.len().saturating_sub(WINDOW) * moment / (MOMENTS - 1);
        let frame = &sound[start..sound.len().min(start + WINDOW)];
        for edges in BANDS.windows(2) {
            let (low, high) = (f32::from(edges[0]), f32::from(edges[1]));
            let powers = [0.125, 0.375, 0.625, 0.875]
                .map(|part| power(frame, (low + (high - low) * part) / pitch));
            picture.push((powers.iter().sum::<f32>() + 1e-5).ln());
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred values")]
    let mean = picture.iter().sum::<f32>() / picture.len() as f32;
    let long = picture.iter().map(|it| (it - mean).powi(2)).sum::<f32>().sqrt();
    picture.iter().map(|it| (it - mean) / long).collect()
}

/// Power of one frequency, by the Goertzel algorithm.
fn power(frame: &[f32], frequency: f32) -> f32 {
    let turn = 2.0 * (TAU * frequency / 8_000.0).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for (index, value) in frame.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred samples")]
        let window = index.min(frame.len() - index) as f32 / 10_000.0;
        (last, before) = (window * value + turn * last - before, last);
    }
    last * last + before * before - turn * last * before
}
