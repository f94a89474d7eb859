//! What a player and a listener may rely on.

use passport_captcha::{Captcha, Language};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

#[test]
fn cap_5_one_file_holds_all_characters() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    for text in ["WWWWW", "K7MXP", "EEEEE", "Y"] {
        for language in [Language::Chinese, Language::English] {
            for _ in 0..20 {
                let audio = Captcha::new(text).unwrap().speak(language, &mut rng);
                let wav = audio.wav();
                assert_eq!(&wav[..4], b"RIFF");
                assert_eq!(&wav[8..16], b"WAVEfmt ");
                assert_eq!(&wav[36..40], b"data");
                let number = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap());
                assert_eq!(number(4) as usize, wav.len() - 8);
                assert!(number(40) as usize <= wav.len() - 44);
                assert_eq!(wav.windows(4).filter(|it| it == b"RIFF").count(), 1);
                assert!(audio.milliseconds() >= text.len() * 400);
                assert!(wav.len() <= 60_000, "{}", wav.len());
            }
        }
    }
}

#[test]
fn it_differs_each_time_and_not_for_a_seed() {
    let captcha = Captcha::new("K7MXP").unwrap();
    let speak =
        |seed| captcha.speak(Language::English, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
    assert_eq!(speak(1), speak(1));
    assert_ne!(speak(1), speak(2));
}
