use rand::{RngExt, rngs::Xoshiro256PlusPlus};

/// Spot function of a halftone [`Screen`](super::Screen): the order in which the pixels of its tile
/// are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpotFunction {
    /// Straight lines; `across`, `down` and `falling` determine their slope.
    Lines { across: usize, down: usize, falling: bool },
    /// Zigzag lines.
    Zigzag,
    /// Dots of a random shape.
    Dots,
    /// Short dashes in rows; every other row is shifted by half a tile.
    Bricks,
    /// Random order.
    Random,
}

impl SpotFunction {
    /// Maximum side of a tile in pixels. Larger tiles would hide the strokes of letters, which are
    /// about eight pixels wide.
    pub(super) const MAX_SIDE: usize = 6;

    /// Chooses a random spot function; half of them are [`Lines`](Self::Lines).
    pub(super) fn draw(rng: &mut Xoshiro256PlusPlus) -> Self {
        match rng.random_range(0..8) {
            0 => Self::Zigzag,
            1 => Self::Dots,
            2 => Self::Bricks,
            3 => Self::Random,
            _ => {
                let slopes = [(0, 1), (1, 0), (1, 1), (2, 1), (1, 2)];
                let (across, down) = slopes[rng.random_range(0..slopes.len())];
                Self::Lines { across, down, falling: rng.random() }
            }
        }
    }

    /// The side of a random tile, and its pixels as (column, row) in the order of filling.
    pub(super) fn order(self, rng: &mut Xoshiro256PlusPlus) -> (usize, Vec<(usize, usize)>) {
        let side = match self {
            Self::Zigzag => 4,
            // One line per tile, so the side is also the distance between the lines.
            Self::Lines { across: 0, .. } | Self::Lines { down: 0, .. } | Self::Dots => {
                rng.random_range(4..=5)
            }
            Self::Lines { .. } | Self::Random => rng.random_range(4..=6),
            Self::Bricks => 6,
        };
        let cells = (0..side * side).map(|cell| (cell % side, cell / side));
        let mut ranked: Vec<_> = cells.map(|(x, y)| (self.rank(x, y, side, rng), (x, y))).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        (side, ranked.into_iter().map(|(_, cell)| cell).collect())
    }

    /// Rank of a pixel in the order. Pixels of equal rank are ordered by row and column.
    fn rank(self, x: usize, y: usize, side: usize, rng: &mut Xoshiro256PlusPlus) -> usize {
        // Twice the distance from the middle.
        let away = |place: usize, length: usize| (2 * place + 1).abs_diff(length);
        // Noise that breaks ties and swaps neighbouring ranks.
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
            Self::Random => rng.random_range(0..1 << 16),
        }
    }
}
