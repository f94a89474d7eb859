use passport_auth::{BoxError, ChallengeRenderer, ChallengeSeed, Drawing, Locale, Picture, Sound};
use passport_captcha::{Alphabet, Captcha, Language, Style, TextError, Theme};
use passport_codes::Code;

use crate::StyleRotation;

/// Pixels of a picture for one of the page, in each direction, so that it is sharp on dense screens.
const SCALE: u32 = 2;

/// Draws and speaks challenges with `passport-captcha`.
#[derive(Debug)]
pub struct CaptchaRenderer {
    length: usize,
    styles: Styles,
}

/// Styles of the pictures.
#[derive(Debug)]
pub enum Styles {
    /// The calm style.
    Calm,
    /// Patterned styles of the deployment.
    Patterned(StyleRotation),
}

impl CaptchaRenderer {
    /// Renders `length` characters, 4 to 8, in `styles`.
    pub fn new(length: usize, styles: Styles) -> Self {
        Self { length: length.clamp(4, 8), styles }
    }

    /// The captcha of `seed`. Image and sound are both made from it, so they have the same text.
    fn captcha(&self, seed: &ChallengeSeed) -> Result<Captcha, TextError> {
        Captcha::new(&self.text(seed))
    }

    /// The text of `seed`, in normal form because the alphabet is.
    fn text(&self, seed: &ChallengeSeed) -> String {
        Alphabet::sample(&mut seed.rng("answer"), self.length)
            .expect("4 to 8 characters are within the bounds of a text")
    }
}

/// Five characters in the calm style.
impl Default for CaptchaRenderer {
    fn default() -> Self {
        Self::new(5, Styles::Calm)
    }
}

impl ChallengeRenderer for CaptchaRenderer {
    fn answer(&self, seed: &ChallengeSeed) -> Code {
        Code::from_text(self.text(seed))
    }

    fn draw(&self, seed: &ChallengeSeed) -> Result<Drawing, BoxError> {
        let (mut rng, captcha) = (seed.rng("picture"), self.captcha(seed)?.scale(SCALE));
        let light = match &self.styles {
            Styles::Calm => captcha.render(&Style::calm(), &mut rng)?,
            Styles::Patterned(rotation) => {
                let family = rotation.at(seed.made_at());
                captcha.render(family.choose(&mut rng), &mut rng)?
            }
        };
        let dark = light.in_theme(Theme::Dark);
        let [light, dark] =
            [light, dark].map(|it| Picture { media_type: it.media_type(), bytes: it.into_png() });
        Ok(Drawing { light, dark })
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
