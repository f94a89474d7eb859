use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use super::SpotFunction;

/// Minimum height of capitals in pixels for a screen, because smaller letters would be illegible.
const SMALLEST: f32 = 22.0;
/// Height of capitals in pixels for which the tiles are made.
const USUAL: f32 = 45.0;

/// A halftone screen: a small tile, repeated over the whole picture, that sets some pixels to ink
/// and some to ground, regardless of the drawing.
///
/// People can read through a screen, as in a newspaper. A neural network learns to read through the
/// screens of its training pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    /// Side of the tile in pixels.
    side: usize,
    /// Pixels that are always ink: a byte per row, a bit per column, the first column lowest.
    ink: [u8; SpotFunction::MAX_SIDE],
    /// Pixels that are always ground, in the same format.
    ground: [u8; SpotFunction::MAX_SIDE],
}

impl Screen {
    /// No screen.
    pub(crate) const NONE: Self =
        Self { side: 1, ink: [0; SpotFunction::MAX_SIDE], ground: [0; SpotFunction::MAX_SIDE] };

    /// Creates a random screen that leaves about three of five pixels unchanged.
    pub(crate) fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        let (side, order) = SpotFunction::draw(rng).order(rng);
        let kept = order.len() * 2 / 5;
        let inked = [0, kept / 2, kept][rng.random_range(0..3)];
        let mut screen = Self { side, ..Self::NONE };
        for (x, y) in &order[..inked] {
            screen.ink[*y] |= 1 << x;
        }
        for (x, y) in order.iter().rev().take(kept - inked) {
            screen.ground[*y] |= 1 << x;
        }
        screen
    }

    /// Expands the screen to the width of a picture with capitals of this height in pixels.
    ///
    /// The tile is scaled with the letters, because a fine screen over large letters is easy to
    /// remove with a blur. Below [`SMALLEST`] no screen is used.
    pub(crate) fn mask(&self, width: usize, capital: f32) -> ScreenMask {
        let (side, width, scale) = (self.side, width.max(1), scale(capital));
        let mut mask =
            ScreenMask { width, scale: scale.max(1), drawn: Vec::new(), ink: Vec::new() };
        if *self != Self::NONE && scale > 0 {
            let steps = |bits: u8| (0..width).map(move |x| 3 * (bits >> (x / scale % side) & 1));
            for (ink, ground) in self.ink.iter().zip(&self.ground).take(side) {
                mask.drawn.extend(steps(!(ink | ground)));
                mask.ink.extend(steps(*ink));
            }
        }
        mask
    }
}

/// Scale of the tile: width and height of each of its pixels. 0 means no screen.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "heights are small")]
fn scale(capital: f32) -> usize {
    if capital < SMALLEST { 0 } else { ((capital / USUAL).round() as usize).max(1) }
}

/// A [`Screen`] expanded to the width of a picture. Values are shades from ground (0) to ink (3).
#[derive(Debug)]
pub(crate) struct ScreenMask {
    width: usize,
    /// Number of picture rows per row of the tile.
    scale: usize,
    /// AND mask, row by row of the tile: 3 keeps the drawn shade, 0 clears it. Empty without a
    /// screen.
    drawn: Vec<u8>,
    /// OR mask in the same format: 3 sets a pixel to ink.
    ink: Vec<u8>,
}

impl ScreenMask {
    /// Applies the screen to one row of the picture.
    pub(crate) fn apply(&self, row: usize, steps: &mut [u8]) {
        let Some(start) = (row / self.scale * self.width).checked_rem(self.drawn.len()) else {
            return;
        };
        for ((step, drawn), ink) in
            steps.iter_mut().zip(&self.drawn[start..]).zip(&self.ink[start..])
        {
            *step = *step & drawn | ink;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// One tile of the screen over a constant shade.
    fn behind(screen: &Screen, step: u8) -> Vec<u8> {
        let mask = screen.mask(screen.side, USUAL);
        let mut row = vec![0; screen.side];
        let rows = (0..screen.side).flat_map(|y| {
            row.fill(step);
            mask.apply(y, &mut row);
            row.clone()
        });
        rows.collect()
    }

    #[test]
    fn three_of_five_pixels_keep_the_drawn_shade() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for _ in 0..2_000 {
            let screen = Screen::draw(&mut rng);
            let (ground, ink) = (behind(&screen, 0), behind(&screen, 3));
            let drawn = ground.iter().zip(&ink).filter(|(ground, ink)| ground != ink).count();
            assert!((60..=65).contains(&(drawn * 100 / ink.len())), "{screen:?}");
            assert!(ground.iter().zip(&ink).all(|(ground, ink)| ground <= ink));
        }
    }

    #[test]
    fn none_changes_nothing() {
        assert_eq!(
            (0..4).map(|step| behind(&Screen::NONE, step)).collect::<Vec<_>>(),
            [[0], [1], [2], [3]]
        );
    }

    #[test]
    fn the_tile_repeats_after_its_side() {
        let screen = Screen { side: 3, ink: [0b001, 0, 0, 0, 0, 0], ground: [0b010; 6] };
        let mask = screen.mask(7, USUAL);
        for (row, seen) in
            [(0, [3, 0, 1, 3, 0, 1, 3]), (1, [1, 0, 1, 1, 0, 1, 1]), (3, [3, 0, 1, 3, 0, 1, 3])]
        {
            let mut steps = [1; 7];
            mask.apply(row, &mut steps);
            assert_eq!(steps, seen);
        }
    }

    #[test]
    fn the_tile_is_scaled_with_the_letters() {
        let screen = Screen { side: 2, ink: [0b01, 0, 0, 0, 0, 0], ground: [0b10; 6] };
        let seen = |capital: f32, row| {
            let mut steps = [1; 8];
            screen.mask(8, capital).apply(row, &mut steps);
            steps
        };
        assert_eq!(seen(21.9, 0), [1; 8]);
        assert_eq!(seen(22.0, 0), [3, 0, 3, 0, 3, 0, 3, 0]);
        assert_eq!(seen(90.0, 1), [3, 3, 0, 0, 3, 3, 0, 0]);
        assert_eq!(seen(90.0, 2), [1, 1, 0, 0, 1, 1, 0, 0]);
    }
}
