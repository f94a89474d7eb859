//! Pictures a second against the crate `captcha`, in one run.
//!
//! `cargo bench -p passport-captcha`

use divan::{Bencher, counter::ItemsCount};
use passport_captcha::{Alphabet, Captcha, Level};
use rand::{SeedableRng, rngs::StdRng};

const LEVELS: [&str; 3] = ["easy", "medium", "hard"];
/// Pictures that the mean size is taken of.
const SAMPLE: usize = 100;

fn main() {
    println!("bytes a picture, mean of {SAMPLE}");
    let mut rng = StdRng::seed_from_u64(1);
    for level in LEVELS {
        let ours: usize = (0..SAMPLE).map(|_| draw_ours(level, (200, 80), &mut rng).len()).sum();
        let theirs: usize = (0..SAMPLE).map(|_| draw_theirs(level).len()).sum();
        println!("  {level}: ours {}, crate captcha {}", ours / SAMPLE, theirs / SAMPLE);
    }
    divan::main();
}

#[divan::bench(args = LEVELS)]
fn ours_200x80(bencher: Bencher<'_, '_>, level: &str) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| draw_ours(level, (200, 80), &mut rng));
}

/// The size that the crate `captcha` draws.
#[divan::bench(args = LEVELS)]
fn ours_220x120(bencher: Bencher<'_, '_>, level: &str) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| draw_ours(level, (220, 120), &mut rng));
}

#[divan::bench(args = LEVELS)]
fn crate_captcha_220x120(bencher: Bencher<'_, '_>, level: &str) {
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| draw_theirs(level));
}

/// Sampling the text included, as a service would do it.
fn draw_ours(level: &str, size: (u32, u32), rng: &mut StdRng) -> Vec<u8> {
    let level: Level = level.parse().expect("level is one of LEVELS");
    let captcha = Captcha::new(&Alphabet::sample(rng, 5)).expect("text is from the alphabet");
    let picture = captcha.level(level).size(size.0, size.1).render(rng);
    picture.expect("text fits the size").into_png()
}

fn draw_theirs(level: &str) -> Vec<u8> {
    let difficulty = match level {
        "easy" => captcha::Difficulty::Easy,
        "medium" => captcha::Difficulty::Medium,
        _ => captcha::Difficulty::Hard,
    };
    captcha::generate(difficulty).as_png().expect("the crate encodes its picture")
}
