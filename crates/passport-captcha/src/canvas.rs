//! Anti-aliased polygon rasterizer that accumulates signed areas, with even-odd fill.

/// A point in pixels; the y axis points down.
pub(crate) type Point = (f32, f32);

/// Coverage of a completely covered pixel.
///
/// Even-odd fill: 128 + 128 wraps to 0 in a `u8`, so an area covered twice is empty.
pub(crate) const FULL_COVERAGE: u8 = 128;

/// Extra rows below the frame, because a line on the lower edge also changes the rows after it.
const BELOW: usize = 2;

/// Accumulates the coverage of polygons.
///
/// A line adds to each pixel the difference between the coverage of this pixel and of the pixel
/// above. The running sum down a column is then the coverage. This needs no sorting of lines, takes
/// one byte per pixel, and sums whole rows at a time.
#[derive(Debug)]
pub(crate) struct Canvas {
    width: usize,
    /// Lower right corner of the frame.
    end: FixedPoint,
    /// Coverage differences of all pixels, row by row.
    changes: Vec<u8>,
}

impl Canvas {
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let end = FixedPoint::of((width.into(), height.into()));
        let (width, height) = (usize::from(width), usize::from(height));
        Self { width, end, changes: vec![0; width * (height + BELOW)] }
    }

    /// Adds a closed polygon, clipped at the frame.
    pub(crate) fn polygon(&mut self, points: &[Point]) {
        let Some(last) = points.last() else { return };
        let mut from = FixedPoint::of(*last);
        for to in points {
            let to = FixedPoint::of(*to);
            self.add_line(from, to);
            from = to;
        }
    }

    /// Adds one line of a closed polygon.
    pub(crate) fn line(&mut self, from: Point, to: Point) {
        self.add_line(FixedPoint::of(from), FixedPoint::of(to));
    }

    /// Calls `each` once per row, from the top, with the coverage of the row's pixels.
    pub(crate) fn rows(&self, mut each: impl FnMut(&[u8])) {
        let mut sums = vec![0_u8; self.width];
        let mut coverage = vec![0_u8; self.width];
        let frame = self.changes.len() - BELOW * self.width;
        for changes in self.changes[..frame].chunks_exact(self.width) {
            for ((sum, coverage), change) in sums.iter_mut().zip(&mut coverage).zip(changes) {
                *sum = sum.wrapping_add(*change);
                // Even-odd rule: the distance of the sum to the nearest even winding number.
                *coverage = (*sum).min(sum.wrapping_neg());
            }
            each(&coverage);
        }
    }

    /// Splits a line at the columns of pixels and adds each part.
    fn add_line(&mut self, from: FixedPoint, to: FixedPoint) {
        let (sign, left, right) = if from.x < to.x { (1, from, to) } else { (-1, to, from) };
        let (mut x, end) = (left.x.max(0), right.x.min(self.end.x));
        // Vertical lines are skipped too, because they change no coverage.
        if x >= end || left.y.min(right.y) >= self.end.y {
            return;
        }
        let slope = (right.y - left.y) / (right.x - left.x);
        let mut y = left.y + slope * (x - left.x);
        while x < end {
            let next = end.min((x / FixedPoint::COLUMN + 1) * FixedPoint::COLUMN);
            let below = y + slope * (next - x);
            self.add_within_column(x / FixedPoint::COLUMN, (y, below), sign * (next - x));
            (x, y) = (next, below);
        }
    }

    /// Adds the part of a line within one column; `amount` is its horizontal extent.
    fn add_within_column(&mut self, column: i64, (from, to): (i64, i64), amount: i64) {
        let (from, to) = (from.clamp(0, self.end.y), to.clamp(0, self.end.y));
        let row = from / FixedPoint::ROW;
        if row == to / FixedPoint::ROW {
            let lower =
                amount * (from % FixedPoint::ROW + to % FixedPoint::ROW) / (2 * FixedPoint::ROW);
            self.add(row, column, amount - lower);
            self.add(row + 1, column, lower);
        } else {
            self.add_steep(column, from.min(to), from.max(to), amount);
        }
    }

    /// Adds the part of a line that crosses several rows, from `low` to `high`.
    fn add_steep(&mut self, column: i64, low: i64, high: i64, amount: i64) {
        const FRACTION: i64 = 1 << 16;
        let (first, last) = (low / FixedPoint::ROW, high / FixedPoint::ROW);
        // Horizontal extent of the line per row.
        let per_row = amount * FRACTION * FixedPoint::ROW / (high - low);
        let triangle =
            |tall| per_row * tall / FixedPoint::ROW * tall / (2 * FixedPoint::ROW) / FRACTION;
        let head = FixedPoint::ROW - low % FixedPoint::ROW;
        let mut before = 0;
        let mut cover = |row, coverage| {
            self.add(row, column, coverage - before);
            before = coverage;
        };
        cover(first, triangle(head));
        let mut coverage = per_row / 2 + per_row * head / FixedPoint::ROW;
        for row in first + 1..last {
            cover(row, coverage / FRACTION);
            coverage += per_row;
        }
        cover(last, amount - triangle(high % FixedPoint::ROW));
        cover(last + 1, amount);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums wrap around")]
    fn add(&mut self, row: i64, column: i64, amount: i64) {
        let change = &mut self.changes[row as usize * self.width + column as usize];
        *change = change.wrapping_add(amount as u8);
    }
}

