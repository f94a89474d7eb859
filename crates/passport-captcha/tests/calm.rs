//! The calm style through the public API.

use std::io::Cursor;

use passport_captcha::{Alphabet, Captcha, Picture, Style, StyleFamily, Theme};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];

/// A picture as a service serves it: random text, twice the size of the page.
fn picture(seed: u64, length: usize, theme: Theme) -> (Captcha, Picture) {
    let text = Alphabet::sample(&mut rand::rngs::StdRng::seed_from_u64(seed), length);
    let text = text.expect("the length is allowed");
    let captcha = Captcha::new(&text).expect("the text is from the alphabet").theme(theme).scale(2);
    let picture = captcha.render(&Style::calm(), &mut seeded(seed)).expect("the text fits");
    (captcha, picture)
}

/// Seeds, each with a length that can be set.
fn cases(count: u64) -> impl Iterator<Item = (u64, usize)> {
    (0..count).zip((4..=8).cycle())
}

fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// Width, palette, and an index into it per pixel, from ground (0) to ink (3).
struct Decoded {
    width: usize,
    palette: Vec<[u8; 3]>,
    shades: Vec<u8>,
}

fn decode(picture: &Picture) -> Decoded {
    let mut decoder = png::Decoder::new(Cursor::new(picture.png()));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().expect("the header is valid");
    let palette =
        reader.info().palette.as_ref().expect("there is a palette").as_chunks().0.to_vec();
    let mut bytes = vec![0; reader.output_buffer_size().expect("the size is bounded")];
    let info = reader.next_frame(&mut bytes).expect("the pixels are valid");
    let width = info.width as usize;
    let row = |row: &[u8]| {
        let pixels = row.iter().flat_map(|byte| [6, 4, 2, 0].map(|bits| byte >> bits & 3));
        pixels.take(width).collect::<Vec<_>>()
    };
    let shades = bytes.chunks_exact(info.line_size).flat_map(row).collect();
    Decoded { width, palette, shades }
}

impl Decoded {
    /// Number of pixels of this shade.
    fn count(&self, shade: u8) -> usize {
        self.shades.iter().map(|it| usize::from(*it == shade)).sum()
    }
}

/// Heights and widths of the connected pieces of ink, from left to right.
fn pieces(picture: &Decoded) -> Vec<(usize, usize)> {
    let mut ink: Vec<bool> = picture.shades.iter().map(|shade| *shade > 0).collect();
    let mut pieces = Vec::new();
    for column in 0..picture.width {
        for row in 0..ink.len() / picture.width {
            let (mut left, mut right, mut top, mut bottom) = (column, column, row, row);
            let mut open = vec![(row, column)];
            let mut size = 0;
            while let Some((row, column)) = open.pop() {
                let at = row.saturating_mul(picture.width).saturating_add(column);
                if column >= picture.width || !ink.get(at).is_some_and(|ink| *ink) {
                    continue;
                }
                ink[at] = false;
                size += 1;
                (left, right) = (left.min(column), right.max(column));
                (top, bottom) = (top.min(row), bottom.max(row));
                for (down, over) in
                    [(0, 1), (1, 0), (1, 1), (2, 1), (1, 2), (0, 0), (2, 2), (0, 2), (2, 0)]
                {
                    if let (Some(row), Some(column)) =
                        ((row + down).checked_sub(1), (column + over).checked_sub(1))
                    {
                        open.push((row, column));
                    }
                }
            }
            if size > 0 {
                pieces.push((bottom - top + 1, right - left + 1));
            }
        }
    }
    pieces
}

/// A pattern, a screen, a stray piece or letters that touch would make other pieces than these.
#[test]
fn nothing_but_the_letters_is_drawn_and_they_are_apart() {
    for (seed, length) in cases(200) {
        let (captcha, picture) = picture(seed, length, Theme::Light);
        let pieces = pieces(&decode(&picture));
        assert_eq!(pieces.len(), length, "{}, seed {seed}: {pieces:?}", captcha.text());
    }
}

