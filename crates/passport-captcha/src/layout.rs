use rand::{Rng, RngExt};

use crate::{glyph::Glyph, level::Parameters};

/// Small letters are drawn larger, or they would be hard to read beside capitals.
const SMALL_LETTER: f32 = 1.2;

/// A glyph with its place, size and slopes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter {
    glyph: &'static Glyph,
    center: (f32, f32),
    scale: f32,
    /// How far the letter leans per unit of height, and climbs per unit of width.
    lean: f32,
    climb: f32,
}

impl Letter {
    fn draw<R: Rng + ?Sized>(capital: char, bounds: &Parameters, rng: &mut R) -> Option<Self> {
        let (glyph, size) = match Glyph::small(capital) {
            Some(small) if rng.random() => (small, SMALL_LETTER),
            _ => (Glyph::of(capital)?, 1.0),
        };
        let mut within = |bound: f32| rng.random_range(-bound..=bound);
        let (lean, climb) = (within(bounds.slope), within(bounds.slope));
        let scale = size * (1.0 + within(bounds.uneven));
        let lift = glyph.size().1 * within(bounds.uneven);
        Some(Self { glyph, center: (0.0, lift), scale, lean, climb })
    }

    /// Half of the width and height that the letter takes, slopes included.
    fn extent(&self) -> (f32, f32) {
        let (width, height) = self.glyph.size();
        let across = width + self.lean.abs() * height;
        let along = height + self.climb.abs() * width;
        (across * self.scale / 2.0, along * self.scale / 2.0)
    }

    /// The columns in which the letter may have ink.
    pub(crate) fn columns(&self) -> (f32, f32) {
        let half = self.extent().0;
        (self.center.0 - half, self.center.0 + half)
    }

    /// The ink at a point of the picture, 0 to 1.
    pub(crate) fn cover(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x - self.center.0) / self.scale, (y - self.center.1) / self.scale);
        let upright = 1.0 - self.lean * self.climb;
        let (glyph_x, glyph_y) = ((x - self.lean * y) / upright, (y - self.climb * x) / upright);
        let (width, height) = self.glyph.size();
        self.glyph.sample(glyph_x + width / 2.0, glyph_y + height / 2.0)
    }
}

/// Lays the letters of `text` in a row, as large as the frame allows or somewhat smaller, at a
/// random place in it. Nothing comes nearer to its edge than `margin`.
///
/// Fails with the first character that the typeface lacks.
pub(crate) fn lay<R: Rng + ?Sized>(
    text: &str,
    (width, height): (f32, f32),
    margin: f32,
    bounds: &Parameters,
    rng: &mut R,
) -> Result<Vec<Letter>, char> {
    let mut letters = Vec::with_capacity(text.len());
    let (mut left, mut right, mut top, mut bottom) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    for character in text.chars() {
        let mut letter = Letter::draw(character, bounds, rng).ok_or(character)?;
        let (half_width, half_height) = letter.extent();
        let x = if letters.is_empty() {
            0.0
        } else {
            right + half_width * (2.0 * bounds.spacing - 1.0)
        };
        letter.center.0 = x;
        left = left.min(x - half_width);
        right = right.max(x + half_width);
        top = top.min(letter.center.1 - half_height);
        bottom = bottom.max(letter.center.1 + half_height);
        letters.push(letter);
    }

    let room = (width - 2.0 * margin, height - 2.0 * margin);
    let largest = (room.0 / (right - left)).min(room.1 / (bottom - top)).min(height / 60.0);
    let scale = largest * rng.random_range(0.88..=1.0);
    let slack = (room.0 - scale * (right - left), room.1 - scale * (bottom - top));
    let x = margin + slack.0 * rng.random_range(0.0..=1.0) - scale * left;
    let y = margin + slack.1 * rng.random_range(0.0..=1.0) - scale * top;
    for letter in &mut letters {
        letter.scale *= scale;
        letter.center = (letter.center.0 * scale + x, letter.center.1 * scale + y);
    }
    Ok(letters)
}
