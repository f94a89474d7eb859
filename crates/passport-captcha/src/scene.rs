//! From a text to shades: letters and pattern on two canvases, and where they differ is ink.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::{
    Alphabet,
    canvas::{Canvas, Point},
    faces::{FACES, Glyph},
    layout::Word,
    level::Strength,
    pattern,
    style::Style,
};

/// A finished drawing, not yet encoded.
#[derive(Debug)]
pub(crate) struct Scene {
    width: usize,
    height: usize,
    letters: Canvas,
    pattern: Canvas,
    exclusive: bool,
}

impl Scene {
    pub(crate) fn draw(
        text: &str,
        (width, height): (u16, u16),
        style: &Style,
        strength: &Strength,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Self {
        let frame = (f32::from(width), f32::from(height));
        let (mut letters, mut mask) = (Canvas::new(width, height), Canvas::new(width, height));
        let margin = 0.03 * frame.0.min(frame.1) + 1.0;
        let word = Word::lay(text, frame, margin, style, strength, rng);
        let line = (0.055 * word.capital).clamp(0.7, margin);
        for (contour, hollow) in word.contours() {
            if hollow {
                stroke(&mut letters, contour, line);
            } else {
                letters.polygon(contour);
            }
        }
        pattern::draw(&mut mask, frame, strength.cell * word.capital, style, rng);
        for _ in 0..strength.decoys {
            decoy(&mut mask, frame, word.capital, style, rng);
        }
        Self {
            width: width.into(),
            height: height.into(),
            letters,
            pattern: mask,
            exclusive: style.exclusive,
        }
    }

    /// Calls `each` with every row of ink, from 0 for ground to 3, a step a pixel.
    pub(crate) fn rows(&self, mut each: impl FnMut(&[u8])) {
        let stride = self.letters.stride();
        let (mut letters, mut pattern) = (vec![0.0; stride], vec![0.0; stride]);
        let mut ink = vec![0; stride];
        for row in 0..self.height {
            self.letters.sum(row, &mut letters);
            self.pattern.sum(row, &mut pattern);
            if self.exclusive {
                mix(&mut ink, &letters, &pattern, fold);
            } else {
                mix(&mut ink, &letters, &pattern, |winding| winding.abs().min(1.0));
            }
            each(&ink[..self.width]);
        }
    }
}

/// Ink is where letter and pattern differ.
fn mix(ink: &mut [u8], letters: &[f32], pattern: &[f32], cover: impl Fn(f32) -> f32) {
    for ((ink, letter), pattern) in ink.iter_mut().zip(letters).zip(pattern) {
        let (letter, pattern) = (cover(*letter), fold(*pattern));
        let mixed = letter + pattern - 2.0 * letter * pattern;
        // The lowest bits of this sum are those of the nearest whole number.
        *ink = (mixed * 3.0 + WHOLE).to_bits().to_le_bytes()[0] & 3;
    }
}

/// Numbers of this size have no fraction.
const WHOLE: f32 = 8_388_608.0;

/// The coverage where an even winding means none: the distance to the nearest even number.
fn fold(winding: f32) -> f32 {
    let turns = winding.abs() * 0.5;
    let nearest = (turns + WHOLE) - WHOLE;
    2.0 * (turns - nearest).abs()
}

/// Adds the line along a closed polygon, as one strip between its points moved to both sides.
fn stroke(canvas: &mut Canvas, points: &[Point], half: f32) {
    let count = points.len();
    let side = |index: usize| {
        let (before, at) = (points[(index + count - 1) % count], points[index % count]);
        let after = points[(index + 1) % count];
        let (x, y) = (after.0 - before.0, after.1 - before.1);
        let share = half / (x * x + y * y).sqrt().max(0.01);
        let (x, y) = (x * share, y * share);
        ((at.0 - y, at.1 + x), (at.0 + y, at.1 - x))
    };
    let Some(last) = count.checked_sub(1) else { return };
    let mut from = side(last);
    for index in 0..count {
        let to = side(index);
        canvas.line(from.0, to.0);
        canvas.line(to.1, from.1);
        from = to;
    }
}

/// Adds a piece of some other letter that looks in over an edge.
fn decoy(
    canvas: &mut Canvas,
    frame: Point,
    capital: f32,
    style: &Style,
    rng: &mut Xoshiro256PlusPlus,
) {
    let characters = Alphabet::CHARACTERS.as_bytes();
    let character = char::from(characters[rng.random_range(0..characters.len())]);
    let face = style.faces[rng.random_range(0..style.faces.len())] + FACES / 2;
    let size = capital * rng.random_range(0.6..0.9);
    let hidden = size * rng.random_range(0.2..0.35);
    let middle =
        (frame.0 * rng.random::<f32>(), if rng.random() { -hidden } else { frame.1 + hidden });
    let (lean, climb) = (rng.random_range(-0.5..0.5), rng.random_range(-0.5..0.5));
    let mut points = Vec::with_capacity(64);
    for contour in Glyph::of(character, face).map_or(&[][..], |glyph| glyph.contours) {
        points.clear();
        points.extend(contour.iter().map(|(x, y)| {
            let (x, y) = (f32::from(*x) * 0.001 * size, f32::from(*y) * 0.001 * size);
            (middle.0 + x + lean * y, middle.1 + y + climb * x)
        }));
        canvas.polygon(&points);
    }
}
