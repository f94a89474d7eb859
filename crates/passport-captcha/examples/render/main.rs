//! Writes pictures named after their answers, for inspection or attacks: see `--help`.
//!
//! `cargo run --release -p passport-captcha --example render -- --count 500 --calm --seed 7 --out DIR`

use std::{error::Error, fs, process::ExitCode};

use clap::Parser;
use passport_captcha::{Captcha, Language, StyleFamily};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use sha2::{Digest, Sha256};

use options::Options;

mod options;
mod readers;
mod sheet;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let seed = options.seed.unwrap_or_else(|| rand::rng().random());
    // Sounds use a separate generator, so that `--audio` does not change the pictures.
    let [mut rng, mut voice] = [seed, !seed].map(StdRng::seed_from_u64);
    // A text that is typed is no secret; it only names a family.
    let family = StyleFamily::derive(&Sha256::digest(&options.key).into());
    #[cfg(feature = "classic")]
    let family = family.with_classic();
    if let Some(file) = &options.sheet {
        return sheet::write(file, &family, &mut rng);
    }
    let styles = options.styles(&family);
    if let (Some(folder), Some(answers)) = (&options.readers, &options.answers) {
        let style = styles.choose(&mut rng).ok_or("no style of the family has this pattern")?;
        return readers::write(folder, answers, (options.count, options.length), style, &mut rng);
    }
    fs::create_dir_all(&options.out)?;
    for number in 1..=options.count {
        let mut captcha =
            Captcha::random(&mut rng, options.length)?.theme(options.theme()).scale(options.scale);
        if let Some((width, height)) = options.size {
            captcha = captcha.size(width, height);
        }
        let style = styles.choose(&mut rng).ok_or("no style of the family has this pattern")?;
        let name = format!("{}_{number}", captcha.text());
        fs::write(options.out.join(format!("{name}.png")), captcha.render(style, &mut rng)?.png())?;
        if options.audio {
            let language = if number % 2 == 1 { Language::Chinese } else { Language::English };
            let audio = captcha.speak(language, &mut voice);
            fs::write(options.out.join(format!("{name}.wav")), audio.wav())?;
        }
    }
    println!("{} pictures in {}", options.count, options.out.display());
    Ok(())
}
