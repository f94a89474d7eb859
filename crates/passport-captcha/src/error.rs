use crate::{Alphabet, Captcha};

/// Why a text cannot be drawn at any size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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

impl TextError {
    pub(crate) fn check_length(length: usize) -> Result<(), Self> {
        match length {
            0 => Err(Self::Empty),
            1..=Captcha::MAX_LENGTH => Ok(()),
            _ => Err(Self::TooLong { length }),
        }
    }
}

/// Why a picture could not be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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
}
