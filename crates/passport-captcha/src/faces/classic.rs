//! The typeface of the crate `captcha`: its bitmaps of letters, traced to polygons at first use.

use std::{io::Cursor, sync::LazyLock};

use captcha::Geometry;

use super::{Contour, Glyph, outlines, trace};

/// Glyphs in the order of [`outlines::CHARACTERS`], traced once per process.
static GLYPHS: LazyLock<Vec<Glyph>> =
    LazyLock::new(|| outlines::CHARACTERS.iter().map(|it| load(*it)).collect());

/// The outline of the character at `index` in [`outlines::CHARACTERS`].
pub(super) fn contours(index: usize) -> &'static [&'static Contour] {
    GLYPHS[index].contours
}

/// Traces a letter. The glyph is empty if the crate does not have the letter.
fn load(character: char) -> Glyph {
    let contours = bitmap(character).map(|it| scaled(&it.contours())).unwrap_or_default();
    let leaked: Vec<&'static Contour> = contours.into_iter().map(|it| &*it.leak()).collect();
    Glyph { contours: leaked.leak() }
}

/// Draws a single letter with the crate and decodes its pixels.
///
/// The pixels are decoded from a PNG because the crate's image type is private.
fn bitmap(character: char) -> Option<trace::Bitmap> {
    let mut captcha = captcha::Captcha::new();
    captcha.set_chars(&[character]).add_char();
    let area = captcha.text_area();
    // The bounds of `text_area` are inclusive, those of `extract` are exclusive.
    captcha.extract(Geometry::new(area.left, area.right + 1, area.top, area.bottom + 1));
    let mut reader = png::Decoder::new(Cursor::new(captcha.as_png()?)).read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    let samples = info.color_type.samples();
    let rows = bytes.chunks_exact(info.line_size).map(|row| {
        row.chunks_exact(samples).map(|pixel| 1.0 - f32::from(pixel[0]) / 255.0).collect()
    });
    Some(trace::Bitmap::new(rows.collect()))
}

/// Scales polygons to the units of the other faces: 1,000 units high, centred at the origin.
#[expect(clippy::cast_possible_truncation, reason = "a cast stops at the bounds of its type")]
fn scaled(contours: &[Vec<(f32, f32)>]) -> Vec<Vec<(i16, i16)>> {
    let span = |values: &mut dyn Iterator<Item = f32>| {
        values.fold((f32::MAX, f32::MIN), |(low, high), it| (low.min(it), high.max(it)))
    };
    let (left, right) = span(&mut contours.iter().flatten().map(|it| it.0));
    let (top, bottom) = span(&mut contours.iter().flatten().map(|it| it.1));
    let scale = 1_000.0 / (bottom - top).max(1.0);
    let (x, y) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
    let place = |at: &(f32, f32)| (((at.0 - x) * scale) as i16, ((at.1 - y) * scale) as i16);
    contours.iter().map(|contour| contour.iter().map(place).collect()).collect()
}
