//! Pictures per second by style, by pattern and without the encoder, and allocations per picture.
//!
//! `cargo bench -p passport-captcha`. The folder `compare` has a benchmark against other crates.

use std::sync::LazyLock;

use divan::{AllocProfiler, Bencher, counter::ItemsCount};
use passport_captcha::{Captcha, Language, Pattern, Style, StyleFamily, Theme};
use rand::{SeedableRng, rngs::StdRng};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Number of pictures for the mean size.
const SAMPLE: usize = 200;

fn main() {
    println!("bytes per picture, mean of {SAMPLE}");
    let mut rng = StdRng::seed_from_u64(1);
    for scale in [1, 2] {
        for (name, ours) in [("calm", calm as fn(u32, &mut StdRng) -> Vec<u8>), ("family", family)]
        {
            let bytes: usize = (0..SAMPLE).map(|_| ours(scale, &mut rng).len()).sum();
            println!("  {name}, scale {scale}: {}", bytes / SAMPLE);
        }
    }
    divan::main();
}

#[divan::bench(args = [1, 2])]
fn calm_176x56(bencher: Bencher<'_, '_>, scale: u32) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| calm(scale, &mut rng));
}

#[divan::bench(args = [1, 2])]
fn family_160x104(bencher: Bencher<'_, '_>, scale: u32) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| family(scale, &mut rng));
}

/// Another theme of a picture that is drawn.
#[divan::bench]
fn in_theme(bencher: Bencher<'_, '_>) {
    let captcha = Captcha::new("K4MRP").expect("text is from the alphabet").scale(2);
    let picture = captcha.render(&Style::calm(), &mut StdRng::seed_from_u64(1)).expect("fits");
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| picture.in_theme(Theme::Dark));
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
    let style = Style::new(pattern);
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
        .bench_local(|| captcha.render_luma(styles().choose(&mut rng), &mut rng).expect("fits"));
}

/// A family, derived once.
fn styles() -> &'static StyleFamily {
    static FAMILY: LazyLock<StyleFamily> = LazyLock::new(|| StyleFamily::derive(&[7; 32]));
    &FAMILY
}

fn calm(scale: u32, rng: &mut StdRng) -> Vec<u8> {
    ours(&Style::calm(), scale, rng)
}

fn family(scale: u32, rng: &mut StdRng) -> Vec<u8> {
    ours(styles().choose(rng), scale, rng)
}

/// Includes sampling the text, like a service.
fn ours(style: &Style, scale: u32, rng: &mut StdRng) -> Vec<u8> {
    let captcha = Captcha::random(rng, 5).expect("five characters are allowed").scale(scale);
    captcha.render(style, rng).expect("text fits the size").into_png()
}
