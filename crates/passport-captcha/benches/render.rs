//! Pictures per second by level, by pattern and without the encoder, and allocations per picture.
//!
//! `cargo bench -p passport-captcha`. The folder `compare` has a benchmark against other crates.

use std::sync::LazyLock;

use divan::{AllocProfiler, Bencher, counter::ItemsCount};
use passport_captcha::{Captcha, Language, Level, Pattern, Style, StyleFamily};
use rand::{SeedableRng, rngs::StdRng};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Number of pictures for the mean size.
const SAMPLE: usize = 200;

fn main() {
    println!("bytes per picture, mean of {SAMPLE}");
    let mut rng = StdRng::seed_from_u64(1);
    for level in Level::ALL {
        let bytes: usize = (0..SAMPLE).map(|_| ours(level, (160, 104), &mut rng).len()).sum();
        println!("  160x104, level {level}: {}", bytes / SAMPLE);
    }
    divan::main();
}

#[divan::bench(args = Level::ALL)]
fn ours_160x104(bencher: Bencher<'_, '_>, level: Level) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| ours(level, (160, 104), &mut rng));
}

#[divan::bench(args = [Language::Chinese, Language::English])]
fn speak(bencher: Bencher<'_, '_>, language: Language) {
    let mut rng = StdRng::seed_from_u64(1);
    let captcha = Captcha::new("K4MRP").expect("text is from the alphabet");
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| captcha.speak(language, &mut rng));
}

#[divan::bench(args = Pattern::ALL)]
fn pattern_160x104(bencher: Bencher<'_, '_>, pattern: Pattern) {
    let mut rng = StdRng::seed_from_u64(1);
    let captcha = Captcha::new("K4MRP").expect("text is from the alphabet");
    let (captcha, style) = (captcha.level(Level::MAX), Style::new(pattern));
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| captcha.render(&style, &mut rng).expect("text fits the size"));
}

/// Rendering without the encoder.
#[divan::bench]
fn luma_160x104(bencher: Bencher<'_, '_>) {
    let mut rng = StdRng::seed_from_u64(1);
    let captcha = Captcha::new("K4MRP").expect("text is from the alphabet");
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| captcha.render_luma(family().choose(&mut rng), &mut rng).expect("fits"));
}

/// A family, derived once.
fn family() -> &'static StyleFamily {
    static FAMILY: LazyLock<StyleFamily> = LazyLock::new(|| StyleFamily::derive(&[7; 32]));
    &FAMILY
}

/// Includes sampling the text, like a service.
fn ours(level: Level, size: (u32, u32), rng: &mut StdRng) -> Vec<u8> {
    let captcha = Captcha::random(rng, 5).expect("five characters are allowed");
    let captcha = captcha.level(level).size(size.0, size.1);
    let picture = captcha.render(family().choose(rng), rng);
    picture.expect("text fits the size").into_png()
}
