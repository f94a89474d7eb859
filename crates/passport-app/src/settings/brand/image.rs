//! Pictures of the brand: recognised by their first bytes, so that a file is served as what it is.

use std::{fmt, sync::Arc};

/// Largest picture, because every visitor loads it.
pub(super) const MOST_BYTES: usize = 128 * 1024;

/// A picture of the brand.
#[derive(Clone, PartialEq, Eq)]
pub struct BrandImage {
    kind: ImageKind,
    size: Option<(u32, u32)>,
    bytes: Arc<[u8]>,
}

/// Format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// Scalable Vector Graphics.
    Svg,
    /// Portable Network Graphics.
    Png,
    /// WebP.
    WebP,
}

impl ImageKind {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Svg, Self::Png, Self::WebP];

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }

    /// Media type of the format.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }

    /// The format of a file that begins with these bytes.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else {
            let text = str::from_utf8(bytes).ok()?;
            root(text).is_some_and(|tag| tag.starts_with("<svg")).then_some(Self::Svg)
        }
    }
}

impl BrandImage {
    /// The picture in a file with that `extension`. The error says what is wrong with the file.
    pub(super) fn read(extension: &str, bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() > MOST_BYTES {
            return Err(format!(
                "has {} bytes, but a picture that every visitor loads may have at most {MOST_BYTES}",
                bytes.len()
            ));
        }
        let kind = ImageKind::of(&bytes).ok_or("is no SVG, PNG or WebP, by its content")?;
        if kind.extension() != extension {
            return Err(format!("is {}, by its content: name it .{0}", kind.extension()));
        }
        Ok(Self { kind, size: size(kind, &bytes), bytes: bytes.into() })
    }

    /// Format of the picture.
    pub fn kind(&self) -> ImageKind {
        self.kind
    }

    /// Width and height, so that pages keep the place of a picture that is not loaded yet. `None` for
    /// an SVG without a `viewBox`.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.size
    }

    /// Content of the file.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl fmt::Debug for BrandImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrandImage({}, {} bytes)", self.kind.extension(), self.bytes.len())
    }
}

fn size(kind: ImageKind, bytes: &[u8]) -> Option<(u32, u32)> {
    let at = |range| bytes.get(range);
    match kind {
        ImageKind::Png => {
            let number = |bytes: &[u8]| Some(u32::from_be_bytes(bytes.try_into().ok()?));
            Some((number(at(16..20)?)?, number(at(20..24)?)?))
        }
        ImageKind::WebP => {
            let low = |bytes: &[u8]| {
                bytes.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte))
            };
            match at(12..16)? {
                b"VP8X" => Some((low(at(24..27)?) + 1, low(at(27..30)?) + 1)),
                b"VP8L" => {
                    let bits = low(at(21..25)?);
                    Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
                }
                b"VP8 " => Some((low(at(26..28)?) & 0x3fff, low(at(28..30)?) & 0x3fff)),
                _ => None,
            }
        }
        ImageKind::Svg => {
            let tag = root(str::from_utf8(bytes).ok()?)?;
            let (_, rest) = tag.split_once("viewBox=")?;
            let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
            let (view, _) = rest[1..].split_once(quote)?;
            let mut numbers =
                view.split([' ', ',', '\n', '\t']).filter(|it| !it.is_empty()).skip(2);
            Some((length(numbers.next()?)?, length(numbers.next()?)?))
        }
    }
}

/// A length of an SVG, in whole units.
fn length(text: &str) -> Option<u32> {
    let length: f64 = text.parse().ok().filter(|it| (1.0..=100_000.0).contains(it))?;
    format!("{length:.0}").parse().ok()
}

/// The first element of an XML document, from its `<` to its `>`; a declaration, comments and a document
/// type before it are skipped.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    loop {
        let end = match rest {
            it if it.starts_with("<?") => "?>",
            it if it.starts_with("<!--") => "-->",
            it if it.starts_with("<!") => ">",
            it if it.starts_with('<') => return it.get(..=it.find('>')?),
            _ => return None,
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\x50\x08\x06\0\0\0";

    #[test]
    fn p9_a_picture_is_what_its_first_bytes_say() {
        let read = |extension, bytes: &[u8]| BrandImage::read(extension, bytes.to_vec());
        assert_eq!(read("png", PNG).unwrap().size(), Some((320, 80)));
        let svg =
            "<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg viewBox=\"0 0 120.4 24\">";
        let image = read("svg", svg.as_bytes()).unwrap();
        assert_eq!((image.kind(), image.size()), (ImageKind::Svg, Some((120, 24))));
        assert_eq!(read("svg", b"\xef\xbb\xbf<svg width='1'></svg>").unwrap().size(), None);
        let lossy = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x40\x01\x50\0";
        assert_eq!(read("webp", lossy).unwrap().size(), Some((320, 80)));
        let lossless = b"RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x3f\xc1\x13\0";
        assert_eq!(read("webp", lossless).unwrap().size(), Some((320, 80)));
        let extended = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\x4f\0\0";
        assert_eq!(read("webp", extended).unwrap().size(), Some((320, 80)));

        let refusal = |extension, bytes: &[u8]| read(extension, bytes).unwrap_err();
        assert_eq!(refusal("svg", PNG), "is png, by its content: name it .png");
        for other in [&b""[..], b"GIF89a", b"<html><svg></svg>", b"\xff\xd8\xff", b"<svg", b"RIFF"]
        {
            assert_eq!(
                refusal("svg", other),
                "is no SVG, PNG or WebP, by its content",
                "{other:?}"
            );
        }
        let large = [svg.as_bytes(), &vec![b' '; MOST_BYTES]].concat();
        assert!(refusal("svg", &large).contains("may have at most 131072"));
    }

    #[test]
    fn cut_files_have_no_size_and_harm_nothing() {
        for end in 8..PNG.len() {
            let image = BrandImage::read("png", PNG[..end].to_vec()).unwrap();
            assert_eq!(image.size().is_some(), end >= 24, "{end}");
        }
    }
}
