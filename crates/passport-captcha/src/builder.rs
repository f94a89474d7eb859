use std::fmt;

use rand::{CryptoRng, Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

use crate::{
    Alphabet, Audio, Language, Picture, RenderError, Style, TextError, Theme, picture, scene::Scene,
};

/// A captcha: the text (the answer), and the settings of its picture except for the style.
///
/// ```
/// # use passport_captcha::{Captcha, Style, Theme};
/// let captcha = Captcha::new("K4MRP")?.theme(Theme::Dark).scale(2);
/// let picture = captcha.render(&Style::calm(), &mut rand::rng())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Captcha {
    text: String,
    size: Option<(u32, u32)>,
    scale: u32,
    theme: Theme,
}

impl Captcha {
    /// Maximum number of characters for any size of picture. The default size of patterned styles has
    /// room for ten.
    pub const MAX_LENGTH: usize = 12;
    /// Minimum width and height in pixels, because smaller pictures are unreadable.
    pub const MIN_SIZE: (u32, u32) = (64, 48);
    /// Maximum width and height in pixels, which bounds memory and time.
    pub const MAX_SIZE: (u32, u32) = (1024, 512);
    /// Required width of the picture per character of the text, in pixels.
    pub const WIDTH_PER_CHARACTER: u32 = 16;

    /// Creates a captcha with this text, which must be in the normal form of
    /// [`Alphabet::normalise`].
    ///
    /// # Errors
    ///
    /// The text is empty, longer than [`MAX_LENGTH`](Self::MAX_LENGTH), or contains a character
    /// outside the [`Alphabet`].
    pub fn new(text: &str) -> Result<Self, TextError> {
        TextError::check_length(text.chars().count())?;
        if let Some(character) = text.chars().find(|c| !Alphabet::contains(*c)) {
            return Err(TextError::OutsideAlphabet { character });
        }
        Ok(Self { text: text.to_owned(), size: None, scale: 1, theme: Theme::default() })
    }

    /// Creates a captcha with a random text of `length` characters from [`Alphabet::sample`].
    ///
    /// # Errors
    ///
    /// `length` is 0 or more than [`MAX_LENGTH`](Self::MAX_LENGTH).
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R, length: usize) -> Result<Self, TextError> {
        Self::new(&Alphabet::sample(rng, length)?)
    }

    /// Sets the size of the picture in pixels of a page. The default is [`Style::size`].
    /// [`render`](Self::render) checks the bounds.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.size = Some((width, height));
        self
    }

    /// Sets how many pixels of the picture stand for one of the page, in each direction. The default
    /// is 1. With 2 a picture is sharp on dense screens too, if the page shows it at half its width.
    #[must_use]
    pub fn scale(mut self, scale: u32) -> Self {
        self.scale = scale;
        self
    }

    /// Sets the theme. The default is [`Theme::Light`].
    #[must_use]
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// The answer. Pass guesses through [`Alphabet::normalise`] before comparing.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Draws the picture in `style`: [`Style::calm`], or one that is chosen from the
    /// [`StyleFamily`](crate::StyleFamily) of the deployment.
    ///
    /// The picture depends only on the text, the settings, the style and 32 bytes from `rng`: with the same
    /// versions of the dependencies, the same seed gives the same bytes. The theme changes the colours
    /// only. Rendering is pure computation and takes about 0.05 ms at the default size.
    ///
    /// # Errors
    ///
    /// The size is not between [`MIN_SIZE`](Self::MIN_SIZE) and [`MAX_SIZE`](Self::MAX_SIZE), or
    /// too narrow for the text. Both are checked after scaling.
    pub fn render<R: Rng + ?Sized>(
        &self,
        style: &Style,
        rng: &mut R,
    ) -> Result<Picture, RenderError> {
        let (size, scene) = self.draw(style, rng)?;
        Ok(Picture::encode(size, &scene, style.palette, self.theme))
    }

    /// Draws the picture of [`render`](Self::render) as pixels for another encoder: one gray byte
    /// per pixel, row by row without padding. The shades are 0, 85, 170 and 255, in the light theme
    /// from ink to ground. The colours of the style are not used.
    ///
    /// # Errors
    ///
    /// As for [`render`](Self::render).
    pub fn render_luma<R: Rng + ?Sized>(
        &self,
        style: &Style,
        rng: &mut R,
    ) -> Result<Vec<u8>, RenderError> {
        let (size, scene) = self.draw(style, rng)?;
        Ok(picture::luma(size, &scene, self.theme))
    }

    /// Speaks the text in one file of about one second per character.
    ///
    /// The sound depends only on the text, the language and 32 bytes from `rng`. Computing it takes
    /// about 0.25 ms.
    pub fn speak<R: Rng + ?Sized>(&self, language: Language, rng: &mut R) -> Audio {
        Audio::speak(&self.text, language, &mut Xoshiro256PlusPlus::from_rng(rng))
    }

    fn draw<R: Rng + ?Sized>(
        &self,
        style: &Style,
        rng: &mut R,
    ) -> Result<((u16, u16), Scene), RenderError> {
        let size = self.checked_size(style)?;
        let mut rng = Xoshiro256PlusPlus::from_rng(rng);
        Ok((size, Scene::draw(&self.text, size, &style.look, &mut rng)))
    }

    fn checked_size(&self, style: &Style) -> Result<(u16, u16), RenderError> {
        let (width, height) = self.size.unwrap_or_else(|| style.size(self.text.len()));
        let scaled = |pixels: u32| pixels.saturating_mul(self.scale);
        let (width, height) = (scaled(width), scaled(height));
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

/// Omits the answer, so that logs do not contain it.
impl fmt::Debug for Captcha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captcha")
            .field("size", &self.size)
            .field("scale", &self.scale)
            .field("theme", &self.theme)
            .finish_non_exhaustive()
    }
}