#[test]
fn letters_are_large_and_of_one_size() {
    for seed in 0..100 {
        let (captcha, picture) = picture(seed, 5, Theme::Light);
        let pieces = pieces(&decode(&picture));
        let heights = pieces.iter().map(|(height, _)| *height);
        let (least, most) = (heights.clone().min().unwrap(), heights.max().unwrap());
        // In pixels of the file, of which two are one of the page.
        assert!(least >= 2 * 22, "{}, seed {seed}: {pieces:?}", captcha.text());
        assert!(most * 4 <= least * 5, "{}, seed {seed}: {pieces:?}", captcha.text());
        assert!(pieces.iter().all(|(_, width)| *width >= 2 * 9), "{}: {pieces:?}", captcha.text());
    }
}

#[test]
fn the_edge_is_free() {
    for (seed, length) in cases(100) {
        let picture = decode(&picture(seed, length, Theme::Light).1);
        let height = picture.shades.len() / picture.width;
        for (at, shade) in picture.shades.iter().enumerate() {
            let (row, column) = (at / picture.width, at % picture.width);
            let is_edge =
                row < 12 || row + 12 >= height || column < 8 || column + 8 >= picture.width;
            assert!(!is_edge || *shade == 0, "{row} {column}, seed {seed}");
        }
    }
}

/// Text against its ground, as WCAG 2 measures it. All but anti-aliased pixels have one of the two.
#[test]
fn p19_text_has_a_contrast_of_seven_in_both_themes() {
    for theme in THEMES {
        let picture = decode(&picture(1, 5, theme).1);
        let [ground, .., ink] = picture.palette[..] else { panic!("four colours") };
        let (ground, ink) = (luminance(ground), luminance(ink));
        let contrast = (ground.max(ink) + 0.05) / (ground.min(ink) + 0.05);
        assert!(contrast >= 7.0, "{theme:?}: {contrast}");
        assert_eq!(ground > ink, theme == Theme::Light);
        let share = |shade| picture.count(shade) * 100;
        let all = picture.shades.len();
        assert!(share(0) > 60 * all && share(3) > 10 * all && share(1) + share(2) < 8 * all);
    }
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

#[test]
fn p19_both_themes_are_one_drawing() {
    let family = StyleFamily::derive(&[1; 32]);
    for seed in 0..100 {
        let style = if seed % 2 == 0 { &Style::calm() } else { family.choose(&mut seeded(seed)) };
        let captcha = Captcha::new("K4MRP").unwrap().scale(2);
        let [light, dark] = THEMES
            .map(|theme| captcha.clone().theme(theme).render(style, &mut seeded(seed)).unwrap());
        assert_eq!(decode(&light).shades, decode(&dark).shades);
        assert_ne!(decode(&light).palette, decode(&dark).palette);
        assert_eq!((light.in_theme(Theme::Dark), dark.in_theme(Theme::Light)), (dark, light));
    }
}

#[test]
fn pictures_are_drawn_at_twice_the_size_of_the_page() {
    for length in 4..=8 {
        let (width, height) = Style::calm().size(length);
        let once = Captcha::new(&"K".repeat(length)).unwrap();
        let size = |captcha: Captcha| {
            let picture = captcha.render(&Style::calm(), &mut seeded(1)).unwrap();
            (picture.width(), picture.height())
        };
        assert_eq!(size(once.clone()), (width, height));
        assert_eq!(size(once.scale(2)), (2 * width, 2 * height));
    }
    assert_eq!(Style::calm().size(5), (176, 56));
}

#[test]
fn pictures_take_few_bytes() {
    let mut sum = 0;
    for (seed, length) in cases(500) {
        let (captcha, picture) = picture(seed, length, Theme::Dark);
        assert!(picture.png().len() < 4_096, "{}: {}", captcha.text(), picture.png().len());
        sum += picture.png().len();
    }
    assert!(sum / 500 < 2_600, "{}", sum / 500);
}

#[test]
fn the_same_seed_gives_the_same_picture() {
    let render = |seed| picture(seed, 5, Theme::Light).1;
    assert_eq!(render(3), render(3));
    assert_ne!(render(3), render(4));
}
