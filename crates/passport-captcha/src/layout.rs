//! Places letters in the frame: as polygons, bent, touching, and within the margin.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::{canvas::Point, faces::Glyph, level::Strength, style::Style, wave::Warp};

/// Letters whose small form is as clear as their capital, and like no other character.
const BOTH_CASES: &str = "KMPWXY";
/// Heights at which the distance to the neighbour is taken.
const SLICES: usize = 12;

/// How far the box of a letter may reach into that of its neighbour.
const NESTING: f32 = 0.16;

/// A text as polygons.
#[derive(Debug, Default)]
pub(crate) struct Word {
    points: Vec<Point>,
    /// Where each polygon ends, and whether it is drawn as a line around its letter.
    contours: Vec<(usize, bool)>,
    /// The height of a capital in pixels.
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
            capital: 1.0,
        };
        let mut ink = [f32::NEG_INFINITY; SLICES];
        for character in text.chars() {
            word.append(character, &mut ink, style, strength, rng);
        }
        let length = rng.random_range(2.6..3.6) * style.swell;
        let sway = Warp::draw(strength.sway, length, rng);
        let taper = rng.random_range(-0.05..0.05) * strength.sway;
        for point in &mut word.points {
            let (x, y) = sway.apply(*point);
            *point = (x, y * (1.0 + taper * x));
        }
        word.fit(frame, margin, rng.random_range(strength.room..=1.0), rng);
        word
    }

    /// The polygons, each with whether it is drawn as a line.
    pub(crate) fn contours(&self) -> impl Iterator<Item = (&[Point], bool)> {
        let starts = std::iter::once(0).chain(self.contours.iter().map(|(end, _)| *end));
        starts
            .zip(&self.contours)
            .map(|(start, (end, hollow))| (&self.points[start..*end], *hollow))
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
        let face = style.faces[rng.random_range(0..style.faces.len())];
        let hollow = rng.random_bool(style.hollow.into());
        let mut within = |bound: f32| rng.random_range(-bound..=bound);
        let (lean, climb) = (within(strength.slope), within(strength.slope));
        let (wide, high) = (1.0 + within(strength.uneven), 1.0 + within(strength.uneven));
        let lift = within(strength.uneven);
        let warp = Warp::draw(strength.bend, 1.0, rng);
        for contour in Glyph::of(drawn, face).map_or(&[][..], |glyph| glyph.contours) {
            self.points.extend(contour.iter().map(|(x, y)| {
                let (x, y) = (f32::from(*x) * 0.001, f32::from(*y) * 0.001);
                let (x, y) = warp.apply((x * wide, y * high));
                (x + lean * y, y + climb * x + lift)
            }));
            self.contours.push((self.points.len(), hollow));
        }
        let letter = &mut self.points[start..];
        let starts = profile(letter, f32::INFINITY, f32::min);
        let reach = ink.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let edge = starts.iter().copied().fold(f32::INFINITY, f32::min);
        let gaps = ink.iter().zip(&starts).map(|(ink, start)| ink - start);
        let apart = gaps.filter(|gap| gap.is_finite()).fold(f32::NEG_INFINITY, f32::max);
        let shift = if apart.is_finite() {
            (apart - strength.overlap).max(reach - edge - NESTING)
        } else {
            0.0
        };
        for point in &mut *letter {
            point.0 += shift;
        }
        let ends = profile(letter, f32::NEG_INFINITY, f32::max);
        for (ink, end) in ink.iter_mut().zip(ends) {
            *ink = ink.max(end);
        }
    }

    /// Scales and moves everything into the frame.
    fn fit(
        &mut self,
        (width, height): Point,
        margin: f32,
        room: f32,
        rng: &mut Xoshiro256PlusPlus,
    ) {
        let infinite = (f32::INFINITY, f32::NEG_INFINITY);
        let extent = |ends: (f32, f32), value: f32| (ends.0.min(value), ends.1.max(value));
        let (left, right) = self.points.iter().map(|point| point.0).fold(infinite, extent);
        let (top, bottom) = self.points.iter().map(|point| point.1).fold(infinite, extent);
        let free = (width - 2.0 * margin, height - 2.0 * margin);
        let scale = room * (free.0 / (right - left)).min(free.1 / (bottom - top));
        let spare = (free.0 - scale * (right - left), free.1 - scale * (bottom - top));
        let x = margin + spare.0 * rng.random::<f32>() - left * scale;
        let y = margin + spare.1 * rng.random::<f32>() - top * scale;
        for point in &mut self.points {
            *point = (point.0 * scale + x, point.1 * scale + y);
        }
        self.capital = scale;
    }
}

/// The outermost ink at each height, by the points there and half a slice around.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped")]
fn profile(letter: &[Point], nothing: f32, outer: fn(f32, f32) -> f32) -> [f32; SLICES] {
    let mut slices = [nothing; SLICES];
    let place = |y: f32| ((y + 0.72) * 8.0).clamp(0.0, 11.0) as usize;
    let next = letter.iter().skip(1).chain(letter.first());
    for (from, to) in letter.iter().zip(next) {
        let (low, high) = (place(from.1.min(to.1)), place(from.1.max(to.1)));
        for slice in &mut slices[low..=high] {
            *slice = outer(*slice, outer(from.0, to.0));
        }
    }
    slices
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
            let frame = (rng.random_range(48.0..400.0), rng.random_range(32.0..200.0));
            let style = family.choose(&mut rng).clone();
            let word = Word::lay("8WMJ3", frame, 2.0, &style, &level.strength(), &mut rng);
            for (x, y) in word.contours().flat_map(|(points, _)| points) {
                assert!(*x > 1.99 && *x < frame.0 - 1.99, "{x} of {}", frame.0);
                assert!(*y > 1.99 && *y < frame.1 - 1.99, "{y} of {}", frame.1);
            }
        }
    }
}
