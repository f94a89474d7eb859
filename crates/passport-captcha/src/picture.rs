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
    png: Vec<u8>,
}

impl Picture {
    /// What goes into the header `Content-Type`.
    pub const MEDIA_TYPE: &'static str = "image/png";

    /// Encodes with two bits a pixel.
    pub(crate) fn encode(size: (u16, u16), scene: &Scene, palette: Palette, theme: Theme) -> Self {
        let png = encode::png(size, rows(size, scene), &palette.shades(theme));
        Self { width: size.0.into(), height: size.1.into(), png }
    }

    /// The encoded bytes.
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// The encoded bytes, without a copy.
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

    /// [`MEDIA_TYPE`](Self::MEDIA_TYPE), for those who hold a value.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        Self::MEDIA_TYPE
    }
}

/// Rows of four pixels a byte, each after a zero.
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

/// Four steps of two bits as one byte, the first one highest.
fn pack(quad: [u8; 4]) -> u8 {
    // Each summand moves one of the four to its place in the highest byte; what else they leave
    // there is nothing, and what they leave below does not carry.
    let places = 1 << 30 | 1 << 20 | 1 << 10 | 1;
    u32::from_le_bytes(quad).wrapping_mul(places).to_le_bytes()[3]
}

/// Tells the size, not the bytes: whoever reads a log could read the picture.
impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .field("bytes", &self.png.len())
            .finish_non_exhaustive()
    }
}

/// One gray byte a pixel, row by row: 0 is ink in the light theme and ground in the dark one.
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
