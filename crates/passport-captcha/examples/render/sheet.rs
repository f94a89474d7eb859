use std::{error::Error, fs::File, io::Cursor, path::Path};

use passport_captcha::{Captcha, Picture, Style, StyleFamily, Theme};
use rand::rngs::StdRng;

/// Distance between pictures in pixels.
pub(crate) const GAP: usize = 8;
/// Background colour, visible beside light and dark pictures.
const GRAY: [u8; 3] = [0x90; 3];
/// Pictures of a row: light ones, then dark ones.
const THEMES: [Theme; 5] = [Theme::Light, Theme::Light, Theme::Light, Theme::Dark, Theme::Dark];

/// Several pictures in one.
#[derive(Debug)]
pub(crate) struct Sheet {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Sheet {
    pub(crate) fn new((width, height): (usize, usize), ground: [u8; 3]) -> Self {
        Self { width, pixels: vec![ground; width * height] }
    }

    pub(crate) fn fill(
        &mut self,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
        colour: [u8; 3],
    ) {
        for row in y..y + height {
            self.pixels[row * self.width + x..][..width].fill(colour);
        }
    }

    /// Adds a picture as a page shows it: `scale` pixels of the picture are one of the sheet.
    pub(crate) fn add(
        &mut self,
        picture: &Picture,
        scale: usize,
        (x, y): (usize, usize),
    ) -> Result<(), Box<dyn Error>> {
        let pixels = decode(picture)?;
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        for row in 0..height / scale {
            for column in 0..width / scale {
                let mut sums = [0; 3];
                for part in 0..scale * scale {
                    let at = (row * scale + part / scale) * width + column * scale + part % scale;
                    for (sum, value) in sums.iter_mut().zip(pixels[at]) {
                        *sum += usize::from(value);
                    }
                }
                let mean = sums.map(|sum| u8::try_from(sum / (scale * scale)).unwrap_or(u8::MAX));
                self.pixels[(y + row) * self.width + x + column] = mean;
            }
        }
        Ok(())
    }

    pub(crate) fn write(&self, file: &Path) -> Result<(), Box<dyn Error>> {
        let height = self.pixels.len() / self.width;
        let (width, height) = (self.width.try_into()?, height.try_into()?);
        let mut encoder = png::Encoder::new(File::create(file)?, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.write_header()?.write_image_data(self.pixels.as_flattened())?;
        Ok(())
    }
}

fn decode(picture: &Picture) -> Result<Vec<[u8; 3]>, Box<dyn Error>> {
    let mut decoder = png::Decoder::new(Cursor::new(picture.png()));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("the picture is too large")?];
    reader.next_frame(&mut bytes)?;
    Ok(bytes.as_chunks().0.to_vec())
}

/// Writes a contact sheet: four rows of the calm style, then a row per style of the family.
pub(crate) fn write(
    file: &Path,
    family: &StyleFamily,
    rng: &mut StdRng,
) -> Result<(), Box<dyn Error>> {
    let calm = Style::calm();
    let rows: Vec<&Style> = [&calm; 4].into_iter().chain(family.styles()).collect();
    let places = |(width, height): (u32, u32)| (width as usize + GAP, height as usize + GAP);
    let sizes: Vec<_> = rows.iter().map(|style| places(style.size(5))).collect();
    let width = sizes.iter().map(|size| size.0).max().unwrap_or_default();
    let height: usize = sizes.iter().map(|size| size.1).sum();
    let mut sheet = Sheet::new((THEMES.len() * width + GAP, height + GAP), GRAY);
    let mut top = GAP;
    for (style, size) in rows.iter().zip(sizes) {
        for (column, theme) in THEMES.into_iter().enumerate() {
            let captcha = Captcha::random(rng, 5)?.theme(theme).scale(2);
            let picture = captcha.render(style, rng)?;
            sheet.add(&picture, 2, (GAP + column * width + (width - size.0) / 2, top))?;
        }
        top += size.1;
    }
    sheet.write(file)?;
    println!("the calm style and {} others, light and dark: {}", rows.len() - 4, file.display());
    Ok(())
}
