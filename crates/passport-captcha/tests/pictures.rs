//! What every caller may rely on, through the public API alone.

use std::io::Cursor;

use passport_captcha::{Alphabet, Captcha, Level, Picture, RenderError, TextError};
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

#[test]
fn draws_every_character_of_the_alphabet() {
    for character in Alphabet::CHARACTERS.chars() {
        let captcha = Captcha::new(&character.to_string()).unwrap().level(Level::Easy);
        let pixels = decode(&captcha.render(&mut seeded(1)).unwrap());
        let ink = pixels.iter().filter(|gray| **gray < 128).count();
        assert!((100..4_000).contains(&ink), "{character}: {ink}");
    }
}

#[test]
fn draws_a_thousand_different_pictures() {
    let mut rng = seeded(2);
    for round in 0..1_000 {
        let (width, height) = (rng.random_range(48..300), rng.random_range(32..100));
        let longest = (width / Captcha::WIDTH_PER_CHARACTER).min(12);
        let length = rng.random_range(1..=longest) as usize;
        let captcha = Captcha::new(&Alphabet::sample(&mut seeded_secret(round), length))
            .unwrap()
            .size(width, height)
            .level(Level::ALL[rng.random_range(0..Level::ALL.len())]);
        let picture = captcha.render(&mut rng).unwrap();
        assert_eq!((picture.width(), picture.height()), (width, height));
        let pixels = decode(&picture);
        assert!(pixels.iter().any(|gray| *gray < 64) && pixels.iter().any(|gray| *gray > 192));
    }
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
            assert!(bytes < 8_000, "{level}: {bytes}");
        }
    }
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
    let medium = Captcha::new("K7MXP").unwrap();
    let hard = Captcha::new("4RNE8").unwrap().level(Level::Hard).size(160, 60);
    let seen = [(medium, 7), (hard, 8)]
        .map(|(c, seed)| fingerprint(&c.render(&mut seeded(seed)).unwrap()));
    assert_eq!(seen, [0x2433_6b09_1d99_3d6c, 0x309d_caf0_69ce_878b], "{seen:#x?}");
}

#[test]
fn refuses_texts_it_cannot_draw() {
    assert_eq!(Captcha::new("").unwrap_err(), TextError::Empty);
    for (text, character) in
        [("K7M0P", '0'), ("k7mxp", 'k'), ("AE H", ' '), ("Ａ", 'Ａ'), ("\0", '\0')]
    {
        assert_eq!(Captcha::new(text).unwrap_err(), TextError::OutsideAlphabet { character });
    }
    let long = Captcha::new(&"A".repeat(1_000_000)).unwrap_err();
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
        (47, 80),
        (200, 31),
        (1025, 80),
        (200, 513),
        (u32::MAX, u32::MAX),
    ] {
        let refused = captcha.clone().size(width, height).render(&mut seeded(1)).unwrap_err();
        assert!(
            matches!(refused, RenderError::Size { width: w, height: h } if (w, h) == (width, height))
        );
        assert_eq!(
            refused.to_string(),
            format!("size {width}x{height} is not between 48x32 and 1024x512")
        );
    }
    assert!(captcha.clone().size(1024, 512).render(&mut seeded(1)).is_ok());
}

#[test]
fn refuses_a_text_too_long_for_the_width() {
    let captcha = Captcha::new("K7MXP").unwrap().size(119, 80);
    let refused = captcha.render(&mut seeded(1)).unwrap_err();
    assert!(matches!(refused, RenderError::TextTooWide { length: 5, width: 119, longest: 4 }));
    assert!(captcha.size(120, 80).render(&mut seeded(1)).is_ok());
}

#[test]
fn debug_keeps_the_answer_to_itself() {
    let captcha = Captcha::new("K7MXP").unwrap();
    assert!(!format!("{captcha:?}").contains("K7MXP"));
    assert!(!format!("{:?}", captcha.render(&mut seeded(1)).unwrap()).contains('['));
}
