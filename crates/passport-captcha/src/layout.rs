//! Text layout: places warped, touching letters in rows and scales them into the frame.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::{
    canvas::Point,
    strength::Strength,
    style::{Finish, Patterned},
    wave::Warp,
};

use self::{
    baseline_shift::BaselineShift,
    reach::{COLUMNS, SLICES, distance, extent, greater, lesser, outline, profile},
    rows::rows,
};

mod baseline_shift;
pub(crate) mod line;
mod reach;
mod rows;

/// Letters that are also drawn in lower case, because their lower case is as legible as the capital
/// and resembles no other character.
pub(crate) const BOTH_CASES: &str = "KMPWY";
/// Maximum overlap of the bounding boxes of two neighbours, in heights of a capital.
const NESTING: f32 = 0.16;

/// Maximum random addition to the horizontal stretch of a style.
const EXTRA_STRETCH: f32 = 0.2;

/// The polygons of a text in rows.
#[derive(Debug, Default)]
pub(crate) struct TextLayout {
    points: Vec<Point>,
    /// End of each polygon in `points`, and the finish of its letter.
    contours: Vec<(usize, Finish)>,
    /// End of each letter in `points`.
    letters: Vec<usize>,
    /// Height of a capital in pixels, scaled by the geometric mean of both directions.
    pub(crate) capital: f32,
}

