use rand::{RngExt, rngs::Xoshiro256PlusPlus};

/// What the pixels of a [`Screen`](super::Screen)'s tile are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// Straight lines; going so far across and down brings one to the next of them.
    Lines { across: usize, down: usize, falling: bool },
    /// Lines that go up and down.
    Zigzag,
    /// Dots, no two tiles' alike.
    Dots,
    /// Short dashes; every other row of them is moved by half a tile.
    Bricks,
    /// No order.
    Sand,
}

impl Grain {
    /// The largest side of a tile: letters are to be seen through it, and their strokes are about
    /// eight pixels wide.
    pub(super) const LARGEST: usize = 6;

    /// Draws a grain, lines in every other draw.
    pub(super) fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        match rng.random_range(0..8) {
            0 => Self::Zigzag,
            1 => Self::Dots,
            2 => Self::Bricks,
            3 => Self::Sand,
            _ => {
                let slopes = [(0, 1), (1, 0), (1, 1), (2, 1), (1, 2)];
                let (across, down) = slopes[rng.random_range(0..slopes.len())];
                Self::Lines { across, down, falling: rng.random() }
            }
        }
    }

    /// Draws a tile: its side, and its pixels by column and row, from one end of the grain to the
    /// other.
    pub(super) fn order(self, rng: &mut Xoshiro256PlusPlus) -> (usize, Vec<(usize, usize)>) {
        let side = match self {
            Self::Zigzag => 4,
            // The only lines as far apart as the tile is wide.
            Self::Lines { across: 0, .. } | Self::Lines { down: 0, .. } | Self::Dots => {
                rng.random_range(4..=5)
            }
            Self::Lines { .. } | Self::Sand => rng.random_range(4..=6),
            Self::Bricks => 6,
        };
        let cells = (0..side * side).map(|cell| (cell % side, cell / side));
        let mut ranked: Vec<_> = cells.map(|(x, y)| (self.rank(x, y, side, rng), (x, y))).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        (side, ranked.into_iter().map(|(_, cell)| cell).collect())
    }

    /// Where a pixel of the tile stands in the order; equals stay as they are.
    fn rank(self, x: usize, y: usize, side: usize, rng: &mut Xoshiro256PlusPlus) -> usize {
        // Twice the distance from the middle, and a thing to break ties with.
        let away = |place: usize, length: usize| (2 * place + 1).abs_diff(length);
        let mut roughly = |rank: usize| 8 * rank + rng.random_range(0..24);
        match self {
            Self::Lines { across, down, falling } => {
                let x = if falling { x } else { side - 1 - x };
                (x * across + y * down) % side
            }
            Self::Zigzag => (y + away(x, side) / 2) % side,
            Self::Dots => roughly(away(x, side).pow(2) + away(y, side).pow(2)),
            Self::Bricks => {
                let half = side / 2;
                let x = (x + y / half * half) % side;
                roughly(away(x, side).max(2 * away(y % half, half)))
            }
            Self::Sand => rng.random_range(0..1 << 16),
        }
    }
}
