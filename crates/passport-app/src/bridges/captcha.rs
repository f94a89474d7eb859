use passport_auth::{BoxError, ChallengeRenderer, Drawing, Picture};
use passport_captcha::{Alphabet, Captcha};
use passport_codes::Code;
use rand::CryptoRng;

/// Draws challenges with `passport-captcha`.
#[derive(Debug)]
pub(crate) struct CaptchaRenderer {
    length: usize,
}

impl CaptchaRenderer {
    /// Draws `length` characters.
    pub(crate) fn new(length: usize) -> Self {
        Self { length }
    }
}

impl ChallengeRenderer for CaptchaRenderer {
    fn draw(&self, rng: &mut dyn CryptoRng) -> Result<Drawing, BoxError> {
        let text = Alphabet::sample(rng, self.length);
        let picture = Captcha::new(&text)?.render(rng)?;
        Ok(Drawing {
            answer: Code::from_text(self.normalise(&text)),
            picture: Picture { media_type: picture.media_type(), bytes: picture.into_png() },
        })
    }

    fn normalise(&self, guess: &str) -> String {
        Alphabet::normalise(guess)
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn every_length_that_can_be_set_is_drawn() {
        let mut rng = StdRng::seed_from_u64(1);
        for length in 4..=8 {
            let drawing = CaptchaRenderer::new(length).draw(&mut rng).unwrap();
            assert_eq!(drawing.answer.expose().chars().count(), length);
        }
    }

    #[test]
    fn cap_3_case_and_width_do_not_matter() {
        let renderer = CaptchaRenderer::new(5);
        assert_eq!(renderer.normalise("ａBcＤ3"), renderer.normalise("AbCd3"));
    }
}
