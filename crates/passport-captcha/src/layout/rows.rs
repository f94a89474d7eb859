//! Distribution of a text over two or three rows.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::canvas::Point;

/// Minimum length of a text, and minimum height of the frame relative to its width, for three rows.
const THREE_ROWS: (usize, f32) = (8, 0.55);

/// Number of letters in each row, from the top; empty rows come last.
pub(super) fn rows(length: usize, frame: Point, rng: &mut Xoshiro256PlusPlus) -> [usize; 3] {
    if length < 2 {
        return [length, 0, 0];
    }
    let three = length >= THREE_ROWS.0 && frame.1 > THREE_ROWS.1 * frame.0;
    if !three {
        // For an odd length a random row gets one letter more. Then one letter moves between the
        // rows in a third of texts.
        let even = usize::midpoint(length, rng.random::<bool>().into());
        let above = match rng.random_range(0..6) {
            0 if length > 3 => even - 1,
            1 if length > 3 => even + 1,
            _ => even,
        };
        return [above, length - above, 0];
    }
    let mut rows = [length / 3; 3];
    let odd = rng.random_range(0..3);
    match length % 3 {
        1 => rows[odd] += 1,
        2 => rows = [0, 1, 2].map(|row| rows[row] + usize::from(row != odd)),
        _ => {}
    }
    rows
}
