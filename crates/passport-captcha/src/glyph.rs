use std::{collections::BTreeMap, io::Cursor, sync::LazyLock};

use captcha::Geometry;

use crate::Alphabet;

/// Letters whose small form is as clear as their capital, and like no other character. Read wrong
/// in trials, distorted: `e` as 8, `h` as `n`, `n` as `m`; `j` is like `i`.
const BOTH_CASES: &str = "AKMPRTWXY";

/// All drawings, unpacked once: the crate parses its whole typeface for each.
static GLYPHS: LazyLock<BTreeMap<char, Glyph>> = LazyLock::new(|| {
    let small = BOTH_CASES.chars().map(|c| c.to_ascii_lowercase());
    let drawn = Alphabet::CHARACTERS.chars().chain(small);
    drawn.filter_map(|c| Some((c, Glyph::load(c)?))).collect()
});

/// The drawing of one character, as the coverage of its pixels.
#[derive(Debug)]
pub(crate) struct Glyph {
    width: u16,
    height: u16,
    /// The glyph with a pixel of ground around it, 1 is ink; so every point has four neighbours.
    cover: Vec<f32>,
}

impl Glyph {
    /// The drawing of `character`, if the typeface has it.
    pub(crate) fn of(character: char) -> Option<&'static Self> {
        GLYPHS.get(&character)
    }

    /// The small form of `character`, where it is clear.
    pub(crate) fn small(character: char) -> Option<&'static Self> {
        BOTH_CASES.contains(character).then(|| Self::of(character.to_ascii_lowercase())).flatten()
    }

    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (f32, f32) {
        (f32::from(self.width), f32::from(self.height))
    }

    /// The coverage at a point between pixels, 0 to 1, and 0 outside.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked first"
    )]
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        let (width, height) = self.size();
        let (x, y) = (x + 0.5, y + 0.5);
        if x < 0.0 || y < 0.0 || x >= width + 1.0 || y >= height + 1.0 {
            return 0.0;
        }
        let (column, row, stride) = (x as u16, y as u16, usize::from(self.width) + 2);
        let first = usize::from(row) * stride + usize::from(column);
        let (right, down) = (x - f32::from(column), y - f32::from(row));
        let mix = |start: usize| match self.cover.get(start..start + 2) {
            Some(&[one, other]) => one + (other - one) * right,
            _ => 0.0,
        };
        let (upper, lower) = (mix(first), mix(first + stride));
        upper + (lower - upper) * down
    }

    /// Has the crate `captcha` draw a single letter and takes its pixels.
    ///
    /// Its image type is private, so a PNG is the only way out; this runs once per character.
    fn load(character: char) -> Option<Self> {
        let mut captcha = captcha::Captcha::new();
        captcha.set_chars(&[character]).add_char();
        let area = captcha.text_area();
        // The area's ends are inclusive, those of `extract` are not.
        captcha.extract(Geometry::new(area.left, area.right + 1, area.top, area.bottom + 1));
        let mut reader = png::Decoder::new(Cursor::new(captcha.as_png()?)).read_info().ok()?;
        let mut bytes = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut bytes).ok()?;
        let stride = info.width as usize + 2;
        let mut cover = vec![0.0; stride * (info.height as usize + 2)];
        let rows = bytes.chunks_exact(info.line_size);
        for (row, padded) in rows.zip(cover.chunks_exact_mut(stride).skip(1)) {
            let pixels = row.chunks_exact(info.color_type.samples());
            for (pixel, cover) in pixels.zip(&mut padded[1..]) {
                *cover = 1.0 - f32::from(pixel[0]) / 255.0;
            }
        }
        let (width, height) = (info.width.try_into().ok()?, info.height.try_into().ok()?);
        Some(Self { width, height, cover })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_the_alphabet_has_ink() {
        for character in Alphabet::CHARACTERS.chars() {
            let glyph = Glyph::of(character).unwrap();
            assert!(glyph.cover.iter().filter(|cover| **cover > 0.5).count() > 80, "{character}");
            assert_eq!(Glyph::small(character).is_some(), BOTH_CASES.contains(character));
        }
    }

    #[test]
    fn outside_is_empty() {
        let glyph = Glyph::of('H').unwrap();
        for (x, y) in [(-1.0, 5.0), (5.0, -1.0), (1e9, 5.0), (5.0, 1e9), (5.0, f32::INFINITY)] {
            assert!(glyph.sample(x, y) <= 0.0, "{x} {y}");
        }
    }
}
