//! Spoken captchas: recorded characters with varied pace and pitch, over reversed speech and noise.

#[cfg(test)]
mod tests;
mod voices;

use std::{fmt, time::Duration};

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::Alphabet;

/// Sample rate in Hz.
const RATE: u32 = 8_000;
/// Grain size of the granular synthesis in samples: 30 ms.
const GRAIN: usize = 240;
/// Distance between the starts of two grains in samples.
const HOP: usize = GRAIN / 2;
/// Minimum duration of a character in samples: 0.45 s.
const SHORTEST: usize = 3_600;

/// Language of a spoken captcha. Letters have their English names in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Digits in Mandarin, letters in English.
    Chinese,
    /// Digits and letters in English.
    English,
}

/// A spoken captcha: one WAV file, mono, 8 bits per sample, sample rate 8 kHz.
#[derive(Clone, PartialEq, Eq)]
pub struct Audio {
    wav: Vec<u8>,
}

impl Audio {
    /// Media type of the file, for the header `Content-Type`.
    pub const MEDIA_TYPE: &'static str = "audio/wav";
    const HEADER: usize = 44;

    pub(crate) fn speak(text: &str, language: Language, rng: &mut Xoshiro256PlusPlus) -> Self {
        let mut sound = voice(text, language, rng);
        add_background(&mut sound, language, rng);
        Self { wav: wav(&sound) }
    }

    /// The WAV file.
    #[must_use]
    pub fn wav(&self) -> &[u8] {
        &self.wav
    }

    /// The WAV file, without a copy.
    #[must_use]
    pub fn into_wav(self) -> Vec<u8> {
        self.wav
    }

    /// [`MEDIA_TYPE`](Self::MEDIA_TYPE) as a method.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        Self::MEDIA_TYPE
    }

    /// Playing time.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_secs((self.wav.len() - Self::HEADER) as u64) / RATE
    }
}

/// Shows the length only, because the samples are the answer.
impl fmt::Debug for Audio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audio").field("bytes", &self.wav.len()).finish_non_exhaustive()
    }
}

/// The characters in order, with a pause before and after each.
fn voice(text: &str, language: Language, rng: &mut Xoshiro256PlusPlus) -> Vec<f32> {
    let mut sound = vec![0.0; pause(rng)];
    for character in text.chars() {
        let start = sound.len();
        append_character(&mut sound, clip(character, language), rng);
        let end = sound.len().max(start + SHORTEST) + pause(rng);
        sound.resize(end, 0.0);
    }
    sound
}

/// Random pause in samples: 0.1 to 0.3 s.
fn pause(rng: &mut Xoshiro256PlusPlus) -> usize {
    rng.random_range(800..2_400)
}

/// The recording of a character; empty for a character outside the alphabet.
fn clip(character: char, language: Language) -> &'static [u8] {
    let lengths = voices::LENGTHS.map(|it| it.map(usize::from));
    let (before, lengths) = match language {
        Language::Chinese => (0, lengths[0]),
        Language::English => (lengths[0].iter().sum(), lengths[1]),
    };
    let place = Alphabet::CHARACTERS.find(character).filter(|place| *place < lengths.len());
    let Some(place) = place else { return &[] };
    let start: usize = before + lengths[..place].iter().sum::<usize>();
    voices::SAMPLES.get(start..start + lengths[place]).unwrap_or_default()
}

/// Appends a recording with random pace, pitch and loudness, by granular synthesis: the grains are
/// resampled to change the pitch, and overlap-added at a different spacing to change the pace.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "recordings are far shorter than what these types hold"
)]
fn append_character(sound: &mut Vec<f32>, clip: &[u8], rng: &mut Xoshiro256PlusPlus) {
    let (pace, loud) = (rng.random_range(0.88..1.12), rng.random_range(0.75..1.0));
    let (mut pitch, glide) = (rng.random_range(0.90..1.12), rng.random_range(-0.004..0.004));
    let start = sound.len();
    let grains = (clip.len() as f32 / pace) as usize / HOP;
    sound.resize(start + (grains + 2) * HOP, 0.0);
    for grain in 0..grains {
        let first = (grain * HOP) as f32 * pace;
        let into = &mut sound[start + grain * HOP..][..GRAIN];
        for (index, into) in into.iter_mut().enumerate() {
            let window = index.min(GRAIN - index) as f32 / HOP as f32;
            *into += window * loud * sample(clip, first + index as f32 * pitch);
        }
        pitch += glide;
    }
}

/// Linear interpolation between two samples; the result is from -1 to 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "recordings are far shorter than what these types hold"
)]
fn sample(clip: &[u8], at: f32) -> f32 {
    let place = at as usize;
    let value = |place: usize| clip.get(place).map_or(0.0, |it| (f32::from(*it) - 128.0) / 128.0);
    let (one, other) = (value(place), value(place + 1));
    one + (other - one) * (at - place as f32)
}

/// Adds the background: quiet reversed recordings of random characters, and white noise.
fn add_background(sound: &mut [f32], language: Language, rng: &mut Xoshiro256PlusPlus) {
    let mut at = 0;
    while at < sound.len() {
        let other = rng.random_range(0..Alphabet::CHARACTERS.len());
        let clip = Alphabet::CHARACTERS.chars().nth(other).map_or(&[][..], |it| clip(it, language));
        let loud = rng.random_range(0.10..0.22);
        for (into, value) in sound[at..].iter_mut().zip(clip.iter().rev()) {
            *into += loud * (f32::from(*value) - 128.0) / 128.0;
        }
        at += rng.random_range(1_200..4_000);
    }
    let hiss = rng.random_range(0.008..0.02);
    for value in sound {
        *value += rng.random_range(-hiss..hiss);
    }
}

/// Encodes a RIFF file with one `fmt ` and one `data` chunk.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stops at both ends"
)]
fn wav(sound: &[f32]) -> Vec<u8> {
    let length = u32::try_from(sound.len()).unwrap_or(u32::MAX);
    let mut wav = Vec::with_capacity(Audio::HEADER + sound.len() + 1);
    wav.extend(b"RIFF");
    wav.extend((36 + length + length % 2).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    // Format PCM, one channel. After the rates: one byte per frame, 8 bits per sample.
    wav.extend([1, 0, 1, 0]);
    wav.extend(RATE.to_le_bytes());
    wav.extend(RATE.to_le_bytes());
    wav.extend([1, 0, 8, 0]);
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    wav.extend(sound.iter().map(|value| (value * 127.0 + 128.5) as u8));
    if length % 2 == 1 {
        wav.push(0);
    }
    wav
}
