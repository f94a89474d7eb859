//! Coverage of polygons, by accumulation of signed areas.

/// A point in pixels; y points down.
pub(crate) type Point = (f32, f32);

/// The coverage of a pixel that is covered whole.
///
/// What is covered twice is not covered, and twice this is what a byte does not hold: sums wrap
/// around just where windings do.
pub(crate) const WHOLE: u8 = 128;

/// Rows below the frame, for the changes that lines on its lower edge make.
const BELOW: usize = 2;

/// Sums, for every pixel, how much of it lies below the lines drawn so far.
///
/// Lines add to a pixel the change they make to its coverage; the running sum down a column is
/// then the coverage itself. No sorting, no buckets, a byte a pixel, and whole rows are summed up
/// at once.
#[derive(Debug)]
pub(crate) struct Canvas {
    width: usize,
    /// The lower right corner.
    end: Place,
    /// Row by row.
    changes: Vec<u8>,
}

impl Canvas {
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let end = Place::of((width.into(), height.into()));
        let (width, height) = (usize::from(width), usize::from(height));
        Self { width, end, changes: vec![0; width * (height + BELOW)] }
    }

    /// Adds a closed polygon; what leaves the frame is cut off.
    pub(crate) fn polygon(&mut self, points: &[Point]) {
        let Some(last) = points.last() else { return };
        let mut from = Place::of(*last);
        for to in points {
            let to = Place::of(*to);
            self.between(from, to);
            from = to;
        }
    }

    /// Adds a line of a closed polygon.
    pub(crate) fn line(&mut self, from: Point, to: Point) {
        self.between(Place::of(from), Place::of(to));
    }

    /// Calls `each` with the coverage of every pixel of a row, from the top.
    pub(crate) fn rows(&self, mut each: impl FnMut(&[u8])) {
        let mut sums = vec![0_u8; self.width];
        let mut coverage = vec![0_u8; self.width];
        let frame = self.changes.len() - BELOW * self.width;
        for changes in self.changes[..frame].chunks_exact(self.width) {
            for ((sum, coverage), change) in sums.iter_mut().zip(&mut coverage).zip(changes) {
                *sum = sum.wrapping_add(*change);
                // The distance to the nearest even winding.
                *coverage = (*sum).min(sum.wrapping_neg());
            }
            each(&coverage);
        }
    }

    /// Adds a line, a column of pixels at a time.
    fn between(&mut self, from: Place, to: Place) {
        let (sign, left, right) = if from.x < to.x { (1, from, to) } else { (-1, to, from) };
        let (mut x, end) = (left.x.max(0), right.x.min(self.end.x));
        // Also leaves out upright lines, which change nothing.
        if x >= end || left.y.min(right.y) >= self.end.y {
            return;
        }
        let slope = (right.y - left.y) / (right.x - left.x);
        let mut y = left.y + slope * (x - left.x);
        while x < end {
            let next = end.min((x / Place::COLUMN + 1) * Place::COLUMN);
            let below = y + slope * (next - x);
            self.cross(x / Place::COLUMN, (y, below), sign * (next - x));
            (x, y) = (next, below);
        }
    }

    /// Adds the part of a line within a column, as wide as `amount`.
    fn cross(&mut self, column: i64, (from, to): (i64, i64), amount: i64) {
        let (from, to) = (from.clamp(0, self.end.y), to.clamp(0, self.end.y));
        let row = from / Place::ROW;
        if row == to / Place::ROW {
            let lower = amount * (from % Place::ROW + to % Place::ROW) / (2 * Place::ROW);
            self.change(row, column, amount - lower);
            self.change(row + 1, column, lower);
        } else {
            self.spread(column, from.min(to), from.max(to), amount);
        }
    }

    /// Spreads `amount` over the rows from `low` to `high`, which differ.
    fn spread(&mut self, column: i64, low: i64, high: i64, amount: i64) {
        const FINE: i64 = 1 << 16;
        let (first, last) = (low / Place::ROW, high / Place::ROW);
        // What the line crosses of the column while it goes down a row.
        let share = amount * FINE * Place::ROW / (high - low);
        let triangle = |tall| share * tall / Place::ROW * tall / (2 * Place::ROW) / FINE;
        let head = Place::ROW - low % Place::ROW;
        let mut before = 0;
        let mut cover = |row, coverage| {
            self.change(row, column, coverage - before);
            before = coverage;
        };
        cover(first, triangle(head));
        let mut coverage = share / 2 + share * head / Place::ROW;
        for row in first + 1..last {
            cover(row, coverage / FINE);
            coverage += share;
        }
        cover(last, amount - triangle(high % Place::ROW));
        cover(last + 1, amount);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums wrap around")]
    fn change(&mut self, row: i64, column: i64, amount: i64) {
        let change = &mut self.changes[row as usize * self.width + column as usize];
        *change = change.wrapping_add(amount as u8);
    }
}

