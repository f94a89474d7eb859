use std::{error::Error, fs::File, path::Path};

use passport_captcha::{Captcha, Level, StyleFamily, Theme};
use rand::rngs::StdRng;

/// Distance between pictures in pixels.
const GAP: usize = 8;
/// Background colour, visible beside light and dark pictures.
const GRAY: u8 = 0x90;

/// Writes a contact sheet: a row per style, a column per level, and a column for the dark theme.
pub(crate) fn write(
    file: &Path,
    family: &StyleFamily,
    rng: &mut StdRng,
) -> Result<(), Box<dyn Error>> {
    let (width, height) = Captcha::DEFAULT_SIZE;
    let (columns, rows) = (Level::ALL.len() + 1, family.styles().len());
    let (wide, high) = (width as usize + GAP, height as usize + GAP);
    let size = (columns * wide + GAP, rows * high + GAP);
    let mut sheet = vec![GRAY; size.0 * size.1];
    for (row, style) in family.styles().iter().enumerate() {
        for column in 0..columns {
            let level = Level::ALL.get(column).copied().unwrap_or_default();
            let theme = if column < Level::ALL.len() { Theme::Light } else { Theme::Dark };
            let captcha = Captcha::random(rng, 5)?.level(level).theme(theme);
            let pixels = captcha.render_luma(style, rng)?;
            for (y, line) in pixels.chunks_exact(width as usize).enumerate() {
                let start = (row * high + GAP + y) * size.0 + column * wide + GAP;
                sheet[start..start + line.len()].copy_from_slice(line);
            }
        }
    }
    let mut encoder =
        png::Encoder::new(File::create(file)?, size.0.try_into()?, size.1.try_into()?);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&sheet)?;
    println!(
        "{} styles, light at every level, dark at the default level: {}",
        rows,
        file.display()
    );
    Ok(())
}
