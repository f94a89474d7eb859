//! Pictures through the public API.

use std::io::Cursor;

use passport_captcha::{
    Alphabet, Captcha, Pattern, Picture, RenderError, Style, StyleFamily, TextError, Theme,
};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// Family of a key that begins with `number`.
fn family(number: u64) -> StyleFamily {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_le_bytes());
    StyleFamily::derive(&key)
}

/// A style for tests in which the style plays no part.
fn any_style() -> Style {
    family(1).styles()[0].clone()
}

/// Decodes a picture to RGB and checks its header.
fn decode(picture: &Picture) -> Vec<[u8; 3]> {
    let mut decoder = png::Decoder::new(Cursor::new(picture.png()));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("the header is valid");
    let mut bytes = vec![0; reader.output_buffer_size().expect("the size is bounded")];
    let info = reader.next_frame(&mut bytes).expect("the pixels are valid");
    assert_eq!((info.width, info.height), (picture.width(), picture.height()));
    assert_eq!(info.color_type, png::ColorType::Rgb);
    bytes.as_chunks().0.to_vec()
}

/// FNV-1a of the pixels, which does not depend on the encoder.
fn fingerprint(picture: &Picture) -> u64 {
    decode(picture).as_flattened().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Green values of the darkest and the lightest pixel.
fn extremes(pixels: &[[u8; 3]]) -> (u8, u8) {
    pixels.iter().fold((255, 0), |(low, high), [_, green, _]| (low.min(*green), high.max(*green)))
}

#[test]
fn ten_thousand_pictures_of_every_size_are_sound() {
    let mut rng = seeded(2);
    let mut texts = seeded_secret(2);
    let families = [family(0), family(1), family(2)];
    for round in 0..10_000_usize {
        let (width, height) = (rng.random_range(64..300), rng.random_range(48..140));
        let longest = (width / Captcha::WIDTH_PER_CHARACTER).min(12);
        let length = rng.random_range(1..=longest) as usize;
        let captcha = Captcha::random(&mut texts, length)
            .unwrap()
            .size(width, height)
            .theme(if rng.random() { Theme::Dark } else { Theme::Light });
        let style = families[round % 3].choose(&mut rng);
        let picture = captcha.render(style, &mut rng).unwrap();
        assert_eq!((picture.width(), picture.height()), (width, height));
        let (darkest, lightest) = extremes(&decode(&picture));
        assert!(darkest <= 72 && lightest >= 232, "{darkest} {lightest}");
    }
}

/// The pattern inverts ink and ground in about half of the picture.
#[test]
fn dark_and_light_pixels_are_balanced() {
    for pattern in Pattern::ALL {
        let (captcha, style) = (Captcha::new("K4MRP").unwrap(), Style::new(pattern));
        let mut dark = 0;
        for seed in 0..50 {
            let pixels = captcha.render_luma(&style, &mut seeded(seed)).unwrap();
            assert_eq!(pixels.len(), 160 * 104);
            dark += pixels.iter().filter(|gray| **gray < 128).count();
        }
        let share = dark * 100 / (50 * 160 * 104);
        assert!((30..70).contains(&share), "{pattern:?}: {share} %");
    }
}

#[test]
fn themes_swap_the_colours() {
    let (ink, ground) = ([10, 20, 30], [240, 250, 255]);
    let style = Style::new(Pattern::Bands).colours(ink, ground);
    let light = Captcha::new("K4MRP").unwrap();
    let dark = light.clone().theme(Theme::Dark);
    let gray = |captcha: &Captcha| captcha.render_luma(&style, &mut seeded(5)).unwrap();
    assert!(gray(&light).iter().zip(&gray(&dark)).all(|(one, other)| *one == 255 - other));
    for (captcha, [black, white]) in [(&light, [ink, ground]), (&dark, [ground, ink])] {
        let pixels = decode(&captcha.render(&style, &mut seeded(5)).unwrap());
        let drawn = gray(&light).into_iter().zip(pixels);
        for (gray, pixel) in drawn.filter(|(gray, _)| [0, 255].contains(gray)) {
            assert_eq!(pixel, if gray == 0 { black } else { white });
        }
    }
}

/// A cryptographic generator, because `Captcha::random` accepts no other kind.
fn seeded_secret(seed: u64) -> impl rand::CryptoRng {
    rand::rngs::StdRng::seed_from_u64(seed)
}

#[test]
fn the_largest_pictures_are_at_most_45_kilobytes() {
    let (width, height) = Captcha::MAX_SIZE;
    for seed in 0..40_u64 {
        let family = family(seed);
        let captcha = Captcha::new("MWMWMWMWMWMW").unwrap().size(width, height);
        let style = family.choose(&mut seeded(seed));
        let bytes = captcha.render(style, &mut seeded(seed)).unwrap().into_png().len();
        assert!(bytes < 45_000, "{seed}: {bytes}");
    }
}

#[test]
fn default_pictures_are_below_three_kilobytes() {
    let captcha = Captcha::new("MWMWM").unwrap();
    for seed in 0..200 {
        let picture = captcha.render(family(0).choose(&mut seeded(seed)), &mut seeded(seed));
        let bytes = picture.unwrap().into_png().len();
        assert!(bytes < 3_000, "{bytes}");
    }
}

/// The mean covers many families, because the size of a picture depends on the typefaces.
#[test]
fn pictures_take_two_kilobytes_on_average() {
    let (mut bytes, mut pictures) = (0, 0);
    for key in 0..100_u32 {
        for style in family(key.into()).styles() {
            let captcha = Captcha::new("K4MRP").unwrap();
            bytes += captcha.render(style, &mut seeded(key.into())).unwrap().png().len();
            pictures += 1;
        }
    }
    assert!(bytes < 2_048 * pictures, "{} bytes", bytes / pictures);
}

#[test]
fn the_same_seed_gives_the_same_picture() {
    let captcha = Captcha::new("K4MRP").unwrap();
    let render = |style: &Style, seed| captcha.render(style, &mut seeded(seed)).unwrap();
    let style = any_style();
    assert_eq!(render(&style, 3), render(&style, 3));
    assert_ne!(render(&style, 3), render(&style, 4));
}

/// A change of the look must be visible in review. After an intended change, run the example,
/// inspect the pictures, and update the numbers.
#[test]
fn the_look_is_unchanged() {
    let look = |style: &Style| {
        let captcha = Captcha::new("K4MRP").unwrap();
        fingerprint(&captcha.render(style, &mut seeded(7)).unwrap())
    };
    let seen: Vec<_> = Pattern::ALL.map(|pattern| look(&Style::new(pattern))).into();
    assert_eq!(seen, PLAIN, "{seen:#x?}");
    let seen: Vec<_> = family(0).styles().iter().map(look).collect();
    assert_eq!(seen, DEFAULT, "{seen:#x?}");
    let style = Style::new(Pattern::Checks).colours([0x10, 0x20, 0x30], [0xFF, 0xEE, 0xDD]);
    let captcha = Captcha::new("K4MRP").unwrap().theme(Theme::Dark);
    let seen = [1, 2].map(|scale| {
        let captcha = captcha.clone().size(200, 90).scale(scale);
        fingerprint(&captcha.render(&style, &mut seeded(7)).unwrap())
    });
    assert_eq!(seen, SCALES, "{seen:#x?}");
    let captcha = Captcha::new("K4MRP").unwrap();
    let calm = [Theme::Light, Theme::Dark].map(|theme| {
        let captcha = captcha.clone().theme(theme).scale(2);
        // This seed chooses the same face with and without the feature `classic`.
        fingerprint(&captcha.render(&Style::calm(), &mut seeded(8)).unwrap())
    });
    assert_eq!(calm, CALM, "{calm:#x?}");
}

#[cfg(feature = "classic")]
#[test]
fn classic_has_other_letters() {
    let captcha = Captcha::new("K4MRP").unwrap();
    let look = |style: &Style| captcha.render_luma(style, &mut seeded(7)).unwrap();
    // Both use the same randomness except for the faces, so only letters can differ.
    let (plain, classic) = (look(&Style::new(Pattern::Bands)), look(&Style::classic()));
    let differ = plain.iter().zip(&classic).filter(|(one, other)| one != other).count();
    assert!(differ * 20 > plain.len(), "{differ} of {}", plain.len());
    let family = family(0).with_classic();
    assert_eq!(family.styles().len(), StyleFamily::SIZE + 1);
    let [first, .., last] = family.styles() else { panic!("a family has several styles") };
    assert_ne!(look(first), look(last));
}

const PLAIN: [u64; 7] = [
    0x6d63_e7f9_4c91_b34b,
    0x4b0d_c9eb_f3d6_aa63,
    0x8d0b_589d_7909_b10e,
    0x7a68_58ec_cf1c_f331,
    0x1a04_b693_e851_506c,
    0x99ee_4623_607f_f926,
    0x5da5_b353_f07c_bb9a,
];

const DEFAULT: [u64; 7] = [
    0x4c42_c061_8835_3190,
    0xb6e5_d2a0_7c74_bd8d,
    0xa891_8c4b_21e9_9880,
    0x4951_78eb_38e1_37b3,
    0x14fa_7d37_e9d8_0711,
    0x9172_83fe_c50a_503c,
    0x432a_d4ca_5f32_9e68,
];

const SCALES: [u64; 2] = [0xd91c_2769_b09a_e5ed, 0x972e_d998_bc7a_470b];

const CALM: [u64; 2] = [0x881d_5fa2_3111_32c8, 0x237b_0eb2_169e_bdc9];

#[test]
fn refuses_invalid_texts() {
    assert_eq!(Captcha::new("").unwrap_err(), TextError::Empty);
    for (text, character) in
        [("K4M0P", '0'), ("k4mrp", 'k'), ("KE H", ' '), ("Ａ", 'Ａ'), ("\0", '\0')]
    {
        assert_eq!(Captcha::new(text).unwrap_err(), TextError::OutsideAlphabet { character });
    }
    let long = Captcha::new(&"K".repeat(1_000_000)).unwrap_err();
    assert_eq!(long, TextError::TooLong { length: 1_000_000 });
    assert_eq!(long.to_string(), "text has 1000000 characters, at most 12 are allowed");
}

#[test]
fn refuses_sizes_out_of_bounds() {
    let captcha = Captcha::new("K4MRP").unwrap();
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
        let refused = captcha.clone().size(width, height);
        let refused = refused.render(&any_style(), &mut seeded(1)).unwrap_err();
        assert_eq!(refused, RenderError::Size { width, height });
        assert_eq!(
            refused.to_string(),
            format!("size {width}x{height} is not between 64x48 and 1024x512")
        );
    }
    assert!(captcha.clone().size(1024, 512).render(&any_style(), &mut seeded(1)).is_ok());
    for (scale, size) in [(3, (1536, 768)), (0, (0, 0)), (u32::MAX, (u32::MAX, u32::MAX))] {
        let refused = captcha.clone().size(512, 256).scale(scale);
        let refused = refused.render(&any_style(), &mut seeded(1)).unwrap_err();
        assert_eq!(refused, RenderError::Size { width: size.0, height: size.1 });
    }
}

