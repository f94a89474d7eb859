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
    /// The height of the slices into which a letter is cut.
    pub(crate) slice: f32,
    /// How far every other slice is moved to the right, and the rest to the left.
    pub(crate) shift: f32,
}

impl Hand {
    /// Leaves glyphs as they are.
    pub(crate) const PLAIN: Self =
        Self { slant: 0.0, fall: 0.0, bend: Warp::NONE, slice: 1.0, shift: 0.0 };

    /// Calls `each` with the points of a contour as this hand writes it.
    pub(crate) fn write(&self, contour: &[(i16, i16)], mut each: impl FnMut(Point)) {
        let at = |(x, y): (i16, i16)| (f32::from(x) * 0.001, f32::from(y) * 0.001);
        let mut each = |x: f32, y: f32, shift: f32| {
            let (x, y) = self.bend.apply((x, y));
            let x = x + shift;
            each((x - self.slant * y, y + self.fall * x));
        };
        let Some(mut from) = contour.last().map(|last| at(*last)) else { return };
        for to in contour.iter().map(|point| at(*point)) {
            if self.shift > 0.0 {
                // Where the line leaves a slice, a step along the cut to where the next one is.
                let (mut slice, last) = (self.slice_of(from.1), self.slice_of(to.1));
                while slice != last {
                    let next = if slice < last { slice + 1 } else { slice - 1 };
                    let cut = f32::from(slice.max(next)) * self.slice;
                    let x = from.0 + (to.0 - from.0) * (cut - from.1) / (to.1 - from.1);
                    each(x, cut, self.shift_of(slice));
                    each(x, cut, self.shift_of(next));
                    slice = next;
                }
            }
            each(to.0, to.1, self.shift_of(self.slice_of(to.1)));
            from = to;
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a letter has few slices")]
    fn slice_of(&self, y: f32) -> i16 {
        // Whole numbers are not below zero, where rounding would go the other way.
        (y / self.slice + 64.0) as i16 - 64
    }

    fn shift_of(&self, slice: i16) -> f32 {
        if slice % 2 == 0 { self.shift } else { -self.shift }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slice moves as a whole: what is cut keeps its area, and each half its place.
    #[test]
    fn cuts_move_slices_apart() {
        let hand = Hand { slice: 0.5, shift: 0.1, ..Hand::PLAIN };
        let mut points = Vec::new();
        hand.write(&[(-100, -400), (100, -400), (100, 400), (-100, 400)], |at| points.push(at));

        let next = points.iter().cycle().skip(1);
        let area: f32 = points.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
        assert!((area / 2.0 - 0.2 * 0.8).abs() < 1e-6, "{area}");
        let upper = points.iter().filter(|(_, y)| *y < 0.0).map(|(x, _)| *x);
        assert!(upper.fold(0.0, f32::max) < 0.001);
        let lower = points.iter().filter(|(_, y)| *y > 0.0).map(|(x, _)| *x);
        assert!(lower.fold(0.0, f32::min) > -0.001);
    }
}
