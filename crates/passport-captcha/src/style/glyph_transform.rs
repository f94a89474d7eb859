use crate::{canvas::Point, wave::Warp};

/// Transformation that a style applies to every glyph before its random distortions.
///
/// Lengths are in heights of a capital.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GlyphTransform {
    /// Horizontal shear; positive values lean to the right.
    pub(crate) slant: f32,
    /// Vertical shear; positive values lower the right side.
    pub(crate) baseline_slope: f32,
    /// Distortion of the untransformed glyph.
    pub(crate) bend: Warp,
}

impl GlyphTransform {
    /// Identity.
    pub(crate) const PLAIN: Self = Self { slant: 0.0, baseline_slope: 0.0, bend: Warp::NONE };

    /// Calls `each` with the transformed points of a contour, in heights of a capital.
    pub(crate) fn apply(&self, contour: &[(i16, i16)], mut each: impl FnMut(Point)) {
        for (x, y) in contour {
            let (x, y) = self.bend.apply((f32::from(*x) * 0.001, f32::from(*y) * 0.001));
            each((x - self.slant * y, y + self.baseline_slope * x));
        }
    }
}
