use crate::{Alphabet, Captcha};

/// Reason why a text cannot be drawn at any size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The text is empty.
    #[error("text is empty")]
    Empty,
    /// The text is longer than [`Captcha::MAX_LENGTH`].
    #[error("text has {length} characters, at most {} are allowed", Captcha::MAX_LENGTH)]
    TooLong {
        /// Number of characters in the text.
        length: usize,
    },
    /// A character is not in [`Alphabet::CHARACTERS`].
    #[error("character {character:?} is not one of {}", Alphabet::CHARACTERS)]
    OutsideAlphabet {
        /// First character outside the alphabet.
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

/// Reason why a picture could not be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The size is not between [`Captcha::MIN_SIZE`] and [`Captcha::MAX_SIZE`].
    #[error(
        "size {width}x{height} is not between {}x{} and {}x{}",
        Captcha::MIN_SIZE.0, Captcha::MIN_SIZE.1, Captcha::MAX_SIZE.0, Captcha::MAX_SIZE.1
    )]
    Size {
        /// Requested width in pixels.
        width: u32,
        /// Requested height in pixels.
        height: u32,
    },
    /// The letters would be too narrow to read.
    #[error("text has {length} characters, at most {longest} fit into a width of {width}")]
    TextTooWide {
        /// Number of characters in the text.
        length: usize,
        /// Requested width in pixels.
        width: u32,
        /// Largest number of characters for this width.
        longest: usize,
    },
}
