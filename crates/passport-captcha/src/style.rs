//! Styles: how pictures look.

mod family;
mod finish;
mod glyph_transform;
mod palette;
mod patterned;
mod screen;
mod spot_function;

use std::fmt;

pub use family::StyleFamily;
pub(crate) use finish::{Finish, Finishes};
pub(crate) use glyph_transform::GlyphTransform;
pub use palette::Theme;
pub(crate) use palette::{Palette, blend};
pub use patterned::Pattern;
pub(crate) use patterned::Patterned;
pub(crate) use screen::{Screen, ScreenMask};
use spot_function::SpotFunction;

use crate::layout::line;

/// Look of pictures: ranges from which each picture samples its parameters.
///
/// [`Style::calm`] is easy for people and programs alike. [`Style::new`] and the styles of a
/// [`StyleFamily`] have a pattern, which programs that were not made for them cannot read.
#[derive(Clone, PartialEq)]
pub struct Style {
    pub(crate) look: Look,
    pub(crate) palette: Palette,
}

/// What a style draws.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Look {
    /// One line of plain letters.
    Calm,
    /// Rows of distorted letters below a pattern.
    Patterned(Box<Patterned>),
}

impl Style {
    /// The calm style: one line of plain capitals and digits on an empty ground, in quiet colours.
    ///
    /// The letters of a picture have one typeface out of a few, with the feature `classic` also that
    /// of the crate `captcha`. The style has no key, because it hides nothing from programs.
    #[must_use]
    pub const fn calm() -> Self {
        Self { look: Look::Calm, palette: Palette::CALM }
    }

    /// The plain style with this pattern: random faces, dark blue ink on white, no screen.
    #[must_use]
    pub fn new(pattern: Pattern) -> Self {
        Patterned::plain(pattern).in_colours(Palette::PLAIN)
    }

    /// [`Style::new`] with [`Pattern::Bands`] and the typeface of the crate `captcha`.
    #[cfg(feature = "classic")]
    #[must_use]
    pub fn classic() -> Self {
        Patterned::plain(Pattern::Bands).classic().in_colours(Palette::PLAIN)
    }

    /// The pattern of the style; `None` for the calm one.
    pub fn pattern(&self) -> Option<Pattern> {
        match &self.look {
            Look::Calm => None,
            Look::Patterned(patterned) => Some(patterned.pattern),
        }
    }

    /// Width and height in pixels of a page at which a text of `length` characters is easy to read,
    /// the default of [`Captcha::size`](crate::Captcha::size).
    #[must_use]
    pub fn size(&self, length: usize) -> (u32, u32) {
        match &self.look {
            Look::Calm => line::size(length),
            Look::Patterned(_) => Patterned::SIZE,
        }
    }

    /// Sets the colours of ink and ground in the light theme. The dark theme swaps them.
    ///
    /// The contrast is not checked. The colours of [`Style::calm`] and of a [`StyleFamily`] have a
    /// contrast ratio of at least 7 (WCAG 2).
    #[must_use]
    pub fn colours(mut self, ink: [u8; 3], ground: [u8; 3]) -> Self {
        self.palette = Palette::swapping(ink, ground);
        self
    }
}

/// Shows the pattern only, because the other parameters could be used to draw training pictures.
impl fmt::Debug for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Style").field("pattern", &self.pattern()).finish_non_exhaustive()
    }
}
