//! Composes a picture: letters, and in patterned styles the pattern, with even-odd fill on one canvas,
//! then the screen.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::{
    Alphabet,
    canvas::{Canvas, FULL_COVERAGE, Point},
    layout::{TextLayout, line},
    pattern,
    strength::Strength,
    style::{Finish, Finishes, Look, Patterned, Screen, ScreenMask},
};

/// A finished drawing, not yet encoded.
#[derive(Debug)]
pub(crate) struct Scene {
    width: usize,
    canvas: Canvas,
    mask: ScreenMask,
}

impl Scene {
    pub(crate) fn draw(
        text: &str,
        (width, height): (u16, u16),
        look: &Look,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Self {
        let frame = (f32::from(width), f32::from(height));
        let mut canvas = Canvas::new(width, height);
        let mask = match look {
            Look::Calm => {
                line::draw(&mut canvas, text, frame, rng);
                Screen::NONE.mask(width.into(), 0.0)
            }
            Look::Patterned(style) => {
                let capital = draw_patterned(&mut canvas, text, frame, style, rng);
                style.screen.mask(width.into(), capital)
            }
        };
        Self { width: width.into(), canvas, mask }
    }

    /// Calls `each` once per row with the shades of its pixels, from ground (0) to ink (3).
    pub(crate) fn rows(&self, mut each: impl FnMut(&[u8])) {
        let mut ink = vec![0; self.width];
        let mut row = 0;
        self.canvas.rows(|coverage| {
            for (ink, coverage) in ink.iter_mut().zip(coverage) {
                // Rounds the coverage to thirds.
                *ink = STEPS.map(|least| u8::from(*coverage >= least)).iter().sum();
            }
            self.mask.apply(row, &mut ink);
            row += 1;
            each(&ink);
        });
    }
}

/// Draws rows of letters below a pattern, and returns the height of a capital.
fn draw_patterned(
    canvas: &mut Canvas,
    text: &str,
    frame: Point,
    style: &Patterned,
    rng: &mut Xoshiro256PlusPlus,
) -> f32 {
    let (margin, strength) = (margin(frame), Strength::USUAL);
    let layout = TextLayout::new(text, frame, margin, style, &strength, rng);
    write(canvas, &layout, margin, &style.finishes);
    pattern::draw(canvas, frame, strength.cell * layout.capital, style, rng);
    for _ in 0..strength.decoys {
        decoy(canvas, frame, layout.capital, style, rng);
    }
    layout.capital
}

/// Minimum coverages of the shades 1, 2 and 3.
const STEPS: [u8; 3] =
    [FULL_COVERAGE / 6 + 1, FULL_COVERAGE / 2, FULL_COVERAGE - FULL_COVERAGE / 6];

/// Distance in pixels between the outlines of letters and the edge, including room for strokes.
fn margin(frame: Point) -> f32 {
    0.03 * frame.0.min(frame.1) + 1.0
}

/// Adds the letters with their finishes. Strokes extend less than `margin` from the outlines.
fn write(canvas: &mut Canvas, layout: &TextLayout, margin: f32, finishes: &Finishes) {
    let line = (finishes.line * layout.capital).clamp(0.7, margin - 1.0);
    for (contour, finish) in layout.contours() {
        match finish {
            Finish::Solid => canvas.polygon(contour),
            Finish::Hollow => stroke(canvas, contour, line),
            Finish::Ringed => {
                canvas.polygon(contour);
                stroke(canvas, contour, line);
            }
        }
    }
}

/// Strokes a closed polygon: adds the strip between its points offset by `half` to both sides.
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

/// Adds a piece of a random letter at the upper or lower edge.
fn decoy(
    canvas: &mut Canvas,
    frame: Point,
    capital: f32,
    style: &Patterned,
    rng: &mut Xoshiro256PlusPlus,
) {
    let characters = Alphabet::CHARACTERS.as_bytes();
    let character = char::from(characters[rng.random_range(0..characters.len())]);
    let contours = style.typeface.contours(character, rng);
    let size = capital * rng.random_range(0.6..0.9);
    let hidden = size * rng.random_range(0.2..0.35);
    let middle =
        (frame.0 * rng.random::<f32>(), if rng.random() { -hidden } else { frame.1 + hidden });
    let (lean, climb) = (rng.random_range(-0.5..0.5), rng.random_range(-0.5..0.5));
    let mut points = Vec::with_capacity(64);
    for contour in contours {
        points.clear();
        points.extend(contour.iter().map(|(x, y)| {
            let (x, y) = (f32::from(*x) * 0.001 * size, f32::from(*y) * 0.001 * size);
            (middle.0 + x + lean * y, middle.1 + y + climb * x)
        }));
        canvas.polygon(&points);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::{Captcha, Pattern, StyleFamily};

    /// Highest coverage of the outermost pixels.
    fn on_the_border(canvas: &Canvas, (_, height): (u16, u16)) -> u8 {
        let (mut most, mut index) = (0, 0);
        canvas.rows(|row| {
            let inner = index > 0 && index < height - 1;
            let border = if inner { &[row[0], row[row.len() - 1]] } else { row };
            most = border.iter().copied().fold(most, u8::max);
            index += 1;
        });
        most
    }

    /// Tests letters with their strokes at every size, in many families.
    #[test]
    fn no_letter_touches_the_border() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for round in 0..10_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&(round / 50).to_le_bytes());
            let family = StyleFamily::derive(&key);
            let size = (rng.random_range(64..400_u16), rng.random_range(48..200_u16));
            let fits = usize::from(size.0) / Captcha::WIDTH_PER_CHARACTER as usize;
            let length = rng.random_range(1..=fits.min(Captcha::MAX_LENGTH));
            // Only styles from `Style::new` have strokes.
            let style = if round % 2 == 0 {
                let Look::Patterned(style) = &family.choose(&mut rng).look else { panic!() };
                (**style).clone()
            } else {
                Patterned::plain(Pattern::Bands)
            };
            let (frame, mut canvas) =
                ((f32::from(size.0), f32::from(size.1)), Canvas::new(size.0, size.1));
            let margin = margin(frame);
            let layout = TextLayout::new(
                &"8WMK34T69HYE"[..length],
                frame,
                margin,
                &style,
                &Strength::USUAL,
                &mut rng,
            );
            write(&mut canvas, &layout, margin, &style.finishes);
            let touched = on_the_border(&canvas, size);
            assert!(touched == 0, "{touched} at {size:?}, {length} letters, round {round}");
        }
    }
}
