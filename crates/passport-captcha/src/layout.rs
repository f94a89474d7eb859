//! Places letters in the frame: as polygons, bent, touching, and within the margin.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::{
    canvas::Point,
    level::Strength,
    style::{Finish, Style},
    wave::Warp,
};

use self::{
    dive::Dive,
    reach::{COLUMNS, SLICES, distance, extent, greater, lesser, outline, profile},
    rows::rows,
};

mod dive;
mod reach;
mod rows;

/// Letters whose small form is as clear as their capital, and like no other character.
pub(crate) const BOTH_CASES: &str = "KMPWXY";
/// How far the box of a letter may reach into that of its neighbour.
const NESTING: f32 = 0.16;

/// How much wider a text may be drawn than its style says.
const WIDER: f32 = 0.2;

/// A text as polygons, in rows.
#[derive(Debug, Default)]
pub(crate) struct Word {
    points: Vec<Point>,
    /// Where each polygon ends, and how its letter is drawn.
    contours: Vec<(usize, Finish)>,
    /// Where each letter ends.
    letters: Vec<usize>,
    /// The size of a capital in pixels: the mean of its height and of its width as stretched alike.
    pub(crate) capital: f32,
}

impl Word {
    /// Lays `text` as large as the frame allows or somewhat smaller, anywhere in it. No ink comes
    /// nearer to the edge than `margin`.
    pub(crate) fn lay(
        text: &str,
        frame: Point,
        margin: f32,
        style: &Style,
        strength: &Strength,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Self {
        let mut word = Self {
            points: Vec::with_capacity(text.len() * 64),
            contours: Vec::with_capacity(text.len() * 3),
            letters: Vec::with_capacity(text.len()),
            capital: 1.0,
        };
        let mut characters = text.chars();
        let dive = Dive::draw(strength, style, rng);
        for letters in rows(text.len(), frame, rng) {
            let mut ink = [f32::NEG_INFINITY; SLICES];
            let (point, contour, letter) =
                (word.points.len(), word.contours.len(), word.letters.len());
            for character in characters.by_ref().take(letters) {
                word.append(character, &mut ink, style, strength, rng);
            }
            let row = &mut word.points[point..];
            let (left, right) = extent(row.iter().map(|point| point.0));
            let shift = rng.random_range(-0.3..0.3) - f32::midpoint(left, right);
            for point in row {
                point.0 += shift;
            }
            dive.apply(&mut word.points, point, &word.letters[letter..]);
            if contour > 0 {
                word.stack(contour, strength.overlap - style.finishes.usually_outside());
            }
        }
        let sway = Warp::draw(strength.sway, rng.random_range(2.6..3.6) * style.swell, rng);
        let tilt = rng.random_range(0.6..=1.0) * strength.tilt;
        let tilt = if rng.random_bool(style.climb.into()) { -tilt } else { tilt };
        let bow = style.bow * rng.random_range(0.5..=1.0);
        for point in &mut word.points {
            let (x, y) = sway.apply(*point);
            *point = (x, y + x * tilt + x * x * bow);
        }
        let wide = style.wide + rng.random_range(0.0..WIDER);
        word.fit(frame, margin, rng.random_range(strength.room..=1.0), wide, rng);
        word
    }

    /// The polygons, each with how it is drawn.
    pub(crate) fn contours(&self) -> impl Iterator<Item = (&[Point], Finish)> {
        let starts = std::iter::once(0).chain(self.contours.iter().map(|(end, _)| *end));
        starts
            .zip(&self.contours)
            .map(|(start, (end, finish))| (&self.points[start..*end], *finish))
    }

    /// Adds a letter at the right of the others, of which `ink` tells how far they reach.
    fn append(
        &mut self,
        character: char,
        ink: &mut [f32; SLICES],
        style: &Style,
        strength: &Strength,
        rng: &mut Xoshiro256PlusPlus,
    ) {
        let start = self.points.len();
        let small = BOTH_CASES.contains(character) && rng.random_bool(0.3);
        let drawn = if small { character.to_ascii_lowercase() } else { character };
        let contours = style.typeface.contours(drawn, rng);
        let finish = style.finishes.choose(rng);
        let outside = style.finishes.outside(finish);
        let mut within = |bound: f32| rng.random_range(-bound..=bound);
        let (lean, climb) = (within(strength.slope), within(strength.slope));
        let (wide, high) = (1.0 + within(strength.uneven), 1.0 + within(strength.uneven));
        let lift = within(strength.uneven);
        let warp = Warp::draw(strength.bend, 1.0, rng);
        for contour in contours {
            style.hand.write(contour, |(x, y)| {
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
            (apart - 0.4 * strength.overlap + outside).max(reach - edge - NESTING)
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

    /// Moves the row that starts with that polygon down until it touches what is above.
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

    /// Scales and moves everything into the frame.
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
    use crate::{Level, StyleFamily};

    #[test]
    fn every_letter_stays_inside_the_margin() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let family = StyleFamily::derive(b"layout");
        for round in 0..10_000_u16 {
            let level = Level::ALL[usize::from(round) % 4];
            let frame = (rng.random_range(64.0..400.0), rng.random_range(48.0..200.0));
            let style = family.choose(&mut rng).clone();
            let word = Word::lay("8WMK3", frame, 2.0, &style, &level.strength(), &mut rng);
            for (x, y) in word.contours().flat_map(|(points, _)| points) {
                assert!(*x > 1.99 && *x < frame.0 - 1.99, "{x} of {}", frame.0);
                assert!(*y > 1.99 && *y < frame.1 - 1.99, "{y} of {}", frame.1);
            }
        }
    }
}
