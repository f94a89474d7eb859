//! Pictures a second against other crates, in one run, with what each picture allocates.
//!
//! `cargo bench -p passport-captcha`

use divan::{AllocProfiler, Bencher, counter::ItemsCount};
use passport_captcha::{Alphabet, Captcha, Level, Pattern, Style};
use rand::{SeedableRng, rngs::StdRng};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Pictures that the mean size is taken of.
const SAMPLE: usize = 200;

fn main() {
    println!("bytes a picture, mean of {SAMPLE}");
    let mut rng = StdRng::seed_from_u64(1);
    for level in Level::ALL {
        let bytes: usize = (0..SAMPLE).map(|_| ours(level, (160, 104), &mut rng).len()).sum();
        println!("  ours 160x104, level {level}: {}", bytes / SAMPLE);
    }
    for level in THEIR_LEVELS {
        let bytes: usize = (0..SAMPLE / 4).map(|_| crate_captcha(level).len()).sum();
        println!("  crate captcha 220x120, {level}: {}", bytes * 4 / SAMPLE);
    }
    divan::main();
}

const THEIR_LEVELS: [&str; 3] = ["easy", "medium", "hard"];

#[divan::bench(args = Level::ALL)]
fn ours_160x104(bencher: Bencher<'_, '_>, level: Level) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| ours(level, (160, 104), &mut rng));
}

/// The size that the crate `captcha` draws.
#[divan::bench(args = Level::ALL)]
fn ours_220x120(bencher: Bencher<'_, '_>, level: Level) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| ours(level, (220, 120), &mut rng));
}

#[divan::bench(args = Pattern::ALL)]
fn pattern_160x104(bencher: Bencher<'_, '_>, pattern: Pattern) {
    let mut rng = StdRng::seed_from_u64(1);
    let captcha = Captcha::new("K7MXP").expect("text is from the alphabet");
    let captcha = captcha.style(&Style::new(pattern)).level(Level::MAX);
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| captcha.render(&mut rng).expect("text fits the size"));
}

/// Without the encoder, to see its share.
#[divan::bench]
fn luma_160x104(bencher: Bencher<'_, '_>) {
    let mut rng = StdRng::seed_from_u64(1);
    let captcha = Captcha::new("K7MXP").expect("text is from the alphabet");
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| captcha.render_luma(&mut rng).expect("text fits the size"));
}

#[divan::bench(args = THEIR_LEVELS, max_time = 3)]
fn crate_captcha_220x120(bencher: Bencher<'_, '_>, level: &str) {
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| crate_captcha(level));
}

/// Sampling the text included, as a service would do it.
fn ours(level: Level, size: (u32, u32), rng: &mut StdRng) -> Vec<u8> {
    let captcha = Captcha::new(&Alphabet::sample(rng, 5)).expect("text is from the alphabet");
    let picture = captcha.level(level).size(size.0, size.1).render(rng);
    picture.expect("text fits the size").into_png()
}

fn crate_captcha(level: &str) -> Vec<u8> {
    let difficulty = match level {
        "easy" => captcha::Difficulty::Easy,
        "medium" => captcha::Difficulty::Medium,
        _ => captcha::Difficulty::Hard,
    };
    captcha::generate(difficulty).as_png().expect("the crate encodes its picture")
}
