//! What every caller may rely on, through the public API alone.

use std::io::Cursor;

use passport_captcha::{
    Alphabet, Captcha, Level, Pattern, Picture, RenderError, Style, StyleFamily, TextError, Theme,
};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// Decodes to one gray byte a pixel and checks what the header says.
fn decode(picture: &Picture) -> Vec<u8> {
    let mut decoder = png::Decoder::new(Cursor::new(picture.png()));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("the header is valid");
    let mut bytes = vec![0; reader.output_buffer_size().expect("the size is bounded")];
    let info = reader.next_frame(&mut bytes).expect("the pixels are valid");
    assert_eq!((info.width, info.height), (picture.width(), picture.height()));
    bytes.chunks_exact(info.color_type.samples()).map(|pixel| pixel[0]).collect()
}

/// FNV-1a of the pixels: it changes with the look, not with the encoder.
fn fingerprint(picture: &Picture) -> u64 {
    decode(picture).iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The darkest and the lightest pixel, by their green.
fn extremes(pixels: &[u8]) -> (u8, u8) {
    pixels.iter().fold((255, 0), |(low, high), gray| (low.min(*gray), high.max(*gray)))
}

#[test]
fn ten_thousand_pictures_of_every_level_and_size_are_sound() {
    let mut rng = seeded(2);
    let mut texts = seeded_secret(2);
    let families = [StyleFamily::default(), StyleFamily::derive(b"a"), StyleFamily::derive(b"b")];
    for round in 0..10_000_usize {
        let (width, height) = (rng.random_range(64..300), rng.random_range(48..140));
        let longest = (width / Captcha::WIDTH_PER_CHARACTER).min(12);
        let length = rng.random_range(1..=longest) as usize;
        let captcha = Captcha::random(&mut texts, length)
            .unwrap()
            .size(width, height)
            .style(families[round % 3].choose(&mut rng))
            .theme(if rng.random() { Theme::Dark } else { Theme::Light })
            .level(Level::ALL[round % 4]);
        let picture = captcha.render(&mut rng).unwrap();
        assert_eq!((picture.width(), picture.height()), (width, height));
        let (darkest, lightest) = extremes(&decode(&picture));
        assert!(darkest <= 72 && lightest >= 232, "{darkest} {lightest}");
    }
}

/// Without the pattern's lines ink would be dark only, or light only.
#[test]
fn ink_and_ground_share_the_picture() {
    for pattern in Pattern::ALL {
        let captcha = Captcha::new("K7MXP").unwrap().style(&Style::new(pattern)).level(Level::MAX);
        let mut dark = 0;
        for seed in 0..50 {
            let pixels = captcha.render_luma(&mut seeded(seed)).unwrap();
            assert_eq!(pixels.len(), 160 * 104);
            dark += pixels.iter().filter(|gray| **gray < 128).count();
        }
        let share = dark * 100 / (50 * 160 * 104);
        assert!((30..70).contains(&share), "{pattern:?}: {share} %");
    }
}

#[test]
fn themes_exchange_the_colours() {
    let captcha = Captcha::new("K7MXP").unwrap();
    let light = captcha.render_luma(&mut seeded(5)).unwrap();
    let dark = captcha.theme(Theme::Dark).render_luma(&mut seeded(5)).unwrap();
    assert!(light.iter().zip(&dark).all(|(one, other)| *one == 255 - other));
}

/// `sample` takes only generators fit for secrets.
fn seeded_secret(seed: u64) -> impl rand::CryptoRng {
    rand::rngs::StdRng::seed_from_u64(seed)
}

#[test]
fn stays_small() {
    for level in Level::ALL {
        let captcha = Captcha::new("MWMWM").unwrap().level(level);
        for seed in 0..50 {
            let bytes = captcha.render(&mut seeded(seed)).unwrap().into_png().len();
            assert!(bytes < 3_000, "{level}: {bytes}");
        }
    }
}

/// In many families: some have finer letters than others.
#[test]
fn takes_two_kilobytes_on_average() {
    let (mut bytes, mut pictures) = (0, 0);
    for key in 0..100_u32 {
        for (style, level) in StyleFamily::derive(&key.to_be_bytes())
            .styles()
            .iter()
            .zip(Level::ALL.into_iter().cycle().skip(key as usize % 4))
        {
            let captcha = Captcha::new("K7MXP").unwrap().style(style).level(level);
            bytes += captcha.render(&mut seeded(key.into())).unwrap().png().len();
            pictures += 1;
        }
    }
    assert!(bytes < 2_048 * pictures, "{} bytes", bytes / pictures);
}

#[test]
fn the_same_seed_gives_the_same_picture() {
    let captcha = Captcha::new("K7MXP").unwrap();
    assert_eq!(captcha.render(&mut seeded(3)).unwrap(), captcha.render(&mut seeded(3)).unwrap());
    assert_ne!(captcha.render(&mut seeded(3)).unwrap(), captcha.render(&mut seeded(4)).unwrap());
}

/// A change of look is to be seen in review: render the example, look, then renew the numbers.
#[test]
fn looks_as_it_did() {
    let look = |style: &Style| {
        let captcha = Captcha::new("K7MXP").unwrap().style(style).level(Level::MAX);
        fingerprint(&captcha.render(&mut seeded(7)).unwrap())
    };
    let seen: Vec<_> = Pattern::ALL.map(|pattern| look(&Style::new(pattern))).into();
    assert_eq!(seen, PLAIN, "{seen:#x?}");
    let seen: Vec<_> = StyleFamily::default().styles().iter().map(look).collect();
    assert_eq!(seen, DEFAULT, "{seen:#x?}");
}

const PLAIN: [u64; 7] = [
    0x8bfd_1ce2_9029_94d1,
    0xcc77_a72c_f60e_ee89,
    0x0f55_2e1f_2ee1_8bb9,
    0xf234_06df_692f_6031,
    0x8bcb_519e_4fad_e795,
    0xeca4_8b9e_2d2e_5089,
    0x5170_dbf8_e76e_02a1,
];

const DEFAULT: [u64; 7] = [
    0xca04_5e2f_64e4_9d53,
    0xbb64_8252_c1d8_4b9b,
    0xeb87_0f0a_9611_af49,
    0xdde4_81eb_211b_0269,
    0xa4ad_b862_2392_e35d,
    0x853b_b2fa_139e_0b52,
    0xc06e_447f_211b_1a33,
];

#[test]
fn refuses_texts_it_cannot_draw() {
    assert_eq!(Captcha::new("").unwrap_err(), TextError::Empty);
    for (text, character) in
        [("K7M0P", '0'), ("k7mxp", 'k'), ("KE H", ' '), ("Ａ", 'Ａ'), ("\0", '\0')]
    {
        assert_eq!(Captcha::new(text).unwrap_err(), TextError::OutsideAlphabet { character });
    }
    let long = Captcha::new(&"K".repeat(1_000_000)).unwrap_err();
    assert_eq!(long, TextError::TooLong { length: 1_000_000 });
    assert_eq!(long.to_string(), "text has 1000000 characters, at most 12 are allowed");
}

#[test]
fn refuses_sizes_out_of_bounds() {
    let captcha = Captcha::new("K7MXP").unwrap();
    for (width, height) in [
        (0, 0),
        (0, 80),
        (200, 0),
        (63, 80),
        (200, 47),
        (1025, 80),
        (200, 513),
        (u32::MAX, u32::MAX),
    ] {
        let refused = captcha.clone().size(width, height).render(&mut seeded(1)).unwrap_err();
        assert_eq!(refused, RenderError::Size { width, height });
        assert_eq!(
            refused.to_string(),
            format!("size {width}x{height} is not between 64x48 and 1024x512")
        );
    }
    assert!(captcha.clone().size(1024, 512).render(&mut seeded(1)).is_ok());
}

#[test]
fn refuses_a_text_too_long_for_the_width() {
    let captcha = Captcha::new("K7MXP").unwrap().size(79, 80);
    let refused = captcha.render(&mut seeded(1)).unwrap_err();
    assert_eq!(refused, RenderError::TextTooWide { length: 5, width: 79, longest: 4 });
    assert!(captcha.size(80, 80).render(&mut seeded(1)).is_ok());
}

#[test]
fn debug_keeps_the_answer_to_itself() {
    let captcha = Captcha::new("K7MXP").unwrap();
    assert!(!format!("{captcha:?}").contains("K7MXP"));
    assert!(!format!("{:?}", captcha.render(&mut seeded(1)).unwrap()).contains('['));
}

/// Whatever comes in, an answer or an error that says the bound comes out.
#[test]
fn survives_anything() {
    let mut rng = seeded(9);
    let characters: Vec<char> =
        Alphabet::CHARACTERS.chars().chain(['a', '0', ' ', '\0', 'é', '３', '\u{1F600}']).collect();
    let sizes = [0, 1, 15, 47, 48, 63, 64, 160, 161, 512, 513, 1024, 1025, u32::MAX];
    let mut drawn = 0;
    for round in 0..4_000_u32 {
        let clean = round % 2 == 0;
        let known = if clean { Alphabet::CHARACTERS.len() } else { characters.len() };
        let length = rng.random_range(0..14);
        let text: String = (0..length).map(|_| characters[rng.random_range(0..known)]).collect();
        let Ok(captcha) = Captcha::new(&text) else {
            assert!(!clean || text.is_empty() || text.len() > Captcha::MAX_LENGTH);
            continue;
        };
        let mut size = || sizes[rng.random_range(0..sizes.len())];
        let (width, height) = (size(), size());
        let style = StyleFamily::derive(&round.to_le_bytes()).choose(&mut rng).clone();
        let captcha = captcha.size(width, height).style(&style);
        match captcha.render(&mut rng) {
            Ok(picture) => drawn += usize::from(picture.width() == width),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    assert!(drawn > 200, "{drawn}");
}
