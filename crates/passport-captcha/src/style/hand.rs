use crate::{canvas::Point, wave::Warp};

/// What is done to every glyph of a style alike, as if one hand had written them.
///
/// Lengths are in heights of a capital.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hand {
    /// How far a letter leans to the right over its height.
    pub(crate) slant: f32,
    /// How far its base line falls over as much.
    pub(crate) fall: f32,
    pub(crate) bend: Warp,
}

impl Hand {
    /// Leaves glyphs as they are.
    pub(crate) const PLAIN: Self = Self { slant: 0.0, fall: 0.0, bend: Warp::NONE };

    /// Calls `each` with the points of a contour as this hand writes it.
    pub(crate) fn write(&self, contour: &[(i16, i16)], mut each: impl FnMut(Point)) {
        for (x, y) in contour {
            let (x, y) = self.bend.apply((f32::from(*x) * 0.001, f32::from(*y) * 0.001));
            each((x - self.slant * y, y + self.fall * x));
        }
    }
}
