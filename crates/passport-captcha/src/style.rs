//! Styles: the parameters in which the pictures of one deployment differ from another's.

mod family;
mod finish;
mod glyph_transform;
mod palette;
mod screen;
mod spot_function;

use std::fmt;

pub use family::StyleFamily;
pub(crate) use finish::{Finish, Finishes};
pub(crate) use glyph_transform::GlyphTransform;
pub use palette::Theme;
pub(crate) use palette::{Palette, blend};
pub(crate) use screen::{Screen, ScreenMask};
use spot_function::SpotFunction;

use crate::faces::Typeface;

/// Pattern over the picture, inside which ink and ground are inverted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pattern {
    /// Curved parallel bands.
    Bands,
    /// Two sets of crossing bands, which form a curved chequerboard.
    Checks,
    /// Round patches.
    Blobs,
    /// Concentric circles.
    Rings,
    /// Shapes between straight lines, most of them steep.
    Shards,
    /// Bands with zigzag edges.
    Zigzag,
    /// Rays from one point.
    Fan,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Self; 7] = [
        Self::Bands,
        Self::Checks,
        Self::Blobs,
        Self::Rings,
        Self::Shards,
        Self::Zigzag,
        Self::Fan,
    ];
}

/// Look of pictures: ranges from which each picture samples its parameters.
///
/// [`Style::new`] creates a plain style; the styles of a [`StyleFamily`] resist programs better.
#[derive(Clone, PartialEq)]
pub struct Style {
    pub(crate) pattern: Pattern,
    pub(crate) typeface: Typeface,
    /// Minimum horizontal stretch of the text.
    pub(crate) wide: f32,
    /// Factor for the distance between the pattern's lines.
    pub(crate) cell: f32,
    /// Direction of the pattern's first line, in turns.
    pub(crate) heading: f32,
    /// Amplitude of the waves in the pattern's lines, relative to their distance.
    pub(crate) curl: f32,
    /// Factor for the wavelength of text warp and baseline shift.
    pub(crate) swell: f32,
    /// Transformation of every glyph.
    pub(crate) glyph_transform: GlyphTransform,
    /// Frequencies of the finishes of letters.
    pub(crate) finishes: Finishes,
    /// Probability that the rows rise instead of falling.
    pub(crate) climb: f32,
    /// Curvature of the rows: vertical offset at one height of a capital from the middle.
    pub(crate) bow: f32,
    /// Halftone screen over the picture.
    pub(crate) screen: Screen,
    pub(crate) palette: Palette,
}

impl Style {
    /// The plain style with this pattern: random faces, dark blue ink on white, no screen.
    #[must_use]
    pub fn new(pattern: Pattern) -> Self {
        Self {
            pattern,
            typeface: Typeface::Any,
            wide: 1.2,
            cell: 1.0,
            heading: 0.06,
            curl: 0.15,
            swell: 1.0,
            glyph_transform: GlyphTransform::PLAIN,
            finishes: Finishes::PLAIN,
            climb: 0.5,
            bow: 0.0,
            screen: Screen::NONE,
            palette: Palette::PLAIN,
        }
    }

    /// [`Style::new`] with [`Pattern::Bands`] and the typeface of the crate `captcha`.
    #[cfg(feature = "classic")]
    #[must_use]
    pub fn classic() -> Self {
        Self { typeface: Typeface::CLASSIC, ..Self::new(Pattern::Bands) }
    }

    /// The pattern of the style.
    pub fn pattern(&self) -> Pattern {
        self.pattern
    }

    /// Sets the colours of ink and ground in the light theme. The dark theme swaps them.
    ///
    /// The contrast is not checked. The colours of a [`StyleFamily`] have a contrast ratio of at
    /// least 7 (WCAG 2).
    #[must_use]
    pub fn colours(mut self, ink: [u8; 3], ground: [u8; 3]) -> Self {
        self.palette = Palette { ink, ground };
        self
    }
}

/// Shows the pattern only, because the other parameters could be used to draw training pictures.
impl fmt::Debug for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Style").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}
