use rand::{RngExt, rngs::Xoshiro256PlusPlus};

/// What the pixels of a [`Screen`](super::Screen)'s tile are ordered by.
///
/// All are coarse, some five pixels from one line or dot to the next: what is finer, such as sand
/// or lines at three pixels, any network learns to blur away on any screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// Straight lines, across.
    Lines,
    /// Straight lines that fall.
    Diagonals,
    /// Lines that go up and down.
    Zigzag,
    /// Dots, no two tiles' alike.
    Dots,
    /// Dashes; every other row of them is moved by half a tile.
    Bricks,
}

impl Grain {
    /// The largest side of a tile: letters are to be seen through it, and their strokes are about
    /// eight pixels wide.
    pub(super) const LARGEST: usize = 8;

    const ALL: [Self; 5] = [Self::Lines, Self::Diagonals, Self::Zigzag, Self::Dots, Self::Bricks];

    /// Draws a grain.
    pub(super) fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        Self::ALL[rng.random_range(0..Self::ALL.len())]
    }

    /// Draws a tile: its side, and its pixels by column and row, from one end of the grain to the
    /// other. It may be turned: what goes across goes down, what falls rises.
    pub(super) fn order(self, rng: &mut Xoshiro256PlusPlus) -> (usize, Vec<(usize, usize)>) {
        let side = match self {
            Self::Lines | Self::Dots => rng.random_range(5..=6),
            Self::Diagonals => rng.random_range(7..=8),
            Self::Zigzag | Self::Bricks => 6,
        };
        let mut cells: Vec<_> = (0..side * side).map(|cell| (cell % side, cell / side)).collect();
        cells.sort_by_cached_key(|(x, y)| self.rank(*x, *y, side, rng));
        if rng.random() {
            for (x, y) in &mut cells {
                (*x, *y) = (*y, side - 1 - *x);
            }
        }
        (side, cells)
    }

    /// Where a pixel of the tile stands in the order; equals stay as they are.
    fn rank(self, x: usize, y: usize, side: usize, rng: &mut Xoshiro256PlusPlus) -> usize {
        // Twice the distance from the middle, and a thing to break ties with.
        let away = |place: usize, length: usize| (2 * place + 1).abs_diff(length);
        let mut roughly = |rank: usize| 8 * rank + rng.random_range(0..24);
        match self {
            Self::Lines => y,
            Self::Diagonals => (side + y - x) % side,
            Self::Zigzag => (y + away(x, side) / 2) % side,
            Self::Dots => roughly(away(x, side).pow(2) + away(y, side).pow(2)),
            Self::Bricks => {
                let half = side / 2;
                let x = (x + y / half * half) % side;
                roughly(away(x, side).max(2 * away(y % half, half)))
            }
        }
    }
}
