use rand::{Rng, RngExt};

use crate::{
    bands::Bands,
    layout::{Letter, lay},
    level::Parameters,
    wave::Warp,
};

/// Shades of a pixel, from ground (0) to ink.
pub(crate) const SHADES: u8 = 16;

/// A picture's plan: all that was drawn by lot, before pixels are made of it.
#[derive(Debug)]
pub(crate) struct Scene {
    width: u16,
    height: u16,
    letters: Vec<Letter>,
    warp: Warp,
    bands: Vec<Bands>,
}

impl Scene {
    /// Fails with the first character that the typeface lacks.
    pub(crate) fn draw<R: Rng + ?Sized>(
        text: &str,
        (width, height): (u16, u16),
        bounds: &Parameters,
        rng: &mut R,
    ) -> Result<Self, char> {
        let size = (f32::from(width), f32::from(height));
        let amplitude = size.1 * bounds.warp * rng.random_range(0.7..=1.0);
        let letters = lay(text, size, amplitude + 2.0, bounds, rng)?;
        let warp = Warp::draw(amplitude, size.1, rng);
        let bands = (0..bounds.bands).map(|_| Bands::draw(size.1, rng)).collect();
        Ok(Self { width, height, letters, warp, bands })
    }

    /// Rows of one byte a pixel, each below [`SHADES`].
    pub(crate) fn shades(&self) -> Vec<u8> {
        let shifts: Vec<f32> = (0..self.width).map(|x| self.warp.along(f32::from(x))).collect();
        let letters: Vec<_> = self.letters.iter().map(|l| (l.columns(), l)).collect();
        let mut shades = Vec::with_capacity(usize::from(self.width) * usize::from(self.height));
        for row in 0..self.height {
            let y = f32::from(row) + 0.5;
            let across = self.warp.across(y);
            for (column, along) in (0..self.width).zip(&shifts) {
                let x = f32::from(column) + 0.5;
                // Where letters overlap or bands cross, ink and ground change places again.
                let letters = letters
                    .iter()
                    .filter(|((left, right), _)| (*left..=*right).contains(&(x + across)));
                let text = letters.map(|(_, letter)| letter.cover(x + across, y + along));
                let bands = self.bands.iter().map(|bands| bands.cover(x, y));
                shades.push(shade(text.chain(bands).fold(0.0, exchange)));
            }
        }
        shades
    }
}

/// Exclusive or, for shares instead of truths.
fn exchange(one: f32, other: f32) -> f32 {
    one + other - 2.0 * one * other
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cover is between 0 and 1"
)]
fn shade(cover: f32) -> u8 {
    (cover.clamp(0.0, 1.0) * f32::from(SHADES - 1) + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::{Alphabet, Level};

    /// Without bands only letters are ink, so the outermost pixels must all be ground.
    #[test]
    fn text_stays_inside_the_frame() {
        let mut rng = StdRng::seed_from_u64(5);
        for round in 0..300 {
            let level = Level::ALL[round % 3];
            let bounds = Parameters { bands: 0, ..level.parameters() };
            let text = Alphabet::sample(&mut rng, 1 + round % 6);
            let (width, height) = (rng.random_range(160..320), rng.random_range(32..160));
            let shades = Scene::draw(&text, (width, height), &bounds, &mut rng).unwrap().shades();

            let rows: Vec<_> = shades.chunks(usize::from(width)).collect();
            let edge = rows.iter().flat_map(|row| [row[0], row[row.len() - 1]]);
            let edge = edge.chain(rows[0].iter().copied()).chain(rows[rows.len() - 1].to_vec());
            assert_eq!(edge.max(), Some(0), "{text} {width}x{height} {level}");
            let ink = shades.iter().filter(|shade| **shade > SHADES / 2).count();
            assert!(ink > 40 * text.len(), "{text} {width}x{height} {level}: {ink}");
        }
    }
}
