//! Any text, size, scale and key must give a valid picture or a typed error, without a panic.
#![no_main]

use std::{io::Cursor, time::Duration};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use passport_captcha::{Alphabet, Captcha, Language, Pattern, Style, StyleFamily, Theme};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    seed: u64,
    /// Indices into the alphabet, used unless `wild` is set.
    letters: [u8; 12],
    length: u8,
    /// Arbitrary text.
    wild: Option<&'a str>,
    size: (u16, u16),
    key: [u8; 32],
    /// A style without a key: with a pattern, or calm.
    plain: bool,
    calm: bool,
    style: u8,
    /// Draws at half of the size and twice the scale.
    halved: bool,
    dark: bool,
    chinese: bool,
}

fuzz_target!(|input: Input<'_>| {
    let known = Alphabet::CHARACTERS.as_bytes();
    let letters = input.letters.map(|it| char::from(known[usize::from(it) % known.len()]));
    let text: String = match input.wild {
        Some(text) => Alphabet::normalise(text),
        None => letters.iter().take(usize::from(input.length) % 14).collect(),
    };
    let Ok(captcha) = Captcha::new(&text) else {
        assert!(text.is_empty() || text.len() > 12 || !text.chars().all(Alphabet::contains));
        return;
    };
    let pattern = usize::from(input.style) % StyleFamily::SIZE;
    let style = if input.plain && input.calm {
        Style::calm()
    } else if input.plain {
        Style::new(Pattern::ALL[pattern])
    } else {
        StyleFamily::derive(&input.key).styles()[pattern].clone()
    };
    // Up to one pixel beyond the bounds. Half of the sizes are small, where errors are most likely.
    let side = |it: u16, (small, least, most): (u32, u32, u32)| {
        let bound = if it & 1 == 0 { most + 2 - least } else { small };
        least - 1 + u32::from(it >> 1) % bound
    };
    let (least, most) = (Captcha::MIN_SIZE, Captcha::MAX_SIZE);
    let size =
        (side(input.size.0, (280, least.0, most.0)), side(input.size.1, (92, least.1, most.1)));
    let scale = if input.halved { 2 } else { 1 };
    let size = (size.0 / scale * scale, size.1 / scale * scale);
    let captcha = captcha
        .theme(if input.dark { Theme::Dark } else { Theme::Light })
        .size(size.0 / scale, size.1 / scale)
        .scale(scale);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(input.seed);
    let fits = (least.0..=most.0).contains(&size.0)
        && (least.1..=most.1).contains(&size.1)
        && text.len() as u32 * Captcha::WIDTH_PER_CHARACTER <= size.0;
    let rendered = captcha.render(&style, &mut rng);
    assert_eq!(rendered.is_ok(), fits, "{} characters at {size:?}", text.len());
    if let Ok(picture) = rendered {
        let mut reader = png::Decoder::new(Cursor::new(picture.png())).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((info.width, info.height), size);
        assert_eq!((picture.width(), picture.height()), size);
    }
    // Only one input in sixteen is spoken, because speaking takes longer than drawing.
    if input.style >> 4 == 0 {
        let language = if input.chinese { Language::Chinese } else { Language::English };
        let audio = captcha.speak(language, &mut rng);
        assert!(audio.duration() >= Duration::from_millis(400 * text.len() as u64));
    }
});
