use super::{Finishes, GlyphTransform, Look, Palette, Screen, Style};
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

/// Parameters of a style with a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Patterned {
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
}

impl Patterned {
    /// Width and height of a picture in pixels of a page.
    pub(crate) const SIZE: (u32, u32) = (160, 104);

    /// Random faces, no screen.
    pub(crate) fn plain(pattern: Pattern) -> Self {
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
        }
    }

    /// The same with the typeface of the crate `captcha`.
    #[cfg(feature = "classic")]
    pub(crate) fn classic(self) -> Self {
        Self { typeface: Typeface::CLASSIC, ..self }
    }

    pub(crate) fn in_colours(self, palette: Palette) -> Style {
        Style { look: Look::Patterned(Box::new(self)), palette }
    }
}