/// A point in fixed-point coordinates.
#[derive(Debug, Clone, Copy)]
struct FixedPoint {
    x: i64,
    y: i64,
}

impl FixedPoint {
    /// Units per pixel horizontally: the coverage of a pixel, because a line changes the coverage
    /// by the part of the column that it crosses.
    const COLUMN: i64 = FULL_COVERAGE as i64;
    /// Units per pixel vertically.
    const ROW: i64 = 1 << 24;
    /// Largest coordinate in pixels, so that products fit into an `i64`.
    const LIMIT: f32 = 8_192.0;

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounded")]
    fn of((x, y): Point) -> Self {
        let within = |it: f32| it.clamp(-Self::LIMIT, Self::LIMIT);
        Self {
            x: (within(x) * Self::COLUMN as f32) as i64,
            y: (within(y) * Self::ROW as f32) as i64,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

    use super::*;

    /// Sum of the coverage of all pixels, in pixels.
    fn total(points: &[Point]) -> f32 {
        let mut canvas = Canvas::new(6, 4);
        canvas.polygon(points);
        let mut total = 0.0;
        canvas.rows(|row| {
            total += row.iter().map(|pixel| f32::from(*pixel)).sum::<f32>();
        });
        total / f32::from(FULL_COVERAGE)
    }

    #[test]
    fn covers_as_much_as_the_area() {
        let square = [(1.5, 1.25), (1.5, 3.0), (4.0, 3.0), (4.0, 1.25)];
        assert!((total(&square) - 2.5 * 1.75).abs() < 1e-4);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for _ in 0..10_000 {
            // Flat, steep and tiny triangles.
            let size = (rng.random::<f32>(), rng.random::<f32>());
            let [a, b, c] = [(); 3]
                .map(|()| (6.0 * size.0 * rng.random::<f32>(), 4.0 * size.1 * rng.random::<f32>()));
            let area = 0.5 * ((b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)).abs();
            let total = total(&[a, b, c]);
            assert!((total - area).abs() < 0.08, "{total} {area}: {a:?} {b:?} {c:?}");
        }
    }

    #[test]
    fn areas_covered_twice_are_empty() {
        let square = [(1.0, 1.0), (1.0, 3.0), (4.0, 3.0), (4.0, 1.0)];
        assert!(total(&[square, square].concat()).abs() < 1e-4);
        assert!((total(&[square, square, square].concat()) - 6.0).abs() < 1e-4);
    }

    #[test]
    fn polygons_are_clipped_at_the_frame() {
        let around = [(-9.0, -9.0), (-9.0, 20.0), (30.0, 20.0), (30.0, -9.0)];
        assert!((total(&around) - 24.0).abs() < 1e-3);
        // Half of the frame, cut off by a line that enters and leaves the frame.
        let across = [(-6.0, -4.0), (12.0, 8.0), (12.0, -4.0)];
        assert!((total(&across) - 12.0).abs() < 0.03, "{}", total(&across));
        for far in [f32::NAN, f32::INFINITY, f32::MAX, -f32::MAX] {
            total(&[(far, 0.0), (3.0, far), (far, far), (1.0, 2.0)]);
        }
    }
}
