//! Writes pictures named after their answers, to look at or to attack.
//!
//! `cargo run -p passport-captcha --example render -- --count 20 --out DIR`
//!
//! Also `--level easy|medium|hard`, `--length N`, `--size WxH` and `--seed N`; without a seed
//! every run differs.

use std::{env, error::Error, fs, path::PathBuf};

use passport_captcha::{Alphabet, Captcha, Level};
use rand::{RngExt, SeedableRng, rngs::StdRng};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(env::args().skip(1))?;
    fs::create_dir_all(&options.out)?;
    let mut rng = StdRng::seed_from_u64(options.seed.unwrap_or_else(|| rand::rng().random()));
    for number in 1..=options.count {
        let captcha = Captcha::new(&Alphabet::sample(&mut rng, options.length))?
            .level(options.level)
            .size(options.size.0, options.size.1);
        let name = format!("{}_{number}.png", captcha.text());
        fs::write(options.out.join(name), captcha.render(&mut rng)?.png())?;
    }
    println!("{} pictures in {}", options.count, options.out.display());
    Ok(())
}

struct Options {
    count: u32,
    out: PathBuf,
    level: Level,
    length: usize,
    size: (u32, u32),
    seed: Option<u64>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            count: 20,
            out: PathBuf::from("captchas"),
            level: Level::default(),
            length: 5,
            size: Captcha::DEFAULT_SIZE,
            seed: None,
        };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--count" => options.count = value.parse()?,
                "--out" => options.out = value.into(),
                "--level" => options.level = value.parse()?,
                // A text beyond the bound is refused anyway, but only after it was sampled.
                "--length" => options.length = value.parse::<u8>()?.into(),
                "--size" => {
                    let (width, height) = value.split_once('x').ok_or("--size wants WxH")?;
                    options.size = (width.parse()?, height.parse()?);
                }
                "--seed" => options.seed = Some(value.parse()?),
                _ => return Err(format!("unknown option {name}").into()),
            }
        }
        Ok(options)
    }
}
