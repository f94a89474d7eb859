use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use super::Grain;

/// The size in pixels from which on a capital is seen through a screen, and about the one that
/// the tiles are for.
const SMALLEST: f32 = 22.0;
const USUAL: f32 = 45.0;

/// A halftone screen: a small tile, laid side by side over the whole picture, that keeps some
/// pixels ink and some ground, whatever is drawn there.
///
/// People look through it, as through that of a newspaper. A network learns to look through the
/// one it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    /// Columns and rows until it begins again.
    side: usize,
    /// What is always ink: a row each, a bit a column, the first one lowest.
    ink: [u8; Grain::LARGEST],
    /// What is always ground.
    ground: [u8; Grain::LARGEST],
}

impl Screen {
    /// Leaves everything as it was drawn.
    pub(crate) const NONE: Self =
        Self { side: 1, ink: [0; Grain::LARGEST], ground: [0; Grain::LARGEST] };

    /// Draws a screen that leaves about three of five pixels as they were drawn.
    pub(crate) fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        let (side, order) = Grain::draw(rng).order(rng);
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

    /// Stretches the screen over rows of `width`, in which capitals are so high.
    ///
    /// Large letters are seen through a screen as much coarser, or it would be easy to blur away.
    /// Small ones could not be seen through any.
    pub(crate) fn over(&self, width: usize, capital: f32) -> Mesh {
        let (side, width, scale) = (self.side, width.max(1), scale(capital));
        let mut mesh = Mesh { width, scale: scale.max(1), drawn: Vec::new(), ink: Vec::new() };
        if *self != Self::NONE && scale > 0 {
            let steps = |bits: u8| (0..width).map(move |x| 3 * (bits >> (x / scale % side) & 1));
            for (ink, ground) in self.ink.iter().zip(&self.ground).take(side) {
                mesh.drawn.extend(steps(!(ink | ground)));
                mesh.ink.extend(steps(*ink));
            }
        }
        mesh
    }
}

/// How many pixels one of the tile's is wide and high.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "heights are small")]
fn scale(capital: f32) -> usize {
    if capital < SMALLEST { 0 } else { ((capital / USUAL).round() as usize).max(1) }
}

/// A [`Screen`] as wide as a picture; everything in steps from ground, 0, to ink, 3.
#[derive(Debug)]
pub(crate) struct Mesh {
    width: usize,
    /// The rows that one of the tile covers.
    scale: usize,
    /// Which steps come through, and which are added: row after row of the tile. None, if all
    /// come through.
    drawn: Vec<u8>,
    ink: Vec<u8>,
}

impl Mesh {
    /// Covers the row of that number.
    pub(crate) fn cover(&self, row: usize, steps: &mut [u8]) {
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

    /// Ground everywhere, then ink everywhere, behind one tile of the screen.
    fn behind(screen: &Screen, step: u8) -> Vec<u8> {
        let mesh = screen.over(screen.side, USUAL);
        let mut row = vec![0; screen.side];
        let rows = (0..screen.side).flat_map(|y| {
            row.fill(step);
            mesh.cover(y, &mut row);
            row.clone()
        });
        rows.collect()
    }

    #[test]
    fn leaves_three_of_five_as_they_were_drawn() {
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
    fn begins_again_after_its_side() {
        let screen = Screen { side: 3, ink: [0b001, 0, 0, 0, 0, 0], ground: [0b010; 6] };
        let mesh = screen.over(7, USUAL);
        for (row, seen) in
            [(0, [3, 0, 1, 3, 0, 1, 3]), (1, [1, 0, 1, 1, 0, 1, 1]), (3, [3, 0, 1, 3, 0, 1, 3])]
        {
            let mut steps = [1; 7];
            mesh.cover(row, &mut steps);
            assert_eq!(steps, seen);
        }
    }

    #[test]
    fn grows_with_the_letters() {
        let screen = Screen { side: 2, ink: [0b01, 0, 0, 0, 0, 0], ground: [0b10; 6] };
        let seen = |capital: f32, row| {
            let mut steps = [1; 8];
            screen.over(8, capital).cover(row, &mut steps);
            steps
        };
        assert_eq!(seen(21.9, 0), [1; 8]);
        assert_eq!(seen(22.0, 0), [3, 0, 3, 0, 3, 0, 3, 0]);
        assert_eq!(seen(90.0, 1), [3, 3, 0, 0, 3, 3, 0, 0]);
        assert_eq!(seen(90.0, 2), [1, 1, 0, 0, 1, 1, 0, 0]);
    }
}
