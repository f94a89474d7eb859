//! Places letters in the frame: as polygons, bent, touching, and within the margin.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::{
    canvas::Point,
    faces::Glyph,
    level::Strength,
    style::Style,
    wave::{Warp, wave},
};

/// Letters whose small form is as clear as their capital, and like no other character.
const BOTH_CASES: &str = "KMPWXY";
/// Heights at which the distance to the neighbour is taken.
const SLICES: usize = 12;

/// How far the box of a letter may reach into that of its neighbour.
const NESTING: f32 = 0.16;

/// How much wider than high a text may be drawn.
const WIDEST: f32 = 1.5;

/// A text as polygons, in two rows.
#[derive(Debug, Default)]
pub(crate) struct Word {
    points: Vec<Point>,
    /// Where each polygon ends, and whether it is drawn as a line around its letter.
    contours: Vec<(usize, bool)>,
    /// Where each letter ends.
    letters: Vec<usize>,
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
            letters: Vec::with_capacity(text.len()),
            capital: 1.0,
        };
        // Long texts have as many letters above as below, others one more in either row.
        let length = text.chars().count();
        let above =
            if length < 2 { length } else { usize::midpoint(length, rng.random::<bool>().into()) };
        let dive = Dive::draw(strength, style, rng);
        let mut ends = [0; 2];
        for (row, end) in ends.iter_mut().enumerate() {
            let mut ink = [f32::NEG_INFINITY; SLICES];
            let first = word.points.len();
            let taken = if row == 0 { (0, above) } else { (above, length) };
            for character in text.chars().take(taken.1).skip(taken.0) {
                word.append(character, &mut ink, style, strength, rng);
            }
            let points = &mut word.points[first..];
            let (left, right) = extent(points.iter().map(|point| point.0));
            let shift = rng.random_range(-0.3..0.3) - f32::midpoint(left, right);
            for point in points {
                point.0 += shift;
            }
            *end = word.points.len();
        }
        dive.apply(&mut word.points, &word.letters);
        stack(&mut word.points, ends[0], strength.overlap);
        let sway = Warp::draw(strength.sway, rng.random_range(2.6..3.6) * style.swell, rng);
        let tilt = rng.random_range(0.6..=1.0) * strength.tilt;
        let tilt = if rng.random() { tilt } else { -tilt };
        for point in &mut word.points {
            let (x, y) = sway.apply(*point);
            *point = (x, y + x * tilt);
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
            (apart - 0.4 * strength.overlap).max(reach - edge - NESTING)
        } else {
            0.0
        };
        for point in &mut *letter {
            point.0 += shift;
        }
        self.letters.push(start + letter.len());
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
        let (left, right) = extent(self.points.iter().map(|point| point.0));
        let (top, bottom) = extent(self.points.iter().map(|point| point.1));
        let free = (width - 2.0 * margin, height - 2.0 * margin);
        let high = room * (free.0 / (right - left)).min(free.1 / (bottom - top));
        let wide = (room * free.0 / (right - left)).min(high * rng.random_range(1.15..WIDEST));
        let spare = (free.0 - wide * (right - left), free.1 - high * (bottom - top));
        let x = margin + spare.0 * rng.random::<f32>() - left * wide;
        let y = margin + spare.1 * rng.random::<f32>() - top * high;
        for point in &mut self.points {
            *point = (point.0 * wide + x, point.1 * high + y);
        }
        self.capital = (high * wide).sqrt();
    }
}

/// Moves each letter up or down as a whole, so that no straight line runs between the rows.
#[derive(Debug, Clone, Copy)]
struct Dive {
    depth: f32,
    frequency: f32,
    phase: f32,
}

impl Dive {
    fn draw(strength: &Strength, style: &Style, rng: &mut Xoshiro256PlusPlus) -> Self {
        let length = rng.random_range(1.7..2.6) * style.swell;
        Self {
            depth: strength.dive * rng.random_range(0.8..1.1),
            frequency: 1.0 / length,
            phase: rng.random(),
        }
    }

    fn apply(&self, points: &mut [Point], letters: &[usize]) {
        let mut start = 0;
        for end in letters {
            let letter = &mut points[start..*end];
            let (left, right) = extent(letter.iter().map(|point| point.0));
            let shift = self.depth * wave(f32::midpoint(left, right) * self.frequency + self.phase);
            for point in letter {
                point.1 += shift;
            }
            start = *end;
        }
    }
}

/// Moves what comes after `split` down until it touches what comes before.
fn stack(points: &mut [Point], split: usize, overlap: f32) {
    let (upper, lower) = points.split_at_mut(split);
    let turned = |point: &Point| (point.1, point.0 * 0.5);
    let above: Vec<Point> = upper.iter().map(turned).collect();
    let below: Vec<Point> = lower.iter().map(turned).collect();
    let bottoms = profile(&above, f32::NEG_INFINITY, f32::max);
    let tops = profile(&below, f32::INFINITY, f32::min);
    let gaps = bottoms.iter().zip(&tops).map(|(bottom, top)| bottom - top);
    let apart = gaps.filter(|gap| gap.is_finite()).fold(f32::NEG_INFINITY, f32::max);
    if apart.is_finite() {
        for point in lower {
            point.1 += apart - overlap;
        }
    }
}

/// The least and the greatest.
fn extent(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    })
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
