use std::{fmt, sync::LazyLock};

use rand::{CryptoRng, Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

use crate::{
    Alphabet, Audio, Language, Level, Picture, RenderError, Style, StyleFamily, TextError, Theme,
    picture, scene::Scene,
};

/// What is drawn from when no style was chosen.
static COMMON: LazyLock<StyleFamily> = LazyLock::new(StyleFamily::default);

/// A text to be drawn: the answer, and how its picture shall look.
///
/// ```
/// # use passport_captcha::{Captcha, Level, StyleFamily, Theme};
/// let family = StyleFamily::derive(b"32 random bytes of the deployment, and the hour");
/// let captcha = Captcha::new("K7MXP")?
///     .style(family.choose(&mut rand::rng()))
///     .level(Level::MAX)
///     .theme(Theme::Dark)
///     .size(240, 96);
/// # Ok::<(), passport_captcha::TextError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Captcha {
    text: String,
    size: (u32, u32),
    level: Level,
    style: Option<Style>,
    theme: Theme,
}

impl Captcha {
    /// No text may be longer than this, however wide the picture; ten fit into the default size.
    pub const MAX_LENGTH: usize = 12;
    /// Width and height that a picture has at least; below this nobody can read it.
    pub const MIN_SIZE: (u32, u32) = (64, 48);
    /// Width and height that a picture has at most; this bounds memory and time.
    pub const MAX_SIZE: (u32, u32) = (1024, 512);
    /// Width and height unless [`size`](Self::size) says otherwise.
    pub const DEFAULT_SIZE: (u32, u32) = (160, 104);
    /// Pixels of width that a character needs, where two rows share it.
    pub const WIDTH_PER_CHARACTER: u32 = 16;

    /// Takes the text to be drawn, which is the answer as [`Alphabet::normalise`] would give it.
    ///
    /// # Errors
    ///
    /// The text is empty, longer than [`MAX_LENGTH`](Self::MAX_LENGTH), or has a character that
    /// the [`Alphabet`] has not.
    pub fn new(text: &str) -> Result<Self, TextError> {
        TextError::check_length(text.chars().count())?;
        if let Some(character) = text.chars().find(|c| !Alphabet::contains(*c)) {
            return Err(TextError::OutsideAlphabet { character });
        }
        Ok(Self {
            text: text.to_owned(),
            size: Self::DEFAULT_SIZE,
            level: Level::default(),
            style: None,
            theme: Theme::default(),
        })
    }

    /// Takes a text of that many characters, drawn with [`Alphabet::sample`].
    ///
    /// # Errors
    ///
    /// `length` is 0 or more than [`MAX_LENGTH`](Self::MAX_LENGTH).
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R, length: usize) -> Result<Self, TextError> {
        Self::new(&Alphabet::sample(rng, length)?)
    }

    /// Sets the size of the picture in pixels; [`render`](Self::render) checks it.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    /// Sets how much the picture resists reading; level 1 if never called.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Sets the style; if never called, each picture takes one of the family that everybody has, and
    /// that anybody can train a program on before they meet it.
    #[must_use]
    pub fn style(mut self, style: &Style) -> Self {
        self.style = Some(style.clone());
        self
    }

    /// Sets the theme; [`Theme::Light`] if never called.
    #[must_use]
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// The answer, to be compared with a guess after [`Alphabet::normalise`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Draws the picture.
    ///
    /// It depends on the text, what was set and the 32 bytes that are taken from `rng`, and on
    /// nothing else: with the same versions of the dependencies, a seed gives the same bytes.
    /// This is about a twentieth of a millisecond of pure computation at the default size.
    ///
    /// # Errors
    ///
    /// The size is not between [`MIN_SIZE`](Self::MIN_SIZE) and [`MAX_SIZE`](Self::MAX_SIZE), or
    /// the text needs more width.
    pub fn render<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<Picture, RenderError> {
        self.draw(rng, |size, scene, style| Picture::encode(size, scene, style.palette, self.theme))
    }

    /// Draws the picture of [`render`](Self::render) as one gray byte a pixel, row by row without
    /// gaps, for those who encode it themselves. There are four shades, 0, 85, 170 and 255, from
    /// ink to ground; the colours of the style play no part.
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render).
    pub fn render_luma<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<Vec<u8>, RenderError> {
        self.draw(rng, |size, scene, _| picture::luma(size, scene, self.theme))
    }

    /// Speaks the text: the same answer as the picture's, in one file of about a second a character.
    ///
    /// It depends on the text, the language and the 32 bytes that are taken from `rng`, and on
    /// nothing else. This takes about a quarter of a millisecond.
    pub fn speak<R: Rng + ?Sized>(&self, language: Language, rng: &mut R) -> Audio {
        Audio::speak(&self.text, language, &mut Xoshiro256PlusPlus::from_rng(rng))
    }

    fn draw<R: Rng + ?Sized, T>(
        &self,
        rng: &mut R,
        finish: impl FnOnce((u16, u16), &Scene, &Style) -> T,
    ) -> Result<T, RenderError> {
        let size = self.checked_size()?;
        let mut rng = Xoshiro256PlusPlus::from_rng(rng);
        let style = self.style.as_ref().unwrap_or_else(|| COMMON.choose(&mut rng));
        let scene = Scene::draw(&self.text, size, style, &self.level.strength(), &mut rng);
        Ok(finish(size, &scene, style))
    }

    fn checked_size(&self) -> Result<(u16, u16), RenderError> {
        let (width, height) = self.size;
        let fits = (Self::MIN_SIZE.0..=Self::MAX_SIZE.0).contains(&width)
            && (Self::MIN_SIZE.1..=Self::MAX_SIZE.1).contains(&height);
        let (Ok(columns), Ok(rows), true) = (width.try_into(), height.try_into(), fits) else {
            return Err(RenderError::Size { width, height });
        };
        let longest = (width / Self::WIDTH_PER_CHARACTER) as usize;
        let length = self.text.len();
        if length > longest {
            return Err(RenderError::TextTooWide { length, width, longest });
        }
        Ok((columns, rows))
    }
}

/// Hides the answer: logs must not collect them.
impl fmt::Debug for Captcha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captcha")
            .field("size", &self.size)
            .field("level", &self.level)
            .field("theme", &self.theme)
            .finish_non_exhaustive()
    }
}
