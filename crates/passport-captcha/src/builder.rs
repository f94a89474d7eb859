use std::{error::Error, fmt};

use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

use crate::{Alphabet, Level, Picture, raster::Scene};

/// A text to be drawn: the answer, and how its picture shall look.
///
/// ```
/// # use passport_captcha::{Captcha, Level};
/// let captcha = Captcha::new("K7MXP")?.level(Level::Hard).size(240, 96);
/// # Ok::<(), passport_captcha::TextError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Captcha {
    text: String,
    size: (u32, u32),
    level: Level,
}

impl Captcha {
    /// No text may be longer than this, however wide the picture.
    pub const MAX_LENGTH: usize = 12;
    /// Width and height that a picture has at least; below this nobody can read it.
    pub const MIN_SIZE: (u32, u32) = (48, 32);
    /// Width and height that a picture has at most; this bounds memory and time.
    pub const MAX_SIZE: (u32, u32) = (1024, 512);
    /// Width and height unless [`size`](Self::size) says otherwise.
    pub const DEFAULT_SIZE: (u32, u32) = (200, 80);
    /// Pixels of width that a character needs.
    pub const WIDTH_PER_CHARACTER: u32 = 24;

    /// Takes the text to be drawn, which is the answer as [`Alphabet::normalise`] would give it.
    ///
    /// # Errors
    ///
    /// The text is empty, longer than [`MAX_LENGTH`](Self::MAX_LENGTH), or has a character that
    /// the [`Alphabet`] has not.
    pub fn new(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        let length = text.chars().count();
        if length > Self::MAX_LENGTH {
            return Err(TextError::TooLong { length });
        }
        if let Some(character) = text.chars().find(|c| !Alphabet::contains(*c)) {
            return Err(TextError::OutsideAlphabet { character });
        }
        Ok(Self { text: text.to_owned(), size: Self::DEFAULT_SIZE, level: Level::default() })
    }

    /// Sets the size of the picture in pixels; [`render`](Self::render) checks it.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    /// Sets how much the picture resists reading; [`Level::Medium`] if never called.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The answer, to be compared with a guess after [`Alphabet::normalise`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Draws the picture.
    ///
    /// It depends on the text, size, level and the 32 bytes that are taken from `rng`, and on
    /// nothing else: with the same versions of the dependencies, a seed gives the same bytes.
    /// This is about a millisecond of pure computation at the default size, plus some
    /// milliseconds at the first call in a process.
    ///
    /// # Errors
    ///
    /// The size is not between [`MIN_SIZE`](Self::MIN_SIZE) and [`MAX_SIZE`](Self::MAX_SIZE), or
    /// the text needs more width.
    pub fn render<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<Picture, RenderError> {
        let size = self.checked_size()?;
        let mut rng = Xoshiro256PlusPlus::from_rng(rng);
        let scene = Scene::draw(&self.text, size, &self.level.parameters(), &mut rng)
            .map_err(|character| RenderError::NoGlyph { character })?;
        Picture::encode(size, &scene.shades()).map_err(|e| RenderError::Encoding(Box::new(e)))
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
            .finish_non_exhaustive()
    }
}

/// Why a text cannot be drawn at any size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// There is nothing to draw.
    #[error("text is empty")]
    Empty,
    /// The text is longer than [`Captcha::MAX_LENGTH`].
    #[error("text has {length} characters, at most {} are allowed", Captcha::MAX_LENGTH)]
    TooLong {
        /// Characters of the text.
        length: usize,
    },
    /// A character is not in [`Alphabet::CHARACTERS`].
    #[error("character {character:?} is none of {}", Alphabet::CHARACTERS)]
    OutsideAlphabet {
        /// The first such character.
        character: char,
    },
}

/// Why a picture could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The size is outside [`Captcha::MIN_SIZE`] and [`Captcha::MAX_SIZE`].
    #[error(
        "size {width}x{height} is not between {}x{} and {}x{}",
        Captcha::MIN_SIZE.0, Captcha::MIN_SIZE.1, Captcha::MAX_SIZE.0, Captcha::MAX_SIZE.1
    )]
    Size {
        /// The width that was asked for.
        width: u32,
        /// The height that was asked for.
        height: u32,
    },
    /// The letters would be too narrow to read.
    #[error("text has {length} characters, at most {longest} fit into a width of {width}")]
    TextTooWide {
        /// Characters of the text.
        length: usize,
        /// The width that was asked for.
        width: u32,
        /// The longest text for this width.
        longest: usize,
    },
    /// The typeface lacks a character of the alphabet; a test keeps this from happening.
    #[error("typeface has no {character:?}")]
    NoGlyph {
        /// The character without a drawing.
        character: char,
    },
    /// The PNG encoder failed.
    #[error("picture could not be encoded")]
    Encoding(#[source] Box<dyn Error + Send + Sync>),
}
