//! Coverage of polygons, by accumulation of signed areas.

use std::cmp::Ordering;

/// A point in pixels; y points down.
pub(crate) type Point = (f32, f32);

/// Sums, for every pixel, how much of it lies to the right of the lines drawn so far.
///
/// Lines add to a pixel the change they make to its coverage; the running sum of a row is then
/// the coverage itself, times the winding. No sorting, no buckets, and memory only for pixels.
#[derive(Debug)]
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    /// A row and room for what lies beyond the right edge, up to a multiple of four.
    stride: usize,
    changes: Vec<f32>,
}

impl Canvas {
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        let stride = (width + 2).next_multiple_of(4);
        Self { width, height, stride, changes: vec![0.0; stride * height] }
    }

    /// Adds a closed polygon; what leaves the frame is cut off.
    pub(crate) fn polygon(&mut self, points: &[Point]) {
        let Some(last) = points.last() else { return };
        let mut from = *last;
        for to in points {
            self.line(from, *to);
            from = *to;
        }
    }

    /// Adds a line of a closed polygon.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "everything is clamped to the frame, which u16 bounds"
    )]
    pub(crate) fn line(&mut self, from: Point, to: Point) {
        let (sign, top, bottom) = if from.1 < to.1 { (1.0, from, to) } else { (-1.0, to, from) };
        let (height, right) = (self.height as f32, self.width as f32);
        let (first, last) = (top.1.max(0.0), bottom.1.min(height));
        let slope = (bottom.0 - top.0) / (bottom.1 - top.1);
        let mut x = top.0 + (first - top.1) * slope;
        // Also leaves out what is not a number, and what is right of everything and changes nothing.
        if first.partial_cmp(&last) != Some(Ordering::Less)
            || !x.is_finite()
            || from.0.min(to.0) >= right
        {
            return;
        }
        let mut y = first;
        let stride = self.stride;
        let mut row = first as usize;
        while y < last {
            let below = last.min((row + 1) as f32);
            let tall = below - y;
            let next = x + slope * tall;
            let cells = &mut self.changes[row * stride..(row + 1) * stride];
            let (low, high) = if x < next { (x, next) } else { (next, x) };
            spread(cells, low.clamp(0.0, right), high.clamp(0.0, right), sign * tall);
            (x, y, row) = (next, below, row + 1);
        }
    }

    /// How many numbers [`sum`](Self::sum) writes.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Writes the coverage of a row: 1 where the lines wind once around, 2 where twice.
    pub(crate) fn sum(&self, row: usize, into: &mut [f32]) {
        let changes = &self.changes[row * self.stride..(row + 1) * self.stride];
        let mut sum = 0.0;
        // Four at a time, so that only one addition of them waits for the one before.
        for (into, change) in into.chunks_exact_mut(4).zip(changes.chunks_exact(4)) {
            let two = change[0] + change[1];
            let three = two + change[2];
            let four = three + change[3];
            into.copy_from_slice(&[sum + change[0], sum + two, sum + three, sum + four]);
            sum += four;
        }
    }
}

/// Spreads the change `amount` over the pixels that a line from `low` to `high` crosses in a row.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "both ends are within the row"
)]
fn spread(cells: &mut [f32], low: f32, high: f32, amount: f32) {
    let first = low as usize;
    let start = first as f32;
    if high <= start + 1.0 {
        let past = (low + high) * 0.5 - start;
        cells[first] += amount * (1.0 - past);
        cells[first + 1] += amount * past;
        return;
    }
    // Rounded up, where the line goes on beyond the pixel after the first.
    let end = high as usize + usize::from((high as usize as f32) < high);
    let share = amount / (high - low);
    let left = start + 1.0 - low;
    let head = 0.5 * left * left * share;
    let right = high - (end - 1) as f32;
    let tail = 0.5 * right * right * share;
    cells[first] += head;
    if end == first + 2 {
        cells[first + 1] += amount - head - tail;
    } else {
        cells[first + 1] += (left + 0.5) * share - head;
        for cell in &mut cells[first + 2..end - 1] {
            *cell += share;
        }
        cells[end - 1] += amount - ((left + (end - first - 3) as f32 + 0.5) * share) - tail;
    }
    cells[end] += tail;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(points: &[Point]) -> Vec<Vec<f32>> {
        let mut canvas = Canvas::new(6, 4);
        canvas.polygon(points);
        let mut row = vec![0.0; canvas.stride()];
        let sums = |index| {
            canvas.sum(index, &mut row);
            row[..6].to_vec()
        };
        (0..4).map(sums).collect()
    }

    fn total(points: &[Point]) -> f32 {
        cover(points).iter().flatten().sum()
    }

    #[test]
    fn covers_as_much_as_the_area() {
        let square = [(1.5, 1.25), (1.5, 3.0), (4.0, 3.0), (4.0, 1.25)];
        assert!((total(&square).abs() - 2.5 * 1.75).abs() < 1e-4);
        let triangle = [(0.3, 0.2), (5.6, 1.1), (2.2, 3.9)];
        let area = 0.5 * ((5.6 - 0.3) * (3.9 - 0.2) - (2.2 - 0.3) * (1.1 - 0.2));
        assert!((total(&triangle).abs() - area).abs() < 1e-3, "{} {area}", total(&triangle));
    }

    #[test]
    fn cuts_what_leaves_the_frame() {
        let around = [(-9.0, -9.0), (-9.0, 20.0), (30.0, 20.0), (30.0, -9.0)];
        assert!((total(&around).abs() - 24.0).abs() < 1e-3);
        for far in [f32::NAN, f32::INFINITY, f32::MAX, -f32::MAX] {
            total(&[(far, 0.0), (3.0, far), (far, far), (1.0, 2.0)]);
        }
    }
}