impl TextLayout {
    /// Places `text` at a random position, as large as the frame allows or slightly smaller. The
    /// polygons keep a distance of `margin` to the edge of the frame.
    pub(crate) fn new(
        text: &str,
        frame: Point,
        margin: f32,
        style: &Patterned,
        strength: &Strength,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Self {
        let mut layout = Self {
            points: Vec::with_capacity(text.len() * 64),
            contours: Vec::with_capacity(text.len() * 3),
            letters: Vec::with_capacity(text.len()),
            capital: 1.0,
        };
        let mut characters = text.chars();
        let baseline_shift = BaselineShift::draw(strength, style, rng);
        for letters in rows(text.len(), frame, rng) {
            let mut ink = [f32::NEG_INFINITY; SLICES];
            let (point, contour, letter) =
                (layout.points.len(), layout.contours.len(), layout.letters.len());
            for character in characters.by_ref().take(letters) {
                layout.append(character, &mut ink, style, strength, rng);
            }
            let row = &mut layout.points[point..];
            let (left, right) = extent(row.iter().map(|point| point.0));
            let shift = rng.random_range(-0.3..0.3) - f32::midpoint(left, right);
            for point in row {
                point.0 += shift;
            }
            baseline_shift.apply(&mut layout.points, point, &layout.letters[letter..]);
            if contour > 0 {
                layout.stack(contour, strength.overlap - style.finishes.mean_outset());
            }
        }
        let text_warp =
            Warp::draw(strength.text_warp, rng.random_range(2.6..3.6) * style.swell, rng);
        let tilt = rng.random_range(0.6..=1.0) * strength.tilt;
        let tilt = if rng.random_bool(style.climb.into()) { -tilt } else { tilt };
        let bow = style.bow * rng.random_range(0.5..=1.0);
        for point in &mut layout.points {
            let (x, y) = text_warp.apply(*point);
            *point = (x, y + x * tilt + x * x * bow);
        }
        let wide = style.wide + rng.random_range(0.0..EXTRA_STRETCH);
        layout.fit(frame, margin, rng.random_range(strength.room..=1.0), wide, rng);
        layout
    }

    /// The polygons, each with the finish of its letter.
    pub(crate) fn contours(&self) -> impl Iterator<Item = (&[Point], Finish)> {
        let starts = std::iter::once(0).chain(self.contours.iter().map(|(end, _)| *end));
        starts
            .zip(&self.contours)
            .map(|(start, (end, finish))| (&self.points[start..*end], *finish))
    }

    /// Adds a letter to the right of its row; `ink` is the right edge of the row at each height.
    fn append(
        &mut self,
        character: char,
        ink: &mut [f32; SLICES],
        style: &Patterned,
        strength: &Strength,
        rng: &mut Xoshiro256PlusPlus,
    ) {
        let start = self.points.len();
        let small = BOTH_CASES.contains(character) && rng.random_bool(0.3);
        let drawn = if small { character.to_ascii_lowercase() } else { character };
        let contours = style.typeface.contours(drawn, rng);
        let finish = style.finishes.choose(rng);
        let outset = style.finishes.outset(finish);
        let mut within = |bound: f32| rng.random_range(-bound..=bound);
        let (lean, climb) = (within(strength.slope), within(strength.slope));
        let (wide, high) = (1.0 + within(strength.uneven), 1.0 + within(strength.uneven));
        let lift = within(strength.uneven);
        let warp = Warp::draw(strength.bend, 1.0, rng);
        for contour in contours {
            style.glyph_transform.apply(contour, |(x, y)| {
                let (x, y) = warp.apply((x * wide, y * high));
                self.points.push((x + lean * y, y + climb * x + lift));
            });
            self.contours.push((self.points.len(), finish));
        }
        let letter = &mut self.points[start..];
        let (starts, ends) = profile(letter);
        let reach = ink.iter().copied().fold(f32::NEG_INFINITY, greater);
        let edge = starts.iter().copied().fold(f32::INFINITY, lesser);
        let apart = distance(ink, &starts);
        let shift = if apart.is_finite() {
            (apart - 0.4 * strength.overlap + outset).max(reach - edge - NESTING)
        } else {
            0.0
        };
        for point in &mut *letter {
            point.0 += shift;
        }
        self.letters.push(start + letter.len());
        for (ink, end) in ink.iter_mut().zip(ends) {
            *ink = greater(*ink, end + shift);
        }
    }

    /// Moves the row that starts with polygon `contour` down until it touches the rows above.
    fn stack(&mut self, contour: usize, overlap: f32) {
        let (mut bottoms, mut tops) = ([f32::NEG_INFINITY; COLUMNS], [f32::INFINITY; COLUMNS]);
        for (index, (points, _)) in self.contours().enumerate() {
            if index < contour {
                outline(points, &mut bottoms, greater);
            } else {
                outline(points, &mut tops, lesser);
            }
        }
        let apart = distance(&bottoms, &tops);
        if apart.is_finite() {
            let start = contour.checked_sub(1).map_or(0, |before| self.contours[before].0);
            for point in &mut self.points[start..] {
                point.1 += apart - overlap;
            }
        }
    }

    /// Scales and moves all polygons into the frame.
    fn fit(
        &mut self,
        (width, height): Point,
        margin: f32,
        room: f32,
        wider: f32,
        rng: &mut Xoshiro256PlusPlus,
    ) {
        let (left, right) = extent(self.points.iter().map(|point| point.0));
        let (top, bottom) = extent(self.points.iter().map(|point| point.1));
        let free = (width - 2.0 * margin, height - 2.0 * margin);
        let high = room * (free.0 / (right - left)).min(free.1 / (bottom - top));
        let wide = (room * free.0 / (right - left)).min(high * wider);
        let spare = (free.0 - wide * (right - left), free.1 - high * (bottom - top));
        let x = margin + spare.0 * rng.random::<f32>() - left * wide;
        let y = margin + spare.1 * rng.random::<f32>() - top * high;
        for point in &mut self.points {
            *point = (point.0 * wide + x, point.1 * high + y);
        }
        self.capital = (high * wide).sqrt();
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::style::{Look, StyleFamily};

    #[test]
    fn every_letter_stays_inside_the_margin() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let family = StyleFamily::derive(&[1; 32]);
        for _ in 0..10_000_u16 {
            let frame = (rng.random_range(64.0..400.0), rng.random_range(48.0..200.0));
            let Look::Patterned(style) = family.choose(&mut rng).look.clone() else { panic!() };
            let layout = TextLayout::new("8WMK3", frame, 2.0, &style, &Strength::USUAL, &mut rng);
            for (x, y) in layout.contours().flat_map(|(points, _)| points) {
                assert!(*x > 1.99 && *x < frame.0 - 1.99, "{x} of {}", frame.0);
                assert!(*y > 1.99 && *y < frame.1 - 1.99, "{y} of {}", frame.1);
            }
        }
    }
}
