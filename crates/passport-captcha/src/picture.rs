use std::fmt;

use crate::{
    encode,
    scene::Scene,
    style::{Palette, Theme, blend},
};

/// A drawn captcha, encoded as PNG.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    palette: Palette,
    png: Vec<u8>,
}

impl Picture {
    /// Media type of the picture, for the header `Content-Type`.
    pub const MEDIA_TYPE: &'static str = "image/png";

    /// Encodes the scene as PNG with two bits per pixel.
    pub(crate) fn encode(size: (u16, u16), scene: &Scene, palette: Palette, theme: Theme) -> Self {
        let png = encode::png(size, rows(size, scene), &palette.shades(theme));
        Self { width: size.0.into(), height: size.1.into(), palette, png }
    }

    /// The same drawing in the colours of `theme`. This copies the file and replaces its palette, which
    /// takes far less time than drawing.
    #[must_use]
    pub fn in_theme(&self, theme: Theme) -> Self {
        let mut picture = self.clone();
        encode::recolour(&mut picture.png, &self.palette.shades(theme));
        picture
    }

    /// The PNG file.
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// The PNG file, without a copy.
    #[must_use]
    pub fn into_png(self) -> Vec<u8> {
        self.png
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// [`MEDIA_TYPE`](Self::MEDIA_TYPE) as a method.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        Self::MEDIA_TYPE
    }
}

/// Rows of the PNG, each a zero byte (filter type "None") and then four pixels per byte.
fn rows((width, height): (u16, u16), scene: &Scene) -> Vec<u8> {
    let stride = usize::from(width).div_ceil(4) + 1;
    let mut rows = Vec::with_capacity(stride * usize::from(height));
    scene.rows(|ink| {
        rows.push(0);
        let (quads, rest) = ink.as_chunks::<4>();
        rows.extend(quads.iter().map(|quad| pack(*quad)));
        if let [first, ..] = rest {
            let other = |place: usize| rest.get(place).copied().unwrap_or(0);
            rows.push(pack([*first, other(1), other(2), 0]));
        }
    });
    rows
}

/// Packs four values of two bits into one byte, the first value in the highest bits.
fn pack(quad: [u8; 4]) -> u8 {
    // Each summand of the factor shifts one value to its position in the highest byte. The other
    // values are shifted out or to lower bits, where their sums do not carry.
    let places = 1 << 30 | 1 << 20 | 1 << 10 | 1;
    u32::from_le_bytes(quad).wrapping_mul(places).to_le_bytes()[3]
}

/// Shows the size only, so that logs do not contain the picture.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("bytes", &self.png.len())
            .finish_non_exhaustive()
    }
}

/// One gray byte per pixel, row by row: 0 is ink in the light theme and ground in the dark one.
pub(crate) fn luma(size: (u16, u16), scene: &Scene, theme: Theme) -> Vec<u8> {
    let (ground, ink) = match theme {
        Theme::Light => (255, 0),
        Theme::Dark => (0, 255),
    };
    let mut pixels = Vec::with_capacity(usize::from(size.0) * usize::from(size.1));
    scene.rows(|row| {
        pixels.extend(row.iter().map(|it| blend(ground, ink, u16::from(*it), 3)));
    });
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_every_quad() {
        for byte in 0..=u8::MAX {
            assert_eq!(pack([6, 4, 2, 0].map(|place| byte >> place & 3)), byte);
        }
    }
}
