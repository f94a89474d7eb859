//! Pictures per second, bytes and allocations per picture of several crates in one run.
//!
//! Run `cargo bench` in this folder. The crate `captcha-a` contains no typeface and is skipped if
//! the Debian package fonts-dejavu-core is not installed.

use std::{fs, sync::LazyLock};

use divan::{AllocProfiler, Bencher, counter::ItemsCount};
use passport_captcha::{Captcha, Style, StyleFamily};
use rand::{SeedableRng, rngs::StdRng};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Number of pictures for the mean size.
const SAMPLE: usize = 200;

static TYPEFACE: LazyLock<Vec<captcha_a::Font<'static>>> = LazyLock::new(|| {
    let bytes =
        fs::read("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf").unwrap_or_default();
    captcha_a::Font::try_from_vec(bytes).into_iter().collect()
});

fn main() {
    println!("bytes per picture, mean of {SAMPLE}");
    let mut rng = StdRng::seed_from_u64(1);
    for style in STYLES {
        print_mean_size(&format!("passport-captcha 160x104, {style}"), || {
            ours(style, (160, 104), &mut rng)
        });
        print_mean_size(&format!("passport-captcha 220x120, {style}"), || {
            ours(style, (220, 120), &mut rng)
        });
        print_mean_size(&format!("the same as WebP 160x104, {style}"), || {
            webp(style, (160, 104), &mut rng)
        });
    }
    for level in LEVELS {
        print_mean_size(&format!("captcha 220x120, {level}"), || crate_captcha(level));
    }
    for complexity in COMPLEXITIES {
        print_mean_size(&format!("captcha-rs 160x104, {complexity}"), || {
            crate_captcha_rs(complexity)
        });
    }
    if !TYPEFACE.is_empty() {
        print_mean_size("captcha-a 160x104", crate_captcha_a);
    }
    divan::main();
}

fn print_mean_size(name: &str, mut draw: impl FnMut() -> Vec<u8>) {
    let bytes: usize = (0..SAMPLE).map(|_| draw().len()).sum();
    println!("  {name}: {}", bytes / SAMPLE);
}

#[divan::bench(args = STYLES)]
fn passport_captcha_160x104(bencher: Bencher<'_, '_>, style: &str) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| ours(style, (160, 104), &mut rng));
}

/// The fixed size of the crate `captcha`.
#[divan::bench(args = STYLES)]
fn passport_captcha_220x120(bencher: Bencher<'_, '_>, style: &str) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| ours(style, (220, 120), &mut rng));
}

/// The same pictures in gray, as lossless WebP by the crate `image-webp`.
#[divan::bench(args = STYLES)]
fn webp_160x104(bencher: Bencher<'_, '_>, style: &str) {
    let mut rng = StdRng::seed_from_u64(1);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| webp(style, (160, 104), &mut rng));
}

const LEVELS: [&str; 3] = ["easy", "medium", "hard"];

#[divan::bench(args = LEVELS, max_time = 3)]
fn captcha_220x120(bencher: Bencher<'_, '_>, level: &str) {
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| crate_captcha(level));
}

const COMPLEXITIES: [u32; 2] = [1, 10];

#[divan::bench(args = COMPLEXITIES, max_time = 3)]
fn captcha_rs_160x104(bencher: Bencher<'_, '_>, complexity: u32) {
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| crate_captcha_rs(complexity));
}

#[divan::bench(max_time = 3)]
fn captcha_a_160x104(bencher: Bencher<'_, '_>) {
    if !TYPEFACE.is_empty() {
        bencher.counter(ItemsCount::new(1_u32)).bench_local(crate_captcha_a);
    }
}

const STYLES: [&str; 2] = ["calm", "family"];

static FAMILY: LazyLock<StyleFamily> = LazyLock::new(|| StyleFamily::derive(&[7; 32]));

fn named(style: &str, rng: &mut StdRng) -> Style {
    if style == "calm" { Style::calm() } else { FAMILY.choose(rng).clone() }
}

/// Includes sampling the text, like the other crates.
fn ours(style: &str, size: (u32, u32), rng: &mut StdRng) -> Vec<u8> {
    let captcha = Captcha::random(rng, 5).expect("five characters are allowed");
    let captcha = captcha.size(size.0, size.1);
    let picture = captcha.render(&named(style, rng), rng);
    picture.expect("text fits the size").into_png()
}

fn webp(style: &str, size: (u32, u32), rng: &mut StdRng) -> Vec<u8> {
    let captcha = Captcha::random(rng, 5).expect("five characters are allowed");
    let captcha = captcha.size(size.0, size.1);
    let pixels = captcha.render_luma(&named(style, rng), rng).expect("text fits the size");
    let mut file = Vec::new();
    let encoder = image_webp::WebPEncoder::new(&mut file);
    let encoded = encoder.encode(&pixels, size.0, size.1, image_webp::ColorType::L8);
    encoded.expect("WebP supports the size");
    file
}

fn crate_captcha(level: &str) -> Vec<u8> {
    let difficulty = match level {
        "easy" => captcha::Difficulty::Easy,
        "medium" => captcha::Difficulty::Medium,
        _ => captcha::Difficulty::Hard,
    };
    captcha::generate(difficulty).as_png().expect("the crate encodes its picture")
}

/// A JPEG, the only format of the crate. The result has the size before base64 encoding.
fn crate_captcha_rs(complexity: u32) -> Vec<u8> {
    let captcha = captcha_rs::CaptchaBuilder::new().length(5).width(160).height(104);
    let mut url = captcha.complexity(complexity).build().to_base64().into_bytes();
    let head = url.iter().position(|byte| *byte == b',').map_or(0, |comma| comma + 1);
    url.truncate((url.len() - head) / 4 * 3);
    url
}

fn crate_captcha_a() -> Vec<u8> {
    let builder = captcha_a::CaptchaBuilder {
        width: 160,
        height: 104,
        length: 5,
        fonts: &TYPEFACE,
        ..Default::default()
    };
    builder.build().expect("the crate encodes its picture").raw_data
}
