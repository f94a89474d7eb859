//! What makes one deployment's pictures look unlike another's.

mod family;
mod finish;
mod grain;
mod hand;
mod palette;
mod screen;

use std::fmt;

pub use family::StyleFamily;
pub(crate) use finish::{Finish, Finishes};
use grain::Grain;
pub(crate) use hand::Hand;
pub use palette::Theme;
pub(crate) use palette::{Palette, blend};
pub(crate) use screen::{Mesh, Screen};

use crate::faces::Typeface;

/// The figure over letters and ground, in which ink and ground change places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pattern {
    /// Bent parallel bands.
    Bands,
    /// Two families of bands that cross: a bent chequerboard.
    Checks,
    /// Round patches.
    Blobs,
    /// Circles around one point.
    Rings,
    /// Straight cuts, most of them steep.
    Shards,
    /// Bands with zigzag edges.
    Zigzag,
    /// Bands that spread from one point.
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

/// How pictures of one kind look: data, within which each picture draws its own parameters.
///
/// Made by [`Style::new`] or, better, by a [`StyleFamily`].
#[derive(Clone, PartialEq)]
pub struct Style {
    pub(crate) pattern: Pattern,
    pub(crate) typeface: Typeface,
    /// How much wider than high a text is drawn, at least.
    pub(crate) wide: f32,
    /// Multiplies the distance of the pattern's lines.
    pub(crate) cell: f32,
    /// Where the pattern's first line points, in turns.
    pub(crate) heading: f32,
    /// How much the pattern's lines are bent, in its cells.
    pub(crate) curl: f32,
    /// Multiplies the length of the waves on which the text lies.
    pub(crate) swell: f32,
    /// What is done to every glyph alike.
    pub(crate) hand: Hand,
    /// How letters are drawn, and how often.
    pub(crate) finishes: Finishes,
    /// The share of texts that climb instead of falling.
    pub(crate) climb: f32,
    /// How much rows are bowed, at one height of a capital from their middle.
    pub(crate) bow: f32,
    /// What everything is seen through.
    pub(crate) screen: Screen,
    pub(crate) palette: Palette,
}

impl Style {
    /// The plain style with this pattern: every face, dark blue ink on white.
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
            hand: Hand::PLAIN,
            finishes: Finishes::PLAIN,
            climb: 0.5,
            bow: 0.0,
            screen: Screen::NONE,
            palette: Palette::PLAIN,
        }
    }

    /// The style with the typeface of the crate `captcha`, which has one; else like
    /// [`Style::new`] with [`Pattern::Bands`].
    #[cfg(feature = "classic")]
    #[must_use]
    pub fn classic() -> Self {
        Self { typeface: Typeface::CLASSIC, ..Self::new(Pattern::Bands) }
    }

    /// The pattern it draws.
    pub fn pattern(&self) -> Pattern {
        self.pattern
    }

    /// Replaces the colours: ink and ground of the light theme; the dark one exchanges them.
    ///
    /// Nothing keeps you from choosing two that are hard to tell apart; the colours that a
    /// [`StyleFamily`] chooses have a contrast of 7 at least.
    #[must_use]
    pub fn colours(mut self, ink: [u8; 3], ground: [u8; 3]) -> Self {
        self.palette = Palette { ink, ground };
        self
    }
}

/// Hides the looks, which tell how to draw pictures to train on.
impl fmt::Debug for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Style").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}
