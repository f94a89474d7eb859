//! Writes pictures named after their answers, to look at or to attack.
//!
//! `cargo run --release -p passport-captcha --example render -- --count 500 --level 2 --seed 7 --out DIR`
//!
//! Also `--length N`, `--size WxH`, `--pattern NAME`, `--theme dark`, `--key TEXT` for another
//! family of styles, `--audio` for a `.wav` beside each picture, in Chinese and English by turns, and
//! `--sheet FILE.png` for a picture of every style and level instead; without a seed every run differs.

use std::{error::Error, fs};

use passport_captcha::{Alphabet, Captcha, Language, Style, StyleFamily};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use options::Options;

mod options;
mod sheet;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse()?;
    let mut rng = StdRng::seed_from_u64(options.seed.unwrap_or_else(|| rand::rng().random()));
    let family = StyleFamily::derive(options.key.as_bytes());
    #[cfg(feature = "classic")]
    let family = family.with_classic();
    if let Some(file) = &options.sheet {
        return sheet::write(file, &family, &mut rng);
    }
    fs::create_dir_all(&options.out)?;
    for number in 1..=options.count {
        let captcha = Captcha::new(&Alphabet::sample(&mut rng, options.length))?
            .level(options.level)
            .theme(options.theme)
            .style(choose(&family, &options, &mut rng)?)
            .size(options.size.0, options.size.1);
        let name = format!("{}_{number}", captcha.text());
        fs::write(options.out.join(format!("{name}.png")), captcha.render(&mut rng)?.png())?;
        if options.audio {
            let language = if number % 2 == 1 { Language::Chinese } else { Language::English };
            let audio = captcha.speak(language, &mut rng);
            fs::write(options.out.join(format!("{name}.wav")), audio.wav())?;
        }
    }
    println!("{} pictures in {}", options.count, options.out.display());
    Ok(())
}

fn choose<'a>(
    family: &'a StyleFamily,
    options: &Options,
    rng: &mut StdRng,
) -> Result<&'a Style, Box<dyn Error>> {
    let Some(pattern) = &options.pattern else { return Ok(family.choose(rng)) };
    let named = |style: &&Style| format!("{:?}", style.pattern()).eq_ignore_ascii_case(pattern);
    family.styles().iter().find(named).ok_or_else(|| format!("no pattern {pattern}").into())
}
