use passport_auth::{
    BoxError, ChallengeRenderer, ChallengeSeed, Difficulty, Locale, Picture, Sound,
};
use passport_captcha::{Alphabet, Captcha, Language, Level, TextError};
use passport_codes::Code;

use super::style_rotation::StyleRotation;

/// Draws and speaks challenges with `passport-captcha`.
#[derive(Debug)]
pub(crate) struct CaptchaRenderer {
    length: usize,
    level: Level,
    styles: StyleRotation,
}

impl CaptchaRenderer {
    /// Renders `length` characters in `styles`, at `level` while the difficulty is usual.
    pub(crate) fn new(length: usize, level: Level, styles: StyleRotation) -> Self {
        Self { length, level, styles }
    }

    /// The captcha of `seed`. Image and sound are both made from it, so they have the same text.
    fn captcha(&self, seed: &ChallengeSeed) -> Result<Captcha, TextError> {
        Ok(Captcha::new(&self.text(seed))?.level(self.level_of(seed.difficulty())))
    }

    fn level_of(&self, difficulty: Difficulty) -> Level {
        match difficulty {
            Difficulty::Usual => self.level,
            Difficulty::Raised => self.level.harder(),
            Difficulty::High => self.level.harder().harder(),
        }
    }

    /// The text of `seed`, in normal form because the alphabet is.
    fn text(&self, seed: &ChallengeSeed) -> String {
        Alphabet::sample(&mut seed.rng("answer"), self.length)
            .expect("settings are within the bounds of a text")
    }
}

impl ChallengeRenderer for CaptchaRenderer {
    fn answer(&self, seed: &ChallengeSeed) -> Code {
        Code::from_text(self.text(seed))
    }

    fn draw(&self, seed: &ChallengeSeed) -> Result<Picture, BoxError> {
        let mut rng = seed.rng("picture");
        let family = self.styles.at(seed.made_at());
        let picture = self.captcha(seed)?.render(family.choose(&mut rng), &mut rng)?;
        Ok(Picture { media_type: picture.media_type(), bytes: picture.into_png() })
    }

    fn speak(&self, seed: &ChallengeSeed, language: Locale) -> Result<Sound, BoxError> {
        let (part, language) = match language {
            Locale::ZhHans | Locale::ZhHant => ("sound zh", Language::Chinese),
            Locale::En => ("sound en", Language::English),
        };
        let sound = self.captcha(seed)?.speak(language, &mut seed.rng(part));
        Ok(Sound { media_type: sound.media_type(), bytes: sound.into_wav() })
    }

    fn normalise(&self, guess: &str) -> String {
        Alphabet::normalise(guess)
    }
}

#[cfg(test)]
mod tests;
