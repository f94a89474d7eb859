//! Traces bitmaps to polygons: marching squares at half coverage, then Ramer-Douglas-Peucker.

use std::collections::BTreeMap;

type Point = (f32, f32);
/// An edge of the pixel grid: its first corner, and whether the edge points down (else right).
type Side = (usize, usize, bool);

/// Largest distance of a removed point from the simplified polygon, in pixels.
const TOLERANCE: f32 = 0.2;

/// Coverage of the pixels of a glyph, with a border of one empty pixel.
#[derive(Debug)]
pub(super) struct Bitmap {
    rows: Vec<Vec<f32>>,
}

impl Bitmap {
    /// Adds the border. All rows must have the same length.
    pub(super) fn new(rows: Vec<Vec<f32>>) -> Self {
        let width = rows.first().map_or(0, Vec::len) + 2;
        let empty = || std::iter::once(vec![0.0; width]);
        let padded = rows.into_iter().map(|row| [vec![0.0], row, vec![0.0]].concat());
        Self { rows: empty().chain(padded).chain(empty()).collect() }
    }

    /// The closed outlines of the glyph.
    pub(super) fn contours(&self) -> Vec<Vec<Point>> {
        let mut next = self.steps();
        let mut contours = Vec::new();
        while let Some((first, mut side)) = next.pop_first() {
            let mut points = vec![self.crossing(first)];
            while side != first {
                points.push(self.crossing(side));
                let Some(after) = next.remove(&side) else { break };
                side = after;
            }
            contours.push(simplified(&points));
        }
        contours.retain(|contour| contour.len() > 2);
        contours
    }

    fn ink(&self, (x, y): (usize, usize)) -> f32 {
        self.rows.get(y).and_then(|row| row.get(x)).copied().unwrap_or(0.0)
    }

    /// Maps each grid edge that the outline crosses to the edge that it crosses next.
    fn steps(&self) -> BTreeMap<Side, Side> {
        let mut next = BTreeMap::new();
        let (wide, high) = (self.rows.first().map_or(0, Vec::len), self.rows.len());
        for (y, x) in (1..high).flat_map(|y| (1..wide).map(move |x| (y - 1, x - 1))) {
            let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
            let sides = [(x, y, false), (x + 1, y, true), (x, y + 1, false), (x, y, true)];
            let inside = corners.map(|corner| self.ink(corner) > 0.5);
            // Clockwise around the cell, the outline connects the end of each run of ink corners
            // with the start of the same run.
            for end in (0..4).filter(|side| inside[*side] && !inside[(side + 1) % 4]) {
                let before = (1..4).map(|back| (end + 4 - back) % 4);
                let start = before.into_iter().find(|side| !inside[*side]);
                if let Some(start) = start {
                    next.insert(sides[end], sides[start]);
                }
            }
        }
        next
    }

    /// Point on a grid edge where the interpolated coverage is one half.
    #[expect(clippy::cast_precision_loss, reason = "a letter has few pixels")]
    fn crossing(&self, (x, y, down): Side) -> Point {
        let other = if down { (x, y + 1) } else { (x + 1, y) };
        let (one, two) = (self.ink((x, y)), self.ink(other));
        let part = (0.5 - one) / (two - one);
        let at = (x as f32, y as f32);
        if down { (at.0, at.1 + part) } else { (at.0 + part, at.1) }
    }
}

/// Removes points from a closed polygon that are within [`TOLERANCE`] of the result.
fn simplified(points: &[Point]) -> Vec<Point> {
    let Some(first) = points.first() else { return Vec::new() };
    let apart = |at: &Point| (at.0 - first.0).powi(2) + (at.1 - first.1).powi(2);
    let far = (0..points.len()).max_by(|a, b| apart(&points[*a]).total_cmp(&apart(&points[*b])));
    let middle = far.unwrap_or(0);
    let mut kept = Vec::new();
    keep(&points[..=middle], &mut kept);
    keep(&[&points[middle..], &[*first]].concat(), &mut kept);
    kept
}

/// Ramer-Douglas-Peucker on an open line. The last point is not added to `kept`.
fn keep(points: &[Point], kept: &mut Vec<Point>) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let (x, y) = (last.0 - first.0, last.1 - first.1);
    let length = (x * x + y * y).sqrt().max(f32::EPSILON);
    let off = |at: &Point| ((at.0 - first.0) * y - (at.1 - first.1) * x).abs() / length;
    let inner = 1..points.len().max(2) - 1;
    let far = inner.max_by(|a, b| off(&points[*a]).total_cmp(&off(&points[*b])));
    match far {
        Some(far) if off(&points[far]) > TOLERANCE => {
            keep(&points[..=far], kept);
            keep(&points[far..], kept);
        }
        _ => kept.push(*first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(points: &[Point]) -> f32 {
        let next = points.iter().cycle().skip(1);
        points.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f32>() / 2.0
    }

    #[test]
    fn a_ring_has_two_outlines_of_opposite_orientation() {
        let mut rows = vec![vec![1.0; 9]; 9];
        for row in &mut rows[3..6] {
            row[3..6].fill(0.0);
        }
        let mut areas: Vec<f32> = Bitmap::new(rows).contours().iter().map(|it| area(it)).collect();
        areas.sort_by(f32::total_cmp);
        assert_eq!(areas.len(), 2);
        assert!(areas[0] * areas[1] < 0.0, "{areas:?}");
        assert!((areas[0] + areas[1]).abs() > 68.0, "{areas:?}");
    }

    #[test]
    fn only_the_corners_of_straight_sides_remain() {
        let contours = Bitmap::new(vec![vec![1.0; 40]; 20]).contours();
        assert!(matches!(&contours[..], [one] if one.len() <= 9), "{contours:?}");
    }

    #[test]
    fn pixels_that_meet_at_a_corner_have_separate_outlines() {
        let contours = Bitmap::new(vec![vec![1.0, 0.0], vec![0.0, 1.0]]).contours();
        assert_eq!(contours.len(), 2);
        assert!(Bitmap::new(Vec::new()).contours().is_empty());
    }
}