#[test]
fn refuses_a_text_too_long_for_the_width() {
    let captcha = Captcha::new("K4MRP").unwrap().size(79, 80);
    let refused = captcha.render(&any_style(), &mut seeded(1)).unwrap_err();
    assert_eq!(refused, RenderError::TextTooWide { length: 5, width: 79, longest: 4 });
    assert!(captcha.size(80, 80).render(&any_style(), &mut seeded(1)).is_ok());
}

#[test]
fn debug_does_not_show_the_answer() {
    let captcha = Captcha::new("K4MRP").unwrap();
    assert!(!format!("{captcha:?}").contains("K4MRP"));
    let picture = captcha.render(&any_style(), &mut seeded(1)).unwrap();
    assert!(!format!("{picture:?}").contains('['));
}

#[test]
fn debug_does_not_show_the_style() {
    let family = family(1);
    assert_eq!(format!("{family:?}"), "StyleFamily(7 styles)");
    assert_eq!(format!("{:?}", family.styles()[0]), "Style { pattern: Some(Bands), .. }");
}

/// Every input gives either a picture or an error with the violated bound.
#[test]
fn any_input_gives_a_picture_or_an_error() {
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
        let style = family(round.into()).choose(&mut rng).clone();
        match captcha.size(width, height).render(&style, &mut rng) {
            Ok(picture) => drawn += usize::from(picture.width() == width),
            Err(RenderError::Size { .. }) => {
                let fits = (64..=1024).contains(&width) && (48..=512).contains(&height);
                assert!(!fits, "{width}x{height}");
            }
            Err(RenderError::TextTooWide { length, longest, .. }) => {
                assert_eq!((length, longest), (text.len(), width as usize / 16));
                assert!(length > longest, "{text} at {width}");
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(drawn > 200, "{drawn}");
}
