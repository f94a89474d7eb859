use std::fmt;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use crate::raster::SHADES;

const GROUND: [u8; 3] = [0xFF, 0xFF, 0xFF];
const INK: [u8; 3] = [0x1B, 0x26, 0x3B];

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

    /// Packs `shades`, one byte a pixel in rows, into a PNG of four bits a pixel.
    pub(crate) fn encode(
        (width, height): (u16, u16),
        shades: &[u8],
    ) -> Result<Self, EncodingError> {
        let packed: Vec<u8> = shades
            .chunks(usize::from(width).max(1))
            .flat_map(|row| row.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)))
            .collect();
        let (width, height) = (u32::from(width), u32::from(height));
        let mut png = Vec::with_capacity(packed.len() / 2);
        let mut encoder = Encoder::new(&mut png, width, height);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(BitDepth::Four);
        encoder.set_palette(palette());
        encoder.set_compression(Compression::Fast);
        encoder.set_filter(Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&packed)?;
        writer.finish()?;
        Ok(Self { width, height, png })
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

fn palette() -> Vec<u8> {
    let blend = |ground: u8, ink: u8, step: u8| {
        let (step, last) = (u16::from(step), u16::from(SHADES - 1));
        let mixed = (u16::from(ground) * (last - step) + u16::from(ink) * step) / last;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    (0..SHADES).flat_map(|step| [0, 1, 2].map(|i| blend(GROUND[i], INK[i], step))).collect()
}