/// Where a line ends, in parts of a pixel.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: i64,
    y: i64,
}

impl Place {
    /// The width of a pixel: a line changes the coverage by what it crosses of a column.
    const COLUMN: i64 = WHOLE as i64;
    /// The height of a pixel.
    const ROW: i64 = 1 << 24;
    /// Nothing is farther away than this many pixels, so that no product leaves its type.
    const FARTHEST: f32 = 8_192.0;

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounded")]
    fn of((x, y): Point) -> Self {
        let within = |it: f32| it.clamp(-Self::FARTHEST, Self::FARTHEST);
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

    /// The coverage of all pixels together, in pixels.
    fn total(points: &[Point]) -> f32 {
        let mut canvas = Canvas::new(6, 4);
        canvas.polygon(points);
        let mut total = 0.0;
        canvas.rows(|row| {
            total += row.iter().map(|pixel| f32::from(*pixel)).sum::<f32>();
        });
        total / f32::from(WHOLE)
    }

    #[test]
    fn covers_as_much_as_the_area() {
        let square = [(1.5, 1.25), (1.5, 3.0), (4.0, 3.0), (4.0, 1.25)];
        assert!((total(&square) - 2.5 * 1.75).abs() < 1e-4);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for _ in 0..10_000 {
            // Flat, steep and tiny ones.
            let size = (rng.random::<f32>(), rng.random::<f32>());
            let [a, b, c] = [(); 3]
                .map(|()| (6.0 * size.0 * rng.random::<f32>(), 4.0 * size.1 * rng.random::<f32>()));
            let area = 0.5 * ((b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)).abs();
            let total = total(&[a, b, c]);
            assert!((total - area).abs() < 0.08, "{total} {area}: {a:?} {b:?} {c:?}");
        }
    }

    #[test]
    fn what_is_covered_twice_is_not_covered() {
        let square = [(1.0, 1.0), (1.0, 3.0), (4.0, 3.0), (4.0, 1.0)];
        assert!(total(&[square, square].concat()).abs() < 1e-4);
        assert!((total(&[square, square, square].concat()) - 6.0).abs() < 1e-4);
    }

    #[test]
    fn cuts_what_leaves_the_frame() {
        let around = [(-9.0, -9.0), (-9.0, 20.0), (30.0, 20.0), (30.0, -9.0)];
        assert!((total(&around) - 24.0).abs() < 1e-3);
        // Half of the frame, by a line that comes from outside and leaves again.
        let across = [(-6.0, -4.0), (12.0, 8.0), (12.0, -4.0)];
        assert!((total(&across) - 12.0).abs() < 0.03, "{}", total(&across));
        for far in [f32::NAN, f32::INFINITY, f32::MAX, -f32::MAX] {
            total(&[(far, 0.0), (3.0, far), (far, far), (1.0, 2.0)]);
        }
    }
}
